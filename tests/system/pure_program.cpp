// SPDX-License-Identifier: BSL-1.0

// A program that is client and engine, in a cluster with a device (scheme
// pure). Prints a line per promise.

#include "system/promises.hpp"
#include <troupe/troupe.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <numeric>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace std::chrono_literals;
using troupe::test::check;
using troupe::test::says;

namespace {

int where(int) {
  return getpid();
}
TROUPE_TASK(where);

int twice(int x) {
  return 2 * x;
}
TROUPE_TASK(twice);

int fail(int x) {
  throw std::runtime_error{"I do not like " + std::to_string(x)};
}
TROUPE_TASK(fail);

int picky() {
  throw troupe::reject{"not with me"};
}
TROUPE_TASK(picky);

/// What waits for anything. A story with a broken promise ends in time to say
/// which one.
constexpr auto patience = 25s;

bool soon(const std::function<bool()>& f) {
  return troupe::test::wait_until(f, patience);
}

bool exists(const std::string& path) {
  return access(path.c_str(), F_OK) == 0;
}

/// Lasts until there is such a file, and another one tells that it began; no
/// path, no wait.
bool held(const std::string& path) {
  if (path.empty())
    return true;
  std::ofstream{path + ".began"};
  return soon([&] { return exists(path); });
}
TROUPE_TASK(held);

/// Ends the process then.
int die(const std::string& path) {
  held(path);
  raise(SIGKILL);
  return 0;
}
TROUPE_TASK(die);

double sum(std::span<const double> xs) {
  return std::accumulate(xs.begin(), xs.end(), 0.0);
}
TROUPE_TASK(sum);

/// Returns what `f` throws: code, sentence and hint.
std::string problem_of(const std::function<void()>& f) {
  try {
    f();
    return "nothing";
  } catch (const troupe::error& x) {
    return to_string(x.code) + ": " + x.what() + " (" + x.hint + ")";
  }
}

/// A file that appears when `open` is called, and lets tasks go on.
class gate {
public:
  std::string path() const {
    return directory_ / "open";
  }

  /// Waits until a task waits here.
  bool occupied() const {
    return soon([this] { return exists(path() + ".began"); });
  }

  void open() const {
    std::ofstream{path()};
  }

private:
  troupe::test::temp_dir directory_;
};

/// Four engines.
void tasks(const troupe::cluster& cluster) {
  auto session = cluster.connect();
  auto view = session.balanced();
  check(view.apply<twice>(21).get(patience) == 42, "a task runs");
  std::vector<int> inputs(20'000);
  std::iota(inputs.begin(), inputs.end(), 0);
  auto results = view.map<twice>(inputs);
  check(results.wait(patience) && results.failed() == 0, "a map ends");
  auto right = true;
  for (auto i : inputs)
    right = right && results.get(static_cast<std::size_t>(i)) == 2 * i;
  check(right, "each result is where it belongs");
  auto pids = view.map<where>(std::vector<int>(400)).get();
  check(std::set<int>(pids.begin(), pids.end()).size() == 4,
        "all engines get tasks");
  gate exit;
  auto first = view.map<held>(
    std::vector<std::string>{exit.path(), std::string{}, {}, {}});
  check(first.completed(0, patience) != 0,
        "the first to end is the first to come");
  exit.open();
  troupe::array<double> large{std::vector<double>(1'000'000, 1.0)};
  check(view.apply<sum>(large).get(patience) == 1e6, "large arrays go through");
  check(session.direct().apply<twice>(1).get().size() == 4,
        "named engines are called as ever");
}

void errors(const troupe::cluster& cluster) {
  auto session = cluster.connect();
  auto view = session.balanced();
  auto why = problem_of([&] { view.apply<fail>(7).get(patience); });
  check(says(why, "task_failed") && says(why, "I do not like 7"),
        "the error of a task arrives: " + why);
  why = problem_of([&] { view.apply<picky>().get(patience); });
  check(says(why, "not with me") && says(why, "pure"),
        "a rejected task ends: " + why);
  auto some = view.map<fail>(std::vector<int>(100));
  check(some.wait(patience) && some.failed() == 100, "each error arrives");
}

/// Two engines, one of which is busy with a task of the device.
void calls_of_named_engines(const troupe::client& session) {
  std::vector<troupe::async_result<int>> calls;
  for (auto number : {-1, -2})
    calls.push_back(session[number].apply<twice>(1));
  auto ready = [](auto& x) { return x.ready(); };
  auto one_runs = soon([&] { return std::ranges::any_of(calls, ready); });
  auto waits = std::ranges::find_if_not(calls, ready);
  if (!one_runs || waits == calls.end())
    return check(false, "one of two calls runs");
  check(session.core()->why(waits->id(), patience).at(0).reason
          == troupe::wire::WaitReason::Dispatched,
        "a call of a named engine says why it waits");
  auto cancelled = waits->cancel().get(patience);
  check(cancelled.dequeued + cancelled.asked == 1, "and can be cancelled");
}

void refusals(const troupe::cluster& cluster) {
  auto session = cluster.connect();
  auto view = session.balanced();
  auto refused = [&](const troupe::task_options& x, const std::string& name) {
    auto why = problem_of([&] { view.with(x).apply<twice>(1); });
    check(says(why, "usage: ") && says(why, "\"" + name + "\"")
            && says(why, "leastload"),
          why);
  };
  auto first = view.apply<twice>(1);
  refused({.priority = 3}, "priority");
  refused({.after = {first}}, "after");
  refused({.targets = {session.ids().at(0)}}, "targets");
  refused({.retries = 1}, "retries");
  refused({.run_limit = 1s}, "run_limit");
  gate exit;
  auto long_one = view.apply<held>(exit.path());
  check(exit.occupied(), "a task runs");
  auto why = problem_of([&] { long_one.cancel().get(patience); });
  check(says(why, "usage: ") && says(why, "cannot be cancelled"), why);
  why = problem_of([&] { session.core()->why({}, 5s); });
  check(says(why, "usage: ") && says(why, "books"), why);
  calls_of_named_engines(session);
  exit.open();
  check(long_one.get(patience), "the task goes on");
}

/// Two engines.
void losses(const troupe::cluster& cluster) {
  auto session = cluster.connect({.device = {.loss = 500ms}});
  auto view = session.balanced();
  gate exit;
  auto victim = view.apply<die>(exit.path());
  std::vector<troupe::async_result<int>> others;
  for (auto i = 0; i < 20; ++i)
    others.push_back(view.apply<twice>(i));
  check(soon([&] {
          return std::ranges::any_of(others, [](auto& x) { return x.ready(); });
        }),
        "the other engine has tasks, too");
  auto begin = std::chrono::steady_clock::now();
  exit.open();
  auto why = problem_of([&] { victim.get(patience); });
  auto took = std::chrono::steady_clock::now() - begin;
  check(says(why, "engine_lost: ") && says(why, "within 0.500 s"),
        "the client learns that a task was lost: " + why);
  check(took >= 450ms, "after its limit");
  auto lost = 0;
  for (auto& x : others)
    lost += says(problem_of([&] { x.get(patience); }), "engine_lost");
  check(0 < lost && lost < 20, "what waited for that engine was lost, too");
  check(view.map<twice>(std::vector<int>(100)).wait(patience),
        "the other engine goes on");
  auto last = view.apply<die>("");
  why = problem_of([&] { last.get(patience); });
  check(says(why, "engine_lost: ") || says(why, "no_engines: "), why);
  why = problem_of([&] { view.apply<twice>(1).get(patience); });
  check(says(why, "no_engines: ") && says(why, "there were no engines"), why);
}

const std::map<std::string, void (*)(const troupe::cluster&)> stories{
  {"tasks", tasks},
  {"errors", errors},
  {"refusals", refusals},
  {"losses", losses},
};

} // namespace

int main(int argc, char** argv) {
  troupe::runtime rt{argc, argv};
  auto cluster = troupe::cluster::local();
  stories.at(argc > 1 ? argv[1] : "")(cluster);
}
