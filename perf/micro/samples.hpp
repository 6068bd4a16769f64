// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/ids.hpp"
#include "troupe/multipart.hpp"
#include "troupe/protocol/pack.hpp"
#include "troupe/routing_id.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// Messages for micro-benchmarks.
namespace troupe::perf {

/// The function that all tasks call.
inline constexpr auto sample_function = function_id{1};

/// Makes a `Submit` with `count` tasks whose numbers begin with `first`, each
/// with `size` bytes of arguments.
multipart make_submit(const routing_id& peer, task_number first,
                      std::size_t count, std::size_t size);

/// Makes the `Results` for dispatches with these keys, 16 bytes each.
multipart make_results(const routing_id& peer,
                       const std::vector<std::uint64_t>& keys);

/// Returns the message with frames in memory of their own, as it comes out of
/// a socket.
multipart as_received(const multipart& x);

} // namespace troupe::perf
