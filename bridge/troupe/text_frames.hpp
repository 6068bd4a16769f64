// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/multipart.hpp"

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string_view>

namespace troupe {

/// Copies each text into a frame, such as in
/// `multipart{text_frames({"temperature", "21"})}`.
frame_list text_frames(std::initializer_list<std::string_view> texts);

/// Returns the text of the frame at `index`, or an empty one if there is none.
std::string_view text_at(std::span<const buffer> frames,
                         std::size_t index) noexcept;

/// Returns the text of the frame at `index`, or an empty one if there is none.
std::string_view text_at(const multipart& message, std::size_t index) noexcept;

} // namespace troupe
