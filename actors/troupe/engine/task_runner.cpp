// SPDX-License-Identifier: BSL-1.0
#include "troupe/engine/task_runner.hpp"
