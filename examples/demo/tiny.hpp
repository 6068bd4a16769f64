// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "report.hpp"
#include <troupe/troupe.hpp>

#include <cstddef>

namespace demo {

/// Floods the cluster with tasks that take no time, then sends some one at a
/// time.
void run_tiny(const troupe::client& session, std::size_t tasks, report& out);

} // namespace demo
