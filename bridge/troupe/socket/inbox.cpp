// SPDX-License-Identifier: BSL-1.0
#include "troupe/socket/inbox.hpp"

#include <iterator>
#include <utility>

namespace troupe {

bool inbox::take(caf::mailbox_element& x, bool& first) {
  auto& content = x.content();
  if (x.mid.is_request() || x.mid.is_response())
    return false;
  if (content.match_elements<multipart>()) {
    auto message = content.move_if_unshared<multipart>(0);
    std::unique_lock guard{mtx_};
    messages_.push_back(std::move(message));
  } else if (content.match_elements<outgoing>()) {
    auto more = content.move_if_unshared<outgoing>(0);
    std::unique_lock guard{mtx_};
    if (messages_.empty())
      messages_.swap(more.messages);
    else
      std::move(more.messages.begin(), more.messages.end(),
                std::back_inserter(messages_));
  } else {
    return false;
  }
  first = !pending_.exchange(true, std::memory_order_seq_cst);
  return true;
}

void inbox::drain(std::vector<multipart>& into) {
  std::unique_lock guard{mtx_};
  pending_.store(false, std::memory_order_relaxed);
  messages_.swap(into);
}

} // namespace troupe
