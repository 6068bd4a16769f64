// SPDX-License-Identifier: BSL-1.0
#include "troupe/process/runtime_dir.hpp"
