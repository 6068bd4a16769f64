// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "report.hpp"
#include <troupe/troupe.hpp>

#include <cstddef>

namespace demo {

/// Pushes two large arrays through the cluster, slice by slice, as dot
/// products, without copying them here.
void run_arrays(const troupe::client& session, std::size_t slices, report& out);

} // namespace demo
