// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/protocol/cast_batch.hpp"
#include "troupe/scheduling/early_cancels.hpp"

#include <cstddef>
#include <cstdint>
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

/// Whether numbers of results ascend from above `last` to below 2^63, and
/// arrays to scatter consist of whole items.
bool plausible(const cast_batch_view& calls, task_number last);

/// Whether the calls fit into a client's credit. A single call fits when
/// nothing else is outstanding.
bool has_credit(const cast_batch_view& calls, cast_load used, cast_load most);

/// Returns the number of the last result, or `last` if there are no calls.
/// @pre the calls are plausible
task_number last_of(const cast_batch_view& calls, task_number last);

/// Returns the numbers of results, ascending, that were cancelled before.
/// @pre the calls are plausible
std::vector<task_number> cancelled_before(const cast_batch_view& calls,
                                          early_cancels& early);

} // namespace troupe
