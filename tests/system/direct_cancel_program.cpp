// SPDX-License-Identifier: BSL-1.0

// A program that is client and engine, and checks what becomes of direct calls
// and broadcasts that are cancelled or whose engines end, with the processes of
// `troupe run`. Prints a line per promise.

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
#include <iterator>
#include <map>
#include <numeric>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace std::chrono_literals;
using troupe::test::check;
using reason = troupe::wire::WaitReason;

namespace {

constexpr auto patience = 20s;

// -- tasks --------------------------------------------------------------------

int process_id() {
  return getpid();
}
TROUPE_TASK(process_id);

/// Numbers of this engine's calls so far.
std::vector<int> remember(int x) {
  static std::vector<int> all;
  all.push_back(x);
  return all;
}
TROUPE_TASK(remember);

int nap(int ms) {
  std::this_thread::sleep_for(std::chrono::milliseconds{ms});
  return ms;
}
TROUPE_TASK(nap);

/// Tells that this process began with something.
void tell_begin(const std::string& directory) {
  std::ofstream{directory + "/" + std::to_string(getpid())};
}

/// Runs until it is asked to stop.
int patient(const std::string& directory) {
  tell_begin(directory);
  auto end = std::chrono::steady_clock::now() + 60s;
  while (!troupe::this_task::stop_requested()
         && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(1ms);
  return 7;
}
TROUPE_TASK(patient);

/// Does not care.
int stubborn(const std::string& directory) {
  tell_begin(directory);
  std::this_thread::sleep_for(60s);
  return 8;
}
TROUPE_TASK(stubborn);

// -- what stories share -------------------------------------------------------

bool soon(const std::function<bool()>& f) {
  return troupe::test::wait_until(f, patience);
}

/// Where engines tell that they began, until this goes away.
class beginnings {
public:
  std::string path() const {
    return directory_.path();
  }

  /// Waits until `count` processes began.
  bool wait(std::ptrdiff_t count) const {
    return soon([&] {
      using iterator = std::filesystem::directory_iterator;
      return std::distance(iterator{directory_.path()}, iterator{}) == count;
    });
  }

private:
  troupe::test::temp_dir directory_;
};

troupe::wait_report why(const troupe::client& session,
                        const troupe::task_id& id) {
  return session.core()->why(id, patience).at(0);
}

/// Whether a call is the first one of its engine.
bool is_first(const troupe::client& session, const troupe::task_id& id) {
  auto x = why(session, id);
  return x.reason == reason::Dispatched && x.more == 0;
}

template <class Result>
std::string code_of(const Result& x) {
  try {
    x.get(patience);
    return "ok";
  } catch (const troupe::error& e) {
    return to_string(e.code);
  }
}

/// Whether three engines are there soon, with new ones instead of `count` of
/// those before.
bool started_again(const troupe::client& session,
                   const std::vector<troupe::engine_id>& before,
                   std::size_t count) {
  return soon([&] {
    auto now = session.ids();
    auto stayed = std::ranges::count_if(now, [&](auto id) {
      return std::ranges::find(before, id) != before.end();
    });
    return now.size() == 3
           && static_cast<std::size_t>(stayed) == before.size() - count;
  });
}

std::vector<int> range(int first, int last) {
  std::vector<int> result(static_cast<std::size_t>(last - first));
  std::iota(result.begin(), result.end(), first);
  return result;
}

// -- stories ------------------------------------------------------------------

/// One engine is busy, and more calls than it may have wait for it.
void tell_cancels(const troupe::client& session) {
  auto engine = session[0];
  beginnings began;
  auto first = engine.apply<patient>(began.path());
  check(began.wait(1) && is_first(session, first.id()),
        "a call says that it is the first one of its engine");
  auto before = engine.map<remember>(range(0, 500));
  auto among = engine.map<remember>(range(500, 3000));
  auto behind = engine.map<remember>(range(3000, 3500));
  check(
    soon([&] { return why(session, behind.id(499)).reason == reason::Busy; }),
    "a call says that its engine has as many as it may have");
  check(why(session, behind.id(499)).detail == 3500
          && why(session, before.id(2)).more == 3,
        "calls say how many go before them");
  auto counts = among.cancel(troupe::cancel_mode::dequeue).get(patience);
  check(counts.asked > 0 && counts.asked + counts.dequeued == 2500
          && soon([&] { return among.done() == counts.dequeued; }),
        "calls that were not sent end at once");
  auto again = among.cancel(troupe::cancel_mode::dequeue).get(patience);
  check(again.asked == counts.asked && again.dequeued == 0
          && again.done == counts.dequeued,
        "cancelling again does no harm");
  check(first.cancel().get(patience).asked == 1 && first.get(patience) == 7,
        "a call stops when it is asked to");
  auto numbers = range(0, 500);
  auto rest = range(3000, 3500);
  numbers.insert(numbers.end(), rest.begin(), rest.end());
  check(behind.get(499, patience) == numbers && among.wait(patience)
          && among.failed() == 2500,
        "what is cancelled does not run, all else runs in order");
}

/// Broadcasts, and engines that end with their calls.
void tell_kills(const troupe::client& session) {
  troupe::client other{session.core()->info()};
  auto ids = session.ids();
  auto all = session.broadcast(ids);
  beginnings began;
  auto polite = all.apply<patient>(began.path());
  check(began.wait(3) && is_first(session, polite.id(0))
          && is_first(session, polite.id(1)) && is_first(session, polite.id(2)),
        "a broadcast runs on all engines");
  check(polite.cancel().get(patience).asked == 3
          && polite.get(patience) == std::vector{7, 7, 7},
        "one message asks all engines to stop");
  beginnings alone;
  auto stuck = session[1].apply<stubborn>(alone.path());
  alone.wait(1);
  auto own = session[1].apply<process_id>();
  auto others = other[1].apply<process_id>();
  auto balanced = session.balanced().map<nap>(std::vector<int>(200, 1));
  soon([&] { return why(session, others.id()).more == 2; });
  auto begin = std::chrono::steady_clock::now();
  check(stuck.cancel(troupe::cancel_mode::kill).get(patience).killed == 1
          && code_of(stuck) == "cancelled"
          && std::chrono::steady_clock::now() - begin < 10s,
        "a call that does not stop ends with its engine");
  check(code_of(own) == "engine_lost" && code_of(others) == "engine_lost",
        "so do those that wait for it, of other clients, too");
  check(balanced.wait(patience) && balanced.failed() == 0,
        "balanced tasks run elsewhere");
  check(started_again(session, ids, 1), "the engine is started again");
  ids = session.ids();
  beginnings together;
  auto stubs = session.broadcast(ids).apply<stubborn>(together.path());
  together.wait(3);
  check(stubs.cancel(troupe::cancel_mode::kill).get(patience).killed == 3
          && stubs.wait(patience) && stubs.failed() == 3
          && stubs.error_of(1)->code == troupe::errc::cancelled,
        "a broadcast that does not stop ends with all engines");
  check(started_again(session, ids, 3)
          && code_of(session.broadcast().apply<process_id>()) == "ok",
        "all of them are started again");
}

/// Several clients call four engines, one of which is killed from outside and
/// one by a cancel, and cancel some of that.
void tell_deaths(const troupe::client& session) {
  std::vector<troupe::client> clients{session};
  for (auto i = 0; i < 2; ++i)
    clients.emplace_back(session.core()->info());
  auto ids = session.ids();
  auto pids = session.direct(ids).apply<process_id>().get(patience);
  auto before = session.status().accepted;
  std::mt19937 random{4711};
  std::vector<troupe::map_result<int>> results;
  std::size_t submitted = 0;
  beginnings began;
  auto killed = session[0].apply<stubborn>(began.path());
  began.wait(1); // else it may end in the client, and is not among those sent
  for (auto i = 0; i < 900; ++i) {
    auto& client = clients[static_cast<std::size_t>(i % 3)];
    auto view = random() % 2 ? client.direct(ids) : client.broadcast(ids);
    results.push_back(random() % 3 ? view.apply<nap>(int(random() % 2))
                                   : view.map<nap>(std::vector<int>(7)));
    submitted += results.back().size();
    auto& x = results[random() % results.size()];
    if (random() % 4 == 0)
      x.cancel(random() % 2 ? troupe::cancel_mode::stop
                            : troupe::cancel_mode::dequeue);
    else if (random() % 4 == 0)
      x.cancel(random() % x.size());
    if (i == 300)
      kill(pids[1], SIGKILL);
    if (i == 600)
      killed.cancel(troupe::cancel_mode::kill);
  }
  std::map<std::string, std::size_t> ends;
  std::size_t sent = submitted + 1;
  auto ended = true;
  for (auto& x : results) {
    ended = ended && x.wait(patience);
    for (std::size_t k = 0; ended && k < x.size(); ++k) {
      auto err = x.error_of(k);
      ++ends[err ? to_string(err->code) : "ok"];
      sent -= err
              && std::string{err->what()}.find("not sent") != std::string::npos;
    }
  }
  for (auto& [code, count] : ends)
    std::cerr << count << " " << code << "\n";
  check(ended && code_of(killed) == "cancelled", "all calls end");
  check(ends["ok"] > 0 && ends["cancelled"] > 0 && ends["engine_lost"] > 0
          && ends["ok"] + ends["cancelled"] + ends["engine_lost"] == submitted,
        "they are well, cancelled, or lost with their engine");
  auto status = session.status();
  check(status.accepted - before == sent && status.reported == status.accepted,
        "each of them was reported once");
  check(status.queued == 0 && session.core()->why({}, patience).empty(),
        "nothing waits any more");
  check(soon([&] { return session.ids().size() == 3; })
          && session.direct().apply<process_id>().wait(patience),
        "the other engines work");
}

} // namespace

int main(int argc, char** argv) {
  troupe::runtime rt{argc, argv};
  troupe::client session;
  session.wait_for_engines(3);
  std::map<std::string, void (*)(const troupe::client&)> stories{
    {"cancels", tell_cancels}, {"kills", tell_kills}, {"deaths", tell_deaths}};
  stories.at(argv[1])(session);
}
