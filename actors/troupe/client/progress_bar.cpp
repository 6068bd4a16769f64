// SPDX-License-Identifier: BSL-1.0
#include "troupe/client/progress_bar.hpp"
