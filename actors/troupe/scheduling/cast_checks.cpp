// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/cast_checks.hpp"

#include "troupe/error.hpp"

#include <utility>

namespace troupe {

namespace {

// Size of the number that stands for the length of an array.
constexpr auto length_bytes = sizeof(std::uint64_t);

/// Whether there is an array of such items to scatter.
bool can_scatter(const cast_batch_view& calls, const wire::CastEntry& x) {
  return x.size() >= length_bytes && x.frames() > 0
         && calls.frames_of(x).front().size() % x.item_size() == 0;
}

bool plausible(const cast_batch_view& calls, task_number last) {
  for (auto& entry : calls.entries) {
    auto next = entry.id() + entry.engines();
    if (entry.id() <= last || is_direct(entry.id()) || is_direct(next - 1)
        || (entry.item_size() != 0 && !can_scatter(calls, entry)))
      return false;
    last = next - 1;
  }
  return true;
}

bool has_credit(const cast_batch_view& calls, cast_load used, cast_load most) {
  auto alone = used.results == 0 && calls.entries.size() == 1;
  for (auto& entry : calls.entries) {
    used.results += entry.engines();
    used.bytes += bytes_of(calls, entry);
  }
  return alone || (used.results <= most.results && used.bytes <= most.bytes);
}

} // namespace

std::uint64_t bytes_of(const cast_batch_view& calls, const wire::CastEntry& x) {
  auto result = std::uint64_t{x.size()};
  for (auto& frame : calls.frames_of(x))
    result += frame.size();
  return result;
}

checked_casts check_casts(message_view message, task_number last,
                          cast_load used, cast_load most) {
  auto calls = read_casts(message);
  if (!calls)
    return {nullptr, wire::RefusalCode::Malformed, describe(calls.error())};
  if (!plausible(*calls, last))
    return {nullptr, wire::RefusalCode::Malformed,
            "numbers of results must ascend below 2^63, arrays to scatter "
            "consist of whole items"};
  if (!has_credit(*calls, used, most))
    return {nullptr, wire::RefusalCode::Limit,
            "more calls or bytes outstanding than the credit allows"};
  return {std::make_shared<const cast_submission>(
            cast_submission{std::move(message), *calls}),
          {},
          {}};
}

task_number last_of(const cast_batch_view& calls, task_number last) {
  if (calls.entries.empty())
    return last;
  auto& entry = calls.entries.back();
  return entry.id() + entry.engines() - 1;
}

std::vector<task_number> cancelled_before(const cast_batch_view& calls,
                                          early_cancels& early) {
  std::vector<task_number> result;
  if (early.empty())
    return result;
  for (auto& entry : calls.entries)
    for (std::uint32_t k = 0; k < entry.engines(); ++k)
      if (early.covers(entry.id() + k))
        result.push_back(entry.id() + k);
  return result;
}

} // namespace troupe
