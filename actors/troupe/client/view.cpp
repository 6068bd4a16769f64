// SPDX-License-Identifier: BSL-1.0
#include "troupe/client/view.hpp"
