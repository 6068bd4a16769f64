// SPDX-License-Identifier: BSL-1.0
#include "troupe/notices.hpp"

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

} // namespace

std::optional<socket_event> notices::read(const multipart& message) {
  if (message.frames.empty())
    return std::nullopt;
  if (type_ == socket_type::xpub)
    return subscription(message);
  if (type_ != socket_type::stream || !message.frames.front().empty())
    return std::nullopt;
  socket_event result;
  result.peer = message.peer;
  result.what = streams_.insert(message.peer).second ? kind::connected
                                                     : kind::disconnected;
  if (result.what == kind::disconnected)
    streams_.erase(message.peer);
  return result;
}

} // namespace troupe
