// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/protocol/pack.hpp"
#include "troupe/protocol/read.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

struct hub_link_config {
  /// What to say at hello. The role decides whether `Ready` follows a welcome.
  hello_message hello{};

  /// The control endpoint of the controller, for sentences.
  std::string endpoint{};

  /// Time until an unanswered `Hello` is repeated. Doubles up to the maximum,
  /// plus or minus a quarter that depends on the incarnation.
  std::chrono::milliseconds hello_retry{500};
  std::chrono::milliseconds max_hello_retry{5000};

  /// How long to greet before the controller counts as lost.
  std::chrono::milliseconds connect_limit{10000};
};

enum class link_state : std::uint8_t {
  /// Says hello until the hub answers.
  greeting,
  /// The hub answered; pings are expected.
  joined,
  /// The controller fell silent or never answered.
  lost,
  /// The controller turned this peer away.
  refused,
  /// One side said goodbye.
  closed,
};

/// Returns the name of a state, for logs.
/// @relates link_state
std::string to_string(link_state x);

/// What an engine or client has to do after an event of its `hub_link`.
struct link_actions {
  /// Messages to send on the control lane, in this order.
  std::vector<buffer> control{};

  /// Messages to send on the task lane, before anything else that waits for it.
  std::vector<buffer> tasks{};

  /// The hub welcomed this peer, perhaps not for the first time. `hub_link::id`
  /// may differ from what it was.
  bool joined_now = false;

  /// The link ended: it is lost, refused or closed, and nothing will come any
  /// more. `reason` is a sentence for people.
  bool lost_now = false;
  std::string reason{};
};

/// The side of an engine or client in the conversation with the hub.
///
/// Knows neither actors nor clocks: its owner passes on what happens, does what
/// the actions say, and calls `tick` at `next_deadline` (calling it earlier or
/// more often does no harm).
///
///     greeting --Welcome--> joined --silence--> lost
///        ^                    |  \--Goodbye--> closed
///        +---- UnknownPeer ---+
class hub_link {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit hub_link(hub_link_config cfg);

  // -- events -----------------------------------------------------------------

  /// Begins to greet.
  link_actions start(time_point now);

  /// Takes any message that came on the control lane. Kinds that only the
  /// owner understands, such as `Status`, count as signs of life.
  link_actions received(time_point now, const message_view& message);

  /// Takes a refusal that came on the task lane: joins again, and greets again
  /// if that does not help.
  link_actions received_refusal(time_point now, const wire::Refusal& refusal);

  /// Notes that the connection of the control lane ended. ZeroMQ connects
  /// again by itself; unless something arrives within two heartbeats, the
  /// controller is lost.
  link_actions disconnected(time_point now);

  /// Notes that the connection of the task lane ended, and with it whatever was
  /// on its way: says goodbye, and hello again as somebody new.
  link_actions task_lane_disconnected(time_point now);

  /// Does what is due.
  link_actions tick(time_point now);

  /// Says goodbye.
  link_actions leave(std::string_view reason);

  // -- properties -------------------------------------------------------------

  /// When to call `tick` next, or nothing if the link ended.
  std::optional<time_point> next_deadline() const noexcept;

  /// Sets what the next answers to pings tell: tasks that wait here, tasks
  /// done.
  void load(std::uint32_t queued, std::uint64_t done) noexcept {
    queued_ = queued;
    done_ = done;
  }

  link_state state() const noexcept {
    return state_;
  }

  bool joined() const noexcept {
    return state_ == link_state::joined;
  }

  /// The engine's or client's number; meaningful once joined.
  std::uint32_t id() const noexcept {
    return welcome_.id;
  }

  /// The engine's name, which the hub chooses if nobody else does.
  const std::string& name() const noexcept {
    return cfg_.hello.name;
  }

private:
  link_actions greet(time_point now);
  void say_hello(time_point now, link_actions& out);
  link_actions welcomed(const wire::Welcome& message);
  link_actions refused(time_point now, const wire::Refusal& refusal);
  link_actions tick_greeting(time_point now);
  link_actions tick_joined(time_point now);
  link_actions end(link_state how, std::string reason);
  buffer pong() const;
  void heard(time_point now) noexcept;

  hub_link_config cfg_;
  link_state state_ = link_state::greeting;
  welcome_message welcome_{};

  /// Greeting: the next hello, and when to give up.
  time_point next_hello_{};
  time_point give_up_{};
  std::uint32_t hellos_ = 0;

  /// Joined: when silence makes the controller lost, whether the connection
  /// broke, and whether the last call was made.
  time_point silent_until_{};
  bool broken_ = false;
  bool rejoining_ = false; // greets because the task lane broke
  bool join_repeated_ = false;

  /// Counts the connections of the task lane.
  std::uint32_t connection_ = 1;

  std::uint32_t sequence_ = 0;
  std::uint32_t queued_ = 0;
  std::uint64_t done_ = 0;
};

} // namespace troupe
