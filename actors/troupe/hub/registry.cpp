// SPDX-License-Identifier: BSL-1.0
#include "troupe/hub/registry.hpp"
