// SPDX-License-Identifier: BSL-1.0
#include "troupe/interfaces.hpp"

#include <algorithm>

namespace troupe {

void add(scheduler_status& x, const scheduler_status& y) {
  for (auto& engine : y.engines) {
    auto i = std::ranges::find(x.engines, engine.id,
                               &scheduler_status::engine::id);
    if (i == x.engines.end())
      continue;
    i->load += engine.load;
    i->done += engine.done;
    i->failed += engine.failed;
  }
  x.queued += y.queued;
  x.accepted += y.accepted;
  x.reported += y.reported;
  x.redispatched += y.redispatched;
  x.dropped += y.dropped;
  x.frames.frames_copied += y.frames.frames_copied;
  x.frames.frames_lent += y.frames.frames_lent;
  x.frames.bytes_copied += y.frames.bytes_copied;
  x.frames.bytes_lent += y.frames.bytes_lent;
}

} // namespace troupe
