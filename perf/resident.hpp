// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sys/types.h>

namespace troupe::perf {

/// Bytes of a process that are in memory, those shared with others included.
/// Throws `std::runtime_error` if there is no such process.
double resident_bytes(pid_t pid);

} // namespace troupe::perf
