// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "simulation/story.hpp"
#include "troupe/multipart.hpp"
#include "troupe/protocol/control.hpp"

#include <cstdint>
#include <queue>
#include <vector>

namespace troupe::simulation {

/// What happens next inside of a cluster.
enum class step_kind : std::uint8_t {
  /// An event of the story, by its place.
  story,
  /// A message reaches the scheduler, or the peer at its other end.
  to_scheduler,
  to_peer,
  /// A message comes back: the peer is gone, or does not keep up.
  back_gone,
  back_full,
  /// An engine is done with what it works on.
  work,
  /// The hub gives up an engine or a client.
  lose_engine,
  lose_client,
  /// The scheduler looks at waiting times: because it asked for it from time to
  /// time, or for this time.
  tick,
  due,
  /// A cancel reaches the scheduler, by its place in the story.
  cancel,
  /// An engine is told what was cancelled.
  revoke,
  /// The nanny starts an engine like one that ended.
  restart_engine,
};

struct step {
  instant at = 0;
  std::uint64_t order = 0;
  step_kind kind{};
  /// Engine, client, connection, or place in the story.
  std::uint32_t who = 0;
  /// Slot of a message.
  std::uint32_t message = 0;
};

/// All steps to come, by time, those of one time in the order in which they
/// were added; and the messages on their way.
class timeline {
public:
  void add(instant at, step_kind kind, std::uint32_t who,
           std::uint32_t message = 0) {
    steps_.push({at, ++order_, kind, who, message});
  }

  bool empty() const {
    return steps_.empty();
  }

  const step& next() const {
    return steps_.top();
  }

  step take() {
    auto result = steps_.top();
    steps_.pop();
    return result;
  }

  /// Keeps a message and returns its slot.
  std::uint32_t keep(multipart x) {
    if (free_.empty()) {
      messages_.push_back(std::move(x));
      return static_cast<std::uint32_t>(messages_.size() - 1);
    }
    auto slot = free_.back();
    free_.pop_back();
    messages_[slot] = std::move(x);
    return slot;
  }

  multipart release(std::uint32_t slot) {
    free_.push_back(slot);
    return std::move(messages_[slot]);
  }

  /// Keeps what an engine will be told and returns its place.
  std::uint32_t keep(revocation x) {
    revocations_.push_back(std::move(x));
    return static_cast<std::uint32_t>(revocations_.size() - 1);
  }

  revocation take_revocation(std::uint32_t place) {
    return std::move(revocations_[place]);
  }

private:
  struct later {
    bool operator()(const step& x, const step& y) const {
      return x.at != y.at ? x.at > y.at : x.order > y.order;
    }
  };

  std::priority_queue<step, std::vector<step>, later> steps_;
  std::vector<multipart> messages_;
  std::vector<std::uint32_t> free_;
  std::vector<revocation> revocations_;
  std::uint64_t order_ = 0;
};

} // namespace troupe::simulation
