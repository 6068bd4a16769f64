// SPDX-License-Identifier: BSL-1.0
#include "troupe/process/connection_info.hpp"
