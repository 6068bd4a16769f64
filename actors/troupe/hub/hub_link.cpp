// SPDX-License-Identifier: BSL-1.0
#include "troupe/hub/hub_link.hpp"
