// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "report.hpp"
#include <troupe/troupe.hpp>

#include <cstddef>

namespace demo {

/// Kills one engine in the middle of a map and looks what becomes of it.
void run_failure(const troupe::client& session, std::size_t tasks, report& out);

} // namespace demo
