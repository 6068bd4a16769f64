// SPDX-License-Identifier: BSL-1.0
#include "troupe/socket/held_messages.hpp"

#include <iterator>

namespace troupe {

bool held_messages::push(multipart& message) {
  auto size = message.size_bytes();
  if (messages_ >= max_messages_ || size > max_bytes_ - bytes_)
    return false;
  auto& waiting = queues_[message.peer];
  waiting.push_back(std::move(message));
  ++messages_;
  bytes_ += size;
  return true;
}

std::vector<multipart> held_messages::take_all() {
  std::vector<multipart> result;
  result.reserve(messages_);
  for (auto& [peer, waiting] : queues_)
    take(waiting, result);
  queues_.clear();
  return result;
}

void held_messages::take(queue& from, std::vector<multipart>& into) {
  for (auto& message : from) {
    forget(message.size_bytes());
    into.push_back(std::move(message));
  }
  from.clear();
}

} // namespace troupe
