// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/options.hpp"
#include "harness/provenance.hpp"

#include <exception>

namespace troupe::perf {

/// Runs a workload and writes the files that the flags ask for; what was
/// measured before an error is in them, too. Tells errors on standard error.
/// @returns the exit status: 1 after an error, 2 if a file cannot be written.
int run_workload(const workload& what, const options& with, provenance from);

/// Tells an error on standard error, with its likely fix.
/// @returns the exit status.
int tell(const std::exception& err);

} // namespace troupe::perf
