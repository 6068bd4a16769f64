// SPDX-License-Identifier: BSL-1.0

#pragma once

#include "bridge/loopback.hpp"
#include <troupe/lanes/lanes.hpp>

#include <caf/actor_cast.hpp>
#include <caf/scoped_actor.hpp>

#include <algorithm>
#include <deque>
#include <optional>
#include <string>
#include <utility>

namespace troupe::test {

/// Stands in for an actor that talks over lanes. Waits at most `patience` for
/// whatever it waits for, and fails the test then.
class lanes_owner {
public:
  explicit lanes_owner(caf::actor_system& sys) : self_(sys, true) {
    // nop
  }

  void attach(const lanes_actor& lanes) {
    self_->send(lanes, atom::attach_v,
                caf::actor_cast<lanes_owner_actor>(self_));
  }

  void send(const lanes_actor& lanes, peer_id peer, std::string text,
            std::uint64_t conversation = 0, std::optional<lane> via = {}) {
    lanes_outgoing x{peer, via, conversation, {}};
    x.messages.emplace_back(buffer::adopt(std::move(text)));
    self_->send(lanes, std::move(x));
  }

  void part(const lanes_actor& lanes, peer_id peer) {
    self_->send(lanes, atom::disconnect_v, peer);
  }

  peer_event take_event() {
    return take<peer_event>(events_);
  }

  /// Waits for somebody who joins. Nothing else may happen before.
  peer_id take_joined() {
    auto event = take_event();
    BOOST_REQUIRE_MESSAGE(event.what == peer_event::kind::joined,
                          to_string(event.what) << ": " << event.text);
    return event.peer;
  }

  lanes_returned take_returned() {
    return take<lanes_returned>(returned_);
  }

  /// Waits for the next message, and returns it as `lane:text`, cut.
  std::string take() {
    auto x = take_message();
    return std::string{to_string(x.first)} + ":"
           + std::string{x.second.frames[0].text().substr(0, 8)};
  }

  std::pair<lane, multipart> take_message() {
    return take<std::pair<lane, multipart>>(messages_);
  }

  lanes_counters counters(const lanes_actor& lanes) {
    lanes_counters result;
    self_->request(lanes, test::patience, atom::counters_v)
      .receive([&](const lanes_counters& x) { result = x; },
               [&](caf::error& err) { BOOST_FAIL(describe(err)); });
    return result;
  }

private:
  using time_point = std::chrono::steady_clock::time_point;

  template <class T>
  T take(std::deque<T>& queue) {
    auto limit = std::chrono::steady_clock::now() + test::patience;
    while (queue.empty())
      receive_one(limit);
    auto result = std::move(queue.front());
    queue.pop_front();
    return result;
  }

  void receive_one(time_point limit) {
    auto left = limit - std::chrono::steady_clock::now();
    self_->receive(
      [this](lanes_delivery& x) {
        for (auto& message : x.messages)
          messages_.emplace_back(x.via, std::move(message));
      },
      [this](lanes_returned& x) { returned_.push_back(std::move(x)); },
      [this](peer_event& x) { events_.push_back(std::move(x)); },
      caf::after(std::max(left, time_point::duration{})) >>
        [] { BOOST_FAIL("waited in vain"); });
  }

  caf::scoped_actor self_;
  std::deque<std::pair<lane, multipart>> messages_;
  std::deque<lanes_returned> returned_;
  std::deque<peer_event> events_;
};

} // namespace troupe::test
