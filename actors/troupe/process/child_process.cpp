// SPDX-License-Identifier: BSL-1.0
#include "troupe/process/child_process.hpp"
