// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/client/task_group.hpp"
#include "troupe/ids.hpp"
#include "troupe/protocol/pack.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace troupe {

/// How long a client of a cluster with a device waits for answers.
struct device_limits {
  /// Once it knows that an engine is gone: for all tasks that were sent by
  /// then, since nobody knows which of them that engine had. Also while there
  /// are no engines.
  std::chrono::milliseconds loss{30'000};

  /// Ever, for one task.
  std::chrono::milliseconds answer{3'600'000};
};

/// Decides when tasks that a device has dealt out count as lost. A device keeps
/// no books, so a client has to set itself limits; it would wait for ever.
/// Knows neither actors nor clocks.
class device_watch {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit device_watch(device_limits limits) : limits_(limits) {
    // nop
  }

  // -- events -----------------------------------------------------------------

  /// Notes that tasks were sent, and `last` is the last one now.
  void sent(task_number last, time_point now);

  /// Notes that no task is in flight.
  void nothing_in_flight();

  /// Notes which engines there are, as the hub says.
  void told(const status_message& x, time_point now);

  /// All tasks up to `last` that are not answered, and why that is over.
  struct verdict {
    task_number last = 0;
    task_outcome::status state{};
    failure why;
  };

  /// Returns what to give up now. To be asked until there is nothing more.
  std::optional<verdict> due(time_point now);

  // -- properties -------------------------------------------------------------

  /// When to ask `due` next.
  std::optional<time_point> next_deadline() const;

  /// Engines that are ready; 1 until the hub said something.
  std::size_t engines() const noexcept {
    return ready_;
  }

private:
  enum class reason : std::uint8_t { loss, no_engines, answer };

  /// Tasks up to `last` have until `end`.
  struct limit {
    reason why;
    task_number last;
    time_point end;
    /// The engines that are gone.
    std::string engines;
  };

  void add(reason why, time_point now, std::chrono::milliseconds span,
           std::string engines = {});
  verdict verdict_of(const limit& x) const;

  device_limits limits_;
  std::vector<limit> pending_; // few: see `add`
  std::set<engine_id> known_;
  std::uint32_t lost_ = 0;
  std::size_t ready_ = 1;
  bool told_ = false;
  task_number last_ = 0; // sent
  bool in_flight_ = false;
};

} // namespace troupe
