// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/multipart.hpp"

#include <vector>

namespace troupe {

/// A device passes tasks on behind a frame that says whose they are, and wants
/// that frame before their results.

/// Takes the frame off, and makes it the peer of the message. Returns false if
/// there is nothing behind it.
bool take_address(multipart& x);

/// Puts the peer of each message before it, as that frame.
void add_addresses(std::vector<multipart>& xs);

} // namespace troupe
