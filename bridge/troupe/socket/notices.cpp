// SPDX-License-Identifier: BSL-1.0
#include "troupe/socket/notices.hpp"

#include <utility>

namespace troupe {

namespace {

using kind = socket_event::kind;

/// One byte, 1 or 0, and the topic.
std::optional<socket_event> subscription(const multipart& message) {
  auto text = message.frames.front().text();
  if (message.frames.size() != 1 || text.empty()
      || (text.front() != '\0' && text.front() != '\1'))
    return std::nullopt;
  socket_event result;
  result.what = text.front() == '\1' ? kind::subscribed : kind::unsubscribed;
  result.text = text.substr(1);
  return result;
}

socket_event stream_event(kind what, const routing_id& peer) {
  socket_event result;
  result.what = what;
  result.peer = peer;
  return result;
}

} // namespace

std::optional<socket_event> notices::read(const multipart& message) {
  if (message.frames.empty())
    return std::nullopt;
  if (type_ == socket_type::xpub)
    return subscription(message);
  if (type_ != socket_type::stream)
    return std::nullopt;
  auto ended_by_us = std::exchange(hung_up_, {}).contains(message.peer);
  if (!message.frames.front().empty())
    return std::nullopt;
  if (!ended_by_us && streams_.insert(message.peer).second)
    return stream_event(kind::connected, message.peer);
  streams_.erase(message.peer);
  return stream_event(kind::disconnected, message.peer);
}

std::optional<socket_event> notices::sent(const multipart& message) {
  if (type_ != socket_type::stream || !message.frames.front().empty()
      || streams_.erase(message.peer) == 0)
    return std::nullopt;
  hung_up_.insert(message.peer);
  return stream_event(kind::disconnected, message.peer);
}

} // namespace troupe
