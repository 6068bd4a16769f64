// SPDX-License-Identifier: BSL-1.0

// A program that is client and engine, and checks what the scheduler promises
// with the processes of `troupe run`. Prints a line per promise.

#include "system/promises.hpp"
#include <troupe/troupe.hpp>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace std::chrono_literals;
using troupe::test::check;
using troupe::test::says;
using troupe::test::wait_until;

namespace {

int where(int) {
  std::this_thread::sleep_for(2ms);
  return getpid();
}
TROUPE_TASK(where);

/// Runs on one engine only.
int picky(int) {
  auto index = std::getenv("TROUPE_ENGINE_INDEX");
  if (index == nullptr || std::string{index} != "1")
    throw troupe::reject{"I want engine 1"};
  return 1;
}
TROUPE_TASK(picky);

int never() {
  throw troupe::reject{"not with me"};
}
TROUPE_TASK(never);

/// Runs until it is asked to stop.
int patient(int) {
  auto end = std::chrono::steady_clock::now() + 20s;
  while (!troupe::this_task::stop_requested()
         && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(1ms);
  return 7;
}
TROUPE_TASK(patient);

/// Does not care.
int stubborn(int) {
  std::this_thread::sleep_for(20s);
  return 8;
}
TROUPE_TASK(stubborn);

std::string problem_of(const std::function<void()>& f) {
  try {
    f();
    return "nothing";
  } catch (const troupe::error& x) {
    return x.what();
  }
}

/// Two engines without anything, one with `gpu-node,gpu=1`.
void resources(const troupe::client& session) {
  auto view = session.balanced();
  std::vector<int> inputs(60);
  auto anywhere = view.map<where>(inputs).get();
  auto there =
    view.with({.tags = {"gpu-node"}, .needs = {{"gpu", 1}}}).map<where>(inputs);
  std::set<int> all(anywhere.begin(), anywhere.end());
  auto pids = there.get();
  check(all.size() == 3, "plain tasks run on all engines");
  check(std::set<int>(pids.begin(), pids.end()).size() == 1,
        "tasks that need a gpu run where it is");
  auto why = problem_of([&] {
    view.with({.needs = {{"gpu", 2}}}).apply<where>(0).get(5s);
  });
  check(says(why, "needs gpu=2") && says(why, "has gpu=1"),
        "what nobody has ends at once: " + why);
}

void rejections(const troupe::client& session) {
  auto view = session.balanced();
  std::vector<int> inputs(20);
  auto results = view.map<picky>(inputs);
  results.wait(20s);
  check(results.done() == 20 && results.failed() == 0,
        "rejected tasks run elsewhere");
  auto why = problem_of([&] { view.apply<never>().get(5s); });
  check(says(why, "rejected it") && says(why, "not with me"),
        "what everybody rejects ends: " + why);
}

bool is_dispatched(const troupe::client& session, const troupe::task_id& id) {
  auto xs = session.core()->why(id, 5s);
  return xs.at(0).reason == troupe::wire::WaitReason::Dispatched;
}

std::string code_of(const troupe::async_result<int>& x) {
  try {
    x.get(10s);
    return "ok";
  } catch (const troupe::error& e) {
    return to_string(e.code);
  }
}

/// Two engines, one task each.
void cancels(const troupe::client& session) {
  auto view = session.balanced();
  auto first = view.apply<patient>(1);
  auto second = view.apply<stubborn>(2);
  check(wait_until([&] {
          return is_dispatched(session, first.id())
                 && is_dispatched(session, second.id());
        }),
        "both engines are busy");
  std::vector<int> inputs(1000);
  auto queue = view.map<where>(inputs);
  // The question takes another way than the tasks, and may overtake them.
  std::string why;
  check(wait_until([&] {
          why = to_string(session.core()->why(queue.id(0), 5s).at(0));
          return says(why, "as many tasks as they may have");
        }),
        "a waiting task says why: " + why);
  auto answer = queue.cancel(troupe::cancel_mode::dequeue).get(5s);
  check(answer.dequeued == 1000, "a map is dequeued at once");
  check(queue.wait(5s) && queue.failed() == 1000, "all of it ended");
  check(queue.cancel().get(5s).done == 1000, "cancelling again does no harm");
  first.cancel();
  check(first.get(5s) == 7, "a task stops when it is asked to");
  auto begin = std::chrono::steady_clock::now();
  auto killed = second.cancel(troupe::cancel_mode::kill).get(5s).killed;
  check(killed == 1 && code_of(second) == "cancelled"
          && std::chrono::steady_clock::now() - begin < 5s,
        "a task that does not stop is killed");
  check(wait_until([&] { return session.ids().size() == 2; }),
        "its engine is started again");
  auto pids = view.map<where>(std::vector<int>(100)).get();
  check(std::set<int>(pids.begin(), pids.end()).size() == 2,
        "both engines work");
}

/// One engine.
void deadlines(const troupe::client& session) {
  auto view = session.balanced();
  auto limited = view.with({.run_limit = 50ms});
  check(limited.apply<patient>(1).get(10s) == 7,
        "a task is asked to stop when its time is over");
  auto begin = std::chrono::steady_clock::now();
  auto stuck = limited.apply<stubborn>(1);
  auto behind = view.with({.attempts = 1}).apply<where>(0);
  auto late = view.with({.queue_limit = 100ms}).apply<where>(0);
  check(code_of(late) == "timed_out", "a task gives up to wait");
  check(code_of(stuck) == "timed_out"
          && std::chrono::steady_clock::now() - begin < 8s,
        "one that does not stop ends with its engine");
  check(behind.get(20s) > 0, "those behind it run on the next one");
}

/// More tasks of one client than an engine runs within the limits of a test.
const std::vector<int> many(20000);

/// One engine.
void fairness(const troupe::client& session) {
  troupe::client other{session.core()->info()};
  auto big = session.balanced().map<where>(many);
  big.completed(5, 20s);
  auto small = other.balanced().map<where>(std::vector<int>(10));
  check(small.wait(20s) && big.done() < many.size() / 2,
        "few tasks of one client do not wait for all of another");
  auto before = big.done();
  check(wait_until([&] { return big.done() > before; }), "those go on");
  big.cancel(troupe::cancel_mode::dequeue);
}

/// One engine.
void priorities(const troupe::client& session) {
  troupe::client other{session.core()->info()};
  auto low = session.balanced().map<where>(many);
  low.completed(2, 20s);
  auto urgent = troupe::task_options{.priority = 5};
  auto high = session.balanced().with(urgent).map<where>(std::vector<int>(20));
  auto others = other.balanced().with(urgent).map<where>(std::vector<int>(20));
  check(high.wait(20s) && others.wait(20s) && low.done() < many.size() / 2,
        "tasks of higher priority pass those that wait, whoever sent them");
  low.cancel(troupe::cancel_mode::dequeue);
}

/// Takes that many milliseconds.
int lasting(int ms) {
  std::this_thread::sleep_for(std::chrono::milliseconds{ms});
  return ms;
}
TROUPE_TASK(lasting);

/// Two engines that learned that tasks are short.
void balance(const troupe::client& session) {
  auto view = session.balanced();
  view.map<lasting>(std::vector<int>(2000)).get();
  std::vector<int> inputs(400, 1);
  inputs.front() = 20000;
  auto results = view.map<lasting>(inputs);
  check(wait_until([&] { return results.done() == inputs.size() - 1; }),
        "tasks behind a long one run elsewhere");
  std::size_t attempts = 0;
  for (std::size_t i = 1; i < inputs.size(); ++i)
    attempts += results.ready(i) ? results.info(i).attempts : 0;
  check(attempts == inputs.size() - 1, "each of them begins once");
  results.cancel(troupe::cancel_mode::kill);
}

const std::map<std::string, void (*)(const troupe::client&)> stories{
  {"balance", balance},       {"resources", resources},
  {"rejections", rejections}, {"cancels", cancels},
  {"deadlines", deadlines},   {"fairness", fairness},
  {"priorities", priorities},
};

} // namespace

int main(int argc, char** argv) {
  troupe::runtime rt{argc, argv};
  auto cluster = troupe::cluster::local();
  stories.at(argc > 1 ? argv[1] : "")(cluster.connect());
}
