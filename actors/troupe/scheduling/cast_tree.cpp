// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/cast_tree.hpp"

#include <utility>

namespace troupe {

std::optional<std::string> check_broadcast_depth(std::int64_t depth) {
  if (depth >= 0 && depth <= std::int64_t{max_broadcast_depth})
    return std::nullopt;
  return "a broadcast depth of " + std::to_string(depth)
         + " is out of range: use 0 for no tree, or 1 to "
         + std::to_string(max_broadcast_depth) + " for 2 to "
         + std::to_string(leaves_at(max_broadcast_depth)) + " leaves";
}

// -- piles --------------------------------------------------------------------

void leaf_outbox::pile::add(const wire::ResultEntry& entry,
                            std::span<const std::byte> bytes,
                            std::span<const buffer> frames) {
  auto frame_bytes = std::size_t{0};
  for (auto& frame : frames)
    frame_bytes += frame.size();
  if (!builder_.takes(bytes.size(), frames.size(), frame_bytes))
    done_.messages.push_back(builder_.finish({}));
  builder_.add(entry, bytes, frames);
  if (++done_.count == 1)
    done_.first = entry.id();
}

leaf_results leaf_outbox::pile::take() {
  if (!builder_.empty())
    done_.messages.push_back(builder_.finish({}));
  return std::exchange(done_, {});
}

// -- outbox -------------------------------------------------------------------

void leaf_outbox::report(client_id id, const wire::ResultEntry& entry,
                         std::span<const std::byte> bytes,
                         std::span<const buffer> frames) {
  open_[id].add(entry, bytes, frames);
}

void leaf_outbox::gather(client_id id, task_number call,
                         std::span<const kept_result> xs) {
  for (auto& x : xs)
    gathered_.add(x.entry, x.bytes.bytes(), x.frames);
  auto& result = report_.results.emplace_back(gathered_.take());
  result.client = id;
  result.call = call;
}

void leaf_outbox::forget(client_id id) {
  open_.erase(id);
}

leaf_report leaf_outbox::flush() {
  for (auto& [id, x] : open_)
    if (auto results = x.take(); results.count > 0) {
      results.client = id;
      report_.results.push_back(std::move(results));
    }
  return std::exchange(report_, {});
}

} // namespace troupe
