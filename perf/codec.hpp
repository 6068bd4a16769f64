// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/options.hpp"

namespace troupe::perf {

/// Values as bytes and back: how many bytes, and how long it takes.
workload codec_workload();

} // namespace troupe::perf
