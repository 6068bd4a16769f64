// SPDX-License-Identifier: BSL-1.0
#include "simulation/story.hpp"

#include "troupe/scheduling/placement_scheme.hpp"
#include "troupe/scheduling/random_source.hpp"

#include <algorithm>
#include <bit>
#include <cstdio>

namespace troupe::simulation {

namespace {

// What random numbers are drawn for.
constexpr auto for_links = std::uint64_t{21};

/// Makes a small story event by event.
class author {
public:
  explicit author(std::uint64_t seed) : random_(seed) {
    result_.seed = seed;
  }

  story write() {
    choose_settings();
    auto events = 5 + random_.below(60);
    auto span = (1 + random_.below(40)) * millisecond;
    for (std::uint64_t i = 0; i < events; ++i)
      add(random_.below(span));
    std::ranges::stable_sort(result_.events, {}, &event::at);
    number();
    return std::move(result_);
  }

private:
  bool chance(std::uint64_t percent) {
    return random_.below(100) < percent;
  }

  void choose_settings() {
    auto& x = result_.world;
    auto names = scheme_names();
    x.scheme = names[random_.below(names.size())];
    x.hwm = static_cast<std::uint32_t>(1 + random_.below(4));
    x.client_tasks = chance(30) ? 10 : 200;
    x.engine_bytes = chance(30) ? 200 : 1 << 20;
    x.engine_wait = (chance(20) ? 5 : 3000) * millisecond;
    x.most_delay = (20 + random_.below(2000)) * microsecond;
    x.grid = chance(50) ? 200 * microsecond : 10 * microsecond;
    x.most_run = (50 + random_.below(8000)) * microsecond;
    x.detection = (1 + random_.below(20)) * millisecond;
    x.group = static_cast<std::uint32_t>(1 + random_.below(3));
    x.errors = chance(50) ? 300 : 0;
    x.duplicates = chance(50) ? 200 : 0;
    x.full = chance(30) ? 100 : 0;
    x.returned = static_cast<std::uint32_t>(random_.below(1001));
    x.rejections = chance(40) ? 150 : 0;
    demanding_ = chance(70);
  }

  void add(instant at) {
    event x;
    x.at = at;
    auto dice = random_.below(100);
    if (dice < 20) {
      x.kind = event_kind::add_engine;
      describe_engine(x);
    } else if (dice < 30) {
      x.kind = event_kind::kill_engine;
    } else if (dice < 35) {
      x.kind = event_kind::cut_engine;
    } else if (dice < 45) {
      x.kind = event_kind::add_client;
    } else if (dice < 48) {
      x.kind = event_kind::kill_client;
    } else if (dice < 53) {
      x.kind = event_kind::cancel;
      x.mode = static_cast<cancel_mode>(random_.below(3));
      x.first = 1 + below(60);
      x.count = chance(50) ? 1 : 1 + below(40);
    } else {
      x.kind = event_kind::submit;
      describe_tasks(x);
    }
    result_.events.push_back(x);
  }

  std::uint32_t below(std::uint32_t n) {
    return static_cast<std::uint32_t>(random_.below(n));
  }

  void describe_engine(event& x) {
    x.with.functions = chance(60) ? all_functions : 1 + below(all_functions);
    x.with.tags = chance(50) ? all_tags : below(all_tags + 1);
    x.with.slots = chance(50) ? 2 : below(most_slots + 1);
  }

  void describe_tasks(event& x) {
    x.count = 1 + below(30);
    x.with.functions = 1u << (chance(70) ? 0 : below(3));
    x.attempts = static_cast<std::uint8_t>(1 + below(3));
    x.retries = static_cast<std::uint8_t>(below(3));
    x.bytes = 16 + (chance(20) ? 150 : 0);
    auto dice = draw(result_.seed, for_links, result_.events.size()) % 100;
    x.links = dice < 40   ? linkage::chain
              : dice < 50 ? linkage::fan
                          : linkage::none;
    if (!demanding_)
      return;
    x.with.tags = chance(25) ? 1 + below(all_tags) : 0;
    x.with.slots = chance(25) ? 1 + below(2) : 0;
    x.priority = static_cast<std::int8_t>(chance(30) ? below(3) - 1 : 0);
    x.queue_ms = chance(15) ? 1 + below(20) : 0;
    x.run_ms = chance(20) ? 1 + below(4) : 0;
    x.retry_ms = chance(20) ? 1 + below(3) : 0;
    x.retry_elsewhere = chance(20);
  }

  /// Gives engines and clients numbers in the order in which they come, and
  /// has the others name some who came before.
  void number() {
    auto engines = std::uint32_t{0};
    auto clients = std::uint32_t{0};
    for (auto& x : result_.events) {
      auto any = [this](std::uint32_t n) {
        return static_cast<std::uint32_t>(random_.below(std::max(n, 1u)));
      };
      if (x.kind == event_kind::add_engine)
        x.who = engines++;
      else if (x.kind == event_kind::add_client)
        x.who = clients++;
      else if (x.kind < event_kind::add_client)
        x.who = any(engines);
      else
        x.who = any(clients);
    }
  }

  random_source random_;
  /// Whether tasks demand more than an engine that knows their function.
  bool demanding_ = false;
  story result_;
};

std::string name_of(const event& x) {
  auto client = x.kind >= event_kind::add_client;
  return (client ? "client " : "engine ") + std::to_string(x.who);
}

std::string to_string(const means& x) {
  auto result = " functions " + std::to_string(x.functions);
  if (x.tags != 0)
    result += " tags " + std::to_string(x.tags);
  if (x.slots > 0)
    result += " slots " + std::to_string(x.slots);
  return result;
}

std::string demands_of(const event& x) {
  std::string result;
  auto add = [&](const char* name, int value) {
    if (value != 0)
      result += std::string{", "} + name + ' ' + std::to_string(value);
  };
  add("priority", x.priority);
  add("queue_ms", static_cast<int>(x.queue_ms));
  add("run_ms", static_cast<int>(x.run_ms));
  add("retry_ms", static_cast<int>(x.retry_ms));
  add("retry_elsewhere", x.retry_elsewhere);
  if (x.links != linkage::none)
    result += x.links == linkage::chain ? ", in a chain" : ", in a fan";
  return result;
}

} // namespace

std::string to_string(const event& x) {
  char time[32];
  std::snprintf(time, sizeof(time), "%8.2f ms  ",
                static_cast<double>(x.at) / millisecond);
  auto text = time + name_of(x);
  switch (x.kind) {
    case event_kind::add_engine:
      return text + " comes with" + to_string(x.with);
    case event_kind::add_client:
      return text + " comes";
    case event_kind::kill_engine:
    case event_kind::kill_client:
      return text + " dies";
    case event_kind::cut_engine:
      return text + " joins again";
    case event_kind::cancel:
      return text + " cancels " + std::to_string(x.count) + " from "
             + std::to_string(x.first) + ", mode "
             + std::to_string(static_cast<int>(x.mode));
    default:
      return text + " submits " + std::to_string(x.count) + " for"
             + to_string(x.with) + ", attempts " + std::to_string(x.attempts)
             + ", retries " + std::to_string(x.retries) + demands_of(x);
  }
}

resources resources_of(const means& x) {
  resources result;
  for (auto i = 0; i < 2; ++i)
    if ((x.tags >> i & 1) != 0)
      result.tags.push_back("tag" + std::to_string(i));
  if (x.slots > 0)
    result.slots.push_back({"slot", x.slots});
  return result;
}

std::uint32_t function_of(const means& x) {
  return static_cast<std::uint32_t>(std::countr_zero(x.functions)) + 1;
}

story small_story(std::uint64_t seed) {
  return author{seed}.write();
}

story large_story(std::uint64_t seed, std::uint32_t engines,
                  std::uint64_t tasks, std::uint32_t deaths) {
  constexpr auto clients = std::uint32_t{8};
  constexpr auto batch = std::uint64_t{4096};
  story result;
  result.seed = seed;
  auto& world = result.world;
  world.hwm = 16;
  world.group = 16;
  world.client_tasks = 32768;
  world.grid = 100 * microsecond;
  world.most_run = 10 * millisecond;
  world.errors = 1;
  world.duplicates = 1;
  world.full = 0;
  auto add = [&](instant at, event_kind kind, std::uint32_t who) -> event& {
    result.events.push_back({.at = at, .kind = kind, .who = who});
    return result.events.back();
  };
  for (auto i = std::uint32_t{0}; i < engines; ++i)
    add(0, event_kind::add_engine, i);
  for (auto i = std::uint32_t{0}; i < clients; ++i)
    add(0, event_kind::add_client, i);
  for (std::uint64_t first = 0, i = 0; first < tasks; first += batch, ++i) {
    auto& x = add(millisecond, event_kind::submit,
                  static_cast<std::uint32_t>(i % clients));
    x.count = static_cast<std::uint32_t>(std::min(batch, tasks - first));
    x.with.functions = 1;
    x.attempts = 9;
    x.retries = 9;
  }
  // About as long as all of it takes, so that deaths spread over it.
  auto span = (world.least_run + world.most_run) / 2 * tasks
              / std::max(engines, 1u);
  for (auto i = std::uint32_t{0}; i < deaths; ++i) {
    auto at = 2 * millisecond + span / std::max(deaths, 1u) * i;
    add(at, event_kind::kill_engine, i);
    add(at, event_kind::add_engine, engines + i);
    auto& x = add(at, event_kind::cancel, i % clients);
    x.first = 1 + tasks / clients / std::max(deaths, 1u) * i;
    x.count = 16;
    x.mode = static_cast<cancel_mode>(i % 3);
  }
  return result;
}

std::uint64_t draw(std::uint64_t seed, std::uint64_t what, std::uint64_t a,
                   std::uint64_t b) noexcept {
  random_source source{seed ^ what * 0x9e3779b97f4a7c15 ^ a * 0xc2b2ae3d27d4eb4f
                       ^ b * 0x165667b19e3779f9};
  source.bits();
  return source.bits();
}

} // namespace troupe::simulation
