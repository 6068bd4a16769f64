// SPDX-License-Identifier: BSL-1.0
#include "troupe/refusal_log.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace troupe {

namespace {

/// Returns `event` as it is to be sent, and starts to count again.
socket_event told(socket_event& event) {
  auto result = event;
  event.value = 0;
  return result;
}

} // namespace

std::optional<socket_event>
refusal_log::note(std::uint32_t tag, const routing_id& peer, ec reason,
                  time_point now, const std::function<std::string()>& explain) {
  auto& x = find_or_add(tag, peer, reason, now);
  if (x.event.value < std::numeric_limits<std::uint32_t>::max())
    ++x.event.value;
  if (now < x.next)
    return std::nullopt;
  x.next = now + period;
  x.event.text = explain();
  return told(x.event);
}

std::vector<socket_event> refusal_log::take(time_point now) {
  forget_old(now);
  std::vector<socket_event> result;
  for (auto& x : entries_)
    if (x.next <= now) {
      x.next = now + period;
      result.push_back(told(x.event));
    }
  return result;
}

refusal_log::time_point refusal_log::deadline() const noexcept {
  auto result = time_point::max();
  for (auto& x : entries_)
    if (x.event.value > 0)
      result = std::min(result, x.next);
  return result;
}

void refusal_log::forget_old(time_point now) {
  std::erase_if(entries_, [now](const entry& x) {
    return x.event.value == 0 && x.next <= now;
  });
}

refusal_log::entry* refusal_log::find(std::uint32_t tag, const routing_id& peer,
                                      ec reason) noexcept {
  auto i = std::find_if(entries_.begin(), entries_.end(), [&](const entry& x) {
    return x.event.tag == tag && x.event.reason == reason
           && x.event.peer == peer;
  });
  return i != entries_.end() ? &*i : nullptr;
}

refusal_log::entry& refusal_log::find_or_add(std::uint32_t tag,
                                             const routing_id& peer, ec reason,
                                             time_point now) {
  if (auto found = find(tag, peer, reason))
    return *found;
  if (entries_.size() >= max_entries)
    forget_old(now);
  if (entries_.size() >= max_entries && !peer.empty())
    return find_or_add(tag, routing_id{}, reason, now);
  auto& result = entries_.emplace_back();
  result.event.tag = tag;
  result.event.what = socket_event::kind::refused;
  result.event.reason = reason;
  result.event.peer = peer;
  return result;
}

} // namespace troupe
