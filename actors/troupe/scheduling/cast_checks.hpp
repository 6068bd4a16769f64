// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/protocol/cast_batch.hpp"
#include "troupe/scheduling/direct_line.hpp"
#include "troupe/scheduling/early_cancels.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

/// What a `Cast` has to fulfil before its calls are accepted.
namespace troupe {

/// What a client has outstanding, or may have: results to come, and bytes of
/// calls that have not ended on all their engines.
struct cast_load {
  std::size_t results = 0;
  std::uint64_t bytes = 0;
};

/// Returns the bytes of all arguments of a call.
std::uint64_t bytes_of(const cast_batch_view& calls, const wire::CastEntry& x);

/// Calls that are accepted, or why not.
struct checked_casts {
  std::shared_ptr<const cast_submission> batch; // null = refused
  wire::RefusalCode code{};
  std::string reason;
};

/// Reads the calls of a message and checks that the numbers of their results
/// ascend from above `last` to below 2^63, that arrays to scatter consist of
/// whole items, and that they fit into the client's credit. A single call fits
/// when nothing else is outstanding.
checked_casts check_casts(message_view message, task_number last,
                          cast_load used, cast_load most);

/// Returns the number of the last result, or `last` if there are no calls.
/// @pre the calls are plausible
task_number last_of(const cast_batch_view& calls, task_number last);

/// Returns the numbers of results, ascending, that were cancelled before.
/// @pre the calls are plausible
std::vector<task_number> cancelled_before(const cast_batch_view& calls,
                                          early_cancels& early);

} // namespace troupe
