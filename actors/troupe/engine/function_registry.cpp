// SPDX-License-Identifier: BSL-1.0
#include "troupe/engine/function_registry.hpp"
