// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string_view>

namespace troupe {

/// Writes all of `text` to a file, pipe or terminal that is open and blocks.
/// Signals do not interrupt it. Any thread may call it.
/// @returns 0, or the reason as in `errno` why not all was written.
int write_all(int fd, std::string_view text) noexcept;

} // namespace troupe
