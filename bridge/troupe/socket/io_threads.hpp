// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <vector>

namespace troupe {

/// Starts the I/O threads of a ZeroMQ context that has no sockets yet, and
/// makes those behind the first one give way to all other threads of the
/// process: they are for bulk, which never minds. Does nothing for a single
/// thread.
void start_io_threads(void* context, int count);

/// Returns the ids of this process's threads whose name ends with `suffix`.
std::vector<int> threads_named(const std::string& suffix);

} // namespace troupe
