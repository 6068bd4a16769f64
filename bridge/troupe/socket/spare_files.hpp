// SPDX-License-Identifier: BSL-1.0
#pragma once

namespace troupe {

/// Files that ZeroMQ opens, and a few more, when a socket is opened and bound.
/// The first socket of a context also starts its threads.
inline constexpr auto files_per_socket = 24;
inline constexpr auto files_per_bind = 8;

/// Whether this process may open `count` more files, at most 24. ZeroMQ 4.3.4
/// ends the process if it cannot open one while it binds a tcp endpoint or
/// starts its threads: ask before. Other threads may take them meanwhile.
bool has_spare_files(int count) noexcept;

} // namespace troupe
