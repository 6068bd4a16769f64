// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/compete.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace troupe::perf {

/// A flood of so many tasks of so many bytes.
using peer_run = std::function<measurement(std::size_t, std::size_t)>;

/// Names of the other systems that can run the flood.
std::vector<std::string> peer_names();

/// Starts another system with `engines` workers on this machine, all of them
/// processes, and returns what runs the flood on it; they end with it. Throws
/// `std::runtime_error`, with a sentence on what to install if it is missing.
peer_run start_peer(const std::string& name, std::size_t engines);

} // namespace troupe::perf
