// SPDX-License-Identifier: BSL-1.0

// The scheme as a library for the stock controller:
//
//     troupe start --load ./libfullest_scheme.so --scheme fullest

#include "fullest.hpp"

TROUPE_PLACEMENT_SCHEME(fullest);
