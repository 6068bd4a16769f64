// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace troupe {

/// What to do about a file that is there already.
enum class if_exists : std::uint8_t { keep, replace };

/// Writes a file that no other user can read at any time: it is made under
/// another name with mode 0600, synced, and takes its place whole. Fails with
/// `ec::bad_key_file` and a sentence.
caf::error write_private_file(const std::filesystem::path& path,
                              std::string_view text, if_exists what);

/// Reads a file of at most `max_size` bytes. Refuses, as ssh does, what other
/// users own, may read or may write, and what is no regular file, with
/// `ec::bad_key_file` and a sentence that says what to do.
caf::expected<std::string> read_private_file(const std::filesystem::path& path,
                                             std::size_t max_size);

/// Overwrites the characters, also those beyond the size, and empties `text`.
void wipe(std::string& text) noexcept;

} // namespace troupe
