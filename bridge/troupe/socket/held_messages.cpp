// SPDX-License-Identifier: BSL-1.0
#include "troupe/socket/held_messages.hpp"

#include <iterator>

namespace troupe {

bool held_messages::has_room(amount size) const noexcept {
  return size.first <= max_messages_ - messages_
         && size.second <= max_bytes_ - bytes_;
}

bool held_messages::push(multipart& message) {
  auto size = amount{1, message.size_bytes()};
  if (!has_room(size))
    return false;
  auto& waiting = queues_[message.peer];
  waiting.emplace_back(std::move(message));
  remember(size);
  return true;
}

bool held_messages::push(message_bundle& x) {
  auto size = amount{x.messages(), x.bytes()};
  if (!has_room(size))
    return false;
  queues_[routing_id{}].emplace_back(std::move(x));
  remember(size);
  return true;
}

held_messages::amount held_messages::measure(const sendable& x) noexcept {
  if (auto message = std::get_if<multipart>(&x))
    return {1, message->size_bytes()};
  auto& bundle = std::get<message_bundle>(x);
  return {bundle.messages(), bundle.bytes()};
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
  for (auto& x : from) {
    forget(measure(x));
    if (auto message = std::get_if<multipart>(&x))
      into.push_back(std::move(*message));
    else
      std::get<message_bundle>(x).unpack(into);
  }
  from.clear();
}

} // namespace troupe
