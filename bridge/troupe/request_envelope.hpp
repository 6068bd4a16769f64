// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/multipart.hpp"

#include <span>

namespace troupe {

/// Returns what stands behind the envelope of a request that a ROUTER received.
/// REQ sockets and requests of DEALER sockets have one: all frames up to the
/// first empty one. A message without an empty frame has no envelope.
/// @returns a view into `request`
std::span<const buffer> payload_of(const multipart& request) noexcept;

/// Makes the answer to a request that a ROUTER received: `frames` for the same
/// peer in the same envelope, so that they reach whoever asked.
multipart reply_to(const multipart& request, frame_list frames);

/// Makes the answer of one frame.
multipart reply_to(const multipart& request, buffer frame);

} // namespace troupe
