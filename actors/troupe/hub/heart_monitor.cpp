// SPDX-License-Identifier: BSL-1.0
#include "troupe/hub/heart_monitor.hpp"
