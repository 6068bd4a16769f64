// SPDX-License-Identifier: BSL-1.0
#include "troupe/client/client_core.hpp"
