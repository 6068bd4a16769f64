// SPDX-License-Identifier: BSL-1.0

// A program that is client and engine: tasks that depend on each other in
// large numbers, and what the original gets wrong. Prints a line per promise.

#include "system/promises.hpp"
#include <troupe/troupe.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <functional>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace std::chrono_literals;
using troupe::test::check;

namespace {

/// Returns when it ran: the engines are on this machine, so their clocks agree.
std::int64_t now(int) {
  return std::chrono::steady_clock::now().time_since_epoch().count();
}
TROUPE_TASK(now);

int rest(int ms) {
  std::this_thread::sleep_for(std::chrono::milliseconds{ms});
  return ms;
}
TROUPE_TASK(rest);

int fail(int) {
  throw std::runtime_error("as always");
}
TROUPE_TASK(fail);

/// Ends its engine, and tells nobody.
int die(int) {
  raise(SIGKILL);
  return 0;
}
TROUPE_TASK(die);

troupe::errc code_of(const std::function<void()>& f) {
  try {
    f();
    return {};
  } catch (const troupe::error& x) {
    return x.code;
  }
}

// -- graphs -------------------------------------------------------------------

/// Fans out to `width` tasks and in to one, `layers` times. Each task says when
/// it ran.
void fans(const troupe::client& session) {
  constexpr auto layers = 100;
  constexpr auto width = 999;
  auto view = session.balanced();
  std::vector<int> inputs(width);
  std::vector<troupe::map_result<std::int64_t>> leaves;
  std::vector<troupe::async_result<std::int64_t>> joins;
  joins.push_back(view.apply<now>(0));
  auto begin = std::chrono::steady_clock::now();
  for (auto i = 0; i < layers; ++i) {
    leaves.push_back(view.with({.after = {joins.back()}}).map<now>(inputs));
    joins.push_back(view.with({.after = leaves.back().refs()}).apply<now>(0));
  }
  auto last = joins.front().get(60s);
  auto ordered = true;
  for (auto i = 0; i < layers; ++i) {
    auto times = leaves[i].get();
    auto [first, latest] = std::minmax_element(times.begin(), times.end());
    auto joined = joins[i + 1].get(60s);
    ordered = ordered && *first > last && joined > *latest;
    last = joined;
  }
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  check(ordered, "100,000 tasks fan out and in, in order");
  std::cerr << layers * (width + 1) / took.count() << " tasks/s\n";
}

/// Each task after the one before.
void chain(const troupe::client& session) {
  constexpr auto length = 10'000;
  auto view = session.balanced();
  std::vector<troupe::async_result<std::int64_t>> links;
  auto begin = std::chrono::steady_clock::now();
  links.push_back(view.apply<now>(0));
  while (links.size() < length)
    links.push_back(view.with({.after = {links.back()}}).apply<now>(0));
  std::vector<std::int64_t> times;
  for (auto& x : links)
    times.push_back(x.get(60s));
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  check(std::is_sorted(times.begin(), times.end()),
        "a chain of 10,000 tasks runs in order");
  std::cerr << length / took.count() << " tasks/s\n";
}

// -- what the original gets wrong ---------------------------------------------

/// Five tasks for a busy engine, while others are free. The original ran them
/// as 0, 4, 1, 3, 2.
void order(const troupe::client& session) {
  auto one = session.ids().at(0);
  auto there = session.balanced().with({.targets = {one}});
  auto busy = there.apply<rest>(100);
  std::vector<troupe::async_result<std::int64_t>> results;
  for (auto i = 0; i < 5; ++i)
    results.push_back(there.apply<now>(i));
  std::vector<std::int64_t> times;
  for (auto& x : results)
    times.push_back(x.get(20s));
  check(std::is_sorted(times.begin(), times.end()),
        "tasks for a busy engine keep their order");
  check(std::all_of(results.begin(), results.end(),
                    [&](auto& x) { return x.info().engine == one; }),
        "and wait for it");
}

/// More retries than engines: the original never ended. And it went on to
/// count retried tasks at engines that did not run them any more.
void retries(const troupe::client& session) {
  auto before = session.status();
  auto view = session.balanced().with({.retries = 9});
  auto failing = view.apply<fail>(0);
  check(code_of([&] { failing.get(20s); }) == troupe::errc::task_failed
          && failing.info().attempts == 10,
        "more retries than engines end");
  std::vector<int> inputs(100);
  auto many = view.with({.retries = 2}).map<fail>(inputs);
  many.wait(20s);
  auto after = session.status();
  auto load = std::uint32_t{0};
  for (auto& x : after.engines)
    load += x.load;
  check(many.failed() == 100 && after.accepted - before.accepted == 101
          && after.reported - before.reported == 101 && after.queued == 0
          && load == 0,
        "the counts are right after retries");
}

/// The original took 5 s to see that an engine was killed.
void loss(const troupe::client& session) {
  auto once = session.balanced().with({.attempts = 1});
  auto best = std::chrono::steady_clock::duration::max();
  auto lost = true;
  for (auto i = 0; i < 3; ++i) {
    auto begin = std::chrono::steady_clock::now();
    auto code = code_of([&] { once.apply<die>(0).get(20s); });
    best = std::min(best, std::chrono::steady_clock::now() - begin);
    lost = lost && code == troupe::errc::engine_lost;
  }
  check(lost, "a task of a killed engine ends as lost");
  // The best of three: this is no benchmark, and others may need the cores.
  check(best < 100ms, "within 100 ms");
}

const std::map<std::string, void (*)(const troupe::client&)> stories{
  {"fans", fans},       {"chain", chain}, {"order", order},
  {"retries", retries}, {"loss", loss},
};

} // namespace

int main(int argc, char** argv) {
  troupe::runtime rt{argc, argv};
  auto cluster = troupe::cluster::local();
  stories.at(argc > 1 ? argv[1] : "")(cluster.connect());
}
