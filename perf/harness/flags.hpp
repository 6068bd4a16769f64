// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/options.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace CLI {

class App;

} // namespace CLI

namespace troupe::perf {

/// Adds the flags of a workload's dimensions and those that all workloads
/// have. What the command line says goes to `with`, which has to stay where it
/// is.
void add_flags(CLI::App& app, const workload& what, options& with);

/// Returns the flag of a dimension, such as `--size`; empty if there is no
/// such dimension.
std::string_view flag_of(std::string_view dimension);

} // namespace troupe::perf
