// SPDX-License-Identifier: BSL-1.0
#include "troupe/socket/inbox.hpp"

#include <utility>

namespace troupe {

bool inbox::take(caf::mailbox_element& x, bool& first) {
  auto& content = x.content();
  if (x.mid.is_request() || x.mid.is_response())
    return false;
  if (content.match_elements<multipart>()) {
    if (auto& message = content.get_as<multipart>(0); small(message)) {
      std::unique_lock guard{mtx_};
      bundle(message);
      first = note(1);
    } else {
      auto mine = content.move_if_unshared<multipart>(0);
      std::unique_lock guard{mtx_};
      content_.emplace_back(std::move(mine));
      first = note(1);
    }
  } else if (content.match_elements<outgoing>()) {
    auto more = content.move_if_unshared<outgoing>(0);
    first = false;
    if (more.messages.empty())
      return true;
    std::unique_lock guard{mtx_};
    for (auto& message : more.messages)
      if (small(message))
        bundle(message);
      else
        content_.emplace_back(std::move(message));
    first = note(more.messages.size());
  } else {
    return false;
  }
  return true;
}

void inbox::drain(std::vector<sendable>& into) {
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
    content_.emplace_back(message_bundle{rules_->layout});
    last = &std::get<message_bundle>(content_.back());
  }
  last->copy(x, pool_);
}

} // namespace troupe
