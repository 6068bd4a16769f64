// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/ids.hpp"
#include "troupe/protocol/control.hpp"
#include "troupe/protocol/resources.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// A cluster in virtual time around the rules of the task scheduler. Plain
/// classes: no actors, no sockets, no clock, no threads.
namespace troupe::simulation {

/// Nanoseconds since the beginning of a story.
using instant = std::uint64_t;

inline constexpr auto microsecond = instant{1000};
inline constexpr auto millisecond = 1000 * microsecond;

/// Functions that simulated engines may know, as bits: 1 << (id - 1).
inline constexpr auto all_functions = std::uint32_t{7};

/// What happens to a cluster from outside.
enum class event_kind : std::uint8_t {
  /// An engine registers and joins.
  add_engine,
  /// An engine dies; the hub notices later.
  kill_engine,
  /// The connection of an engine breaks; it joins again from another one.
  cut_engine,
  /// A client connects.
  add_client,
  /// A client dies; the hub notices later.
  kill_client,
  /// A client submits tasks.
  submit,
  /// A client cancels some of its tasks.
  cancel,
};

/// Which tasks of an event come after which.
enum class linkage : std::uint8_t {
  none,
  /// Each after the one before it.
  chain,
  /// All of them after the first one.
  fan,
};

/// What an engine has, or what a task takes of it: functions and tags as bits,
/// and a number of slots.
struct means {
  std::uint32_t functions = all_functions;
  std::uint32_t tags = 0;
  std::uint32_t slots = 0;

  /// Whether somebody who has all this can ever serve `wanted`.
  bool cover(const means& wanted) const noexcept {
    return (wanted.functions & ~functions) == 0 && (wanted.tags & ~tags) == 0
           && wanted.slots <= slots;
  }

  friend bool operator==(const means&, const means&) = default;
};

inline constexpr auto all_tags = std::uint32_t{3};
inline constexpr auto most_slots = std::uint32_t{3};

/// Returns tags and slots in the scheduler's words.
resources resources_of(const means& x);

/// One event of a story. Who does not exist does nothing, so that any part of a
/// story is a story.
struct event {
  instant at = 0;
  event_kind kind{};
  /// Number of the engine or client.
  std::uint32_t who = 0;
  /// What an engine has, or what tasks need: one function, and more.
  means with{};

  // Tasks.
  std::uint32_t count = 0;
  std::uint8_t attempts = 1;
  std::uint8_t retries = 0;
  linkage links = linkage::none;
  /// Arguments in bytes.
  std::uint32_t bytes = 16;
  std::int8_t priority = 0;
  /// Limits of the time to wait and to run, and time before another attempt
  /// after an error, in milliseconds.
  std::uint32_t queue_ms = 0;
  std::uint32_t run_ms = 0;
  std::uint32_t retry_ms = 0;
  bool retry_elsewhere = false;

  // Cancels: `count` tasks from this one.
  task_number first = 0;
  cancel_mode mode{};

  /// Whether tasks demand more than what `with` says.
  bool demanding() const noexcept {
    return queue_ms > 0 || run_ms > 0 || retry_ms > 0 || retry_elsewhere;
  }
};

/// The function of tasks that need this.
std::uint32_t function_of(const means& x);

/// One line for people, such as `1.20 ms  engine 3 dies`.
std::string to_string(const event& x);

/// What holds during a whole story.
struct settings {
  std::string scheme = "leastload";
  std::uint32_t hwm = 1; // 0 = adapts
  std::uint64_t engine_bytes = std::uint64_t{1} << 20;
  std::uint32_t client_tasks = 200;
  /// How long tasks wait while there are no engines.
  instant engine_wait = 3000 * millisecond;
  /// Messages travel this long, and arrive at multiples of `grid`.
  instant least_delay = 20 * microsecond;
  instant most_delay = 500 * microsecond;
  instant grid = 10 * microsecond;
  instant least_run = 50 * microsecond;
  instant most_run = 5 * millisecond;
  /// The hub notices deaths after at most this time.
  instant detection = 10 * millisecond;
  /// Tasks whose results an engine sends together.
  std::uint32_t group = 1;
  /// Of 1000: tasks that throw, results that come twice, messages that come
  /// back because the peer does not keep up, and messages to a dead connection
  /// that come back instead of vanishing.
  std::uint32_t errors = 100;
  std::uint32_t duplicates = 50;
  std::uint32_t full = 20;
  std::uint32_t returned = 500;
  /// Of 1000: tasks that an engine rejects, and tasks that do not stop when
  /// they are asked to.
  std::uint32_t rejections = 0;
  std::uint32_t stubborn = 300;
};

struct story {
  std::uint64_t seed = 0;
  settings world{};
  std::vector<event> events{};
};

/// Makes a small story: a few engines and clients, some hundred tasks at most.
/// The seed alone decides.
story small_story(std::uint64_t seed);

/// Makes a story with that many engines at any time and that many tasks, most
/// of them waiting, while an engine dies and another one comes from time to
/// time.
story large_story(std::uint64_t seed, std::uint32_t engines,
                  std::uint64_t tasks, std::uint32_t deaths);

/// Number that depends on nothing but `seed` and what it is drawn for.
std::uint64_t draw(std::uint64_t seed, std::uint64_t what, std::uint64_t a = 0,
                   std::uint64_t b = 0) noexcept;

} // namespace troupe::simulation
