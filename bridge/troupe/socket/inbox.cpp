// SPDX-License-Identifier: BSL-1.0
#include "troupe/socket/inbox.hpp"

#include <utility>

namespace troupe {

/// Counts what was added until it goes, also if memory runs out half way. With
/// the mutex held.
class inbox::tally {
public:
  tally(inbox& box, bool& first) noexcept : box_(box), first_(first) {
    // nop
  }

  ~tally() {
    first_ = messages > 0 && box_.note(messages);
  }

  tally(const tally&) = delete;

  tally& operator=(const tally&) = delete;

  std::size_t messages = 0;

private:
  inbox& box_;
  bool& first_;
};

bool inbox::take(caf::mailbox_element& x, bool& first) {
  first = false;
  auto& content = x.content();
  if (x.mid.is_request() || x.mid.is_response())
    return false;
  if (content.match_elements<multipart>()) {
    if (auto& message = content.get_as<multipart>(0); small(message)) {
      std::unique_lock guard{mtx_};
      tally added{*this, first};
      bundle(message);
      ++added.messages;
    } else {
      auto mine = content.move_if_unshared<multipart>(0);
      std::unique_lock guard{mtx_};
      tally added{*this, first};
      content_.emplace_back(std::move(mine));
      ++added.messages;
    }
  } else if (content.match_elements<outgoing>()) {
    auto more = content.move_if_unshared<outgoing>(0);
    std::unique_lock guard{mtx_};
    tally added{*this, first};
    for (auto& message : more.messages) {
      if (small(message))
        bundle(message);
      else
        content_.emplace_back(std::move(message));
      ++added.messages;
    }
  } else {
    return false;
  }
  return true;
}

void inbox::drain(std::vector<sendable>& into) {
  into.clear();
  std::unique_lock guard{mtx_};
  pending_.store(0, std::memory_order_relaxed);
  content_.swap(into);
}

bool inbox::note(std::size_t messages) noexcept {
  auto before = pending_.load(std::memory_order_relaxed);
  // Sequentially consistent, for whoever rings the pump's bell next.
  pending_.store(before + messages, std::memory_order_seq_cst);
  return before == 0;
}

void inbox::bundle(const multipart& x) {
  auto last = content_.empty() ? nullptr
                               : std::get_if<message_bundle>(&content_.back());
  if (last == nullptr || !last->fits(x, rules_->max_frame)) {
    auto fresh = message_bundle{rules_->layout};
    fresh.copy(x, pool_); // first: there must be no empty bundle
    content_.emplace_back(std::move(fresh));
    return;
  }
  last->copy(x, pool_);
}

} // namespace troupe
