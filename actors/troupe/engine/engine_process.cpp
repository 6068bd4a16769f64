// SPDX-License-Identifier: BSL-1.0
#include "troupe/engine/engine_process.hpp"
