// SPDX-License-Identifier: BSL-1.0
#pragma once

/// All that users of the library need.

#include "troupe/client/client.hpp"    // IWYU pragma: export
#include "troupe/client/cluster.hpp"   // IWYU pragma: export
#include "troupe/client/runtime.hpp"   // IWYU pragma: export
#include "troupe/codec/array.hpp"      // IWYU pragma: export
#include "troupe/codec/task.hpp"       // IWYU pragma: export
#include "troupe/engine/this_task.hpp" // IWYU pragma: export
