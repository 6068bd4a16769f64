// SPDX-License-Identifier: BSL-1.0

// A program that is client and engine, and checks what direct calls and
// broadcasts promise with the processes of `troupe run`. Prints a line per
// promise.

#include "system/promises.hpp"
#include <troupe/troupe.hpp>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace std::chrono_literals;
using troupe::engine_id;
using troupe::test::check;

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
  if (x >= 0)
    all.push_back(x);
  return all;
}
TROUPE_TASK(remember);

int nap(int ms) {
  std::this_thread::sleep_for(std::chrono::milliseconds{ms});
  return ms;
}
TROUPE_TASK(nap);

/// Fails on one engine.
int refuse(int pid) {
  if (getpid() == pid)
    throw std::runtime_error("not me");
  return getpid();
}
TROUPE_TASK(refuse);

int die() {
  kill(getpid(), SIGKILL);
  return 0;
}
TROUPE_TASK(die);

std::uint64_t sum(std::span<const std::uint8_t> xs) {
  return std::accumulate(xs.begin(), xs.end(), std::uint64_t{0});
}
TROUPE_TASK(sum);

std::vector<int> times(std::span<const int> xs, int factor) {
  std::vector<int> result;
  for (auto x : xs)
    result.push_back(x * factor);
  return result;
}
TROUPE_TASK(times);

int square(int x) {
  return x * x;
}
TROUPE_TASK(square);

// -- stories ------------------------------------------------------------------

template <class F>
troupe::errc code_of(F f) {
  try {
    f();
  } catch (const troupe::error& x) {
    return x.code;
  }
  return {};
}

std::vector<int> count_to(int last) {
  std::vector<int> result(static_cast<std::size_t>(last));
  std::iota(result.begin(), result.end(), 0);
  return result;
}

/// Four engines with different ids.
void tell_direct(const troupe::client& session) {
  auto all = session.direct();
  auto pids = all.apply<process_id>().get(patience);
  check(std::set<int>(pids.begin(), pids.end()).size() == 4,
        "each engine runs a call of all engines once");
  check(session[2].apply<process_id>().get(patience) == pids[2]
          && session[-1].apply<process_id>().get(patience) == pids[3],
        "calls go to the engine that they name");
  auto last = session[0];
  for (auto i = 0; i < 2000; ++i)
    last.apply<remember>(i);
  check(last.apply<remember>(-1).get(patience) == count_to(2000),
        "an engine runs the calls of a client in order");
  // 40 s of balanced tasks wait, some of them in the engines.
  auto queued = session.balanced().map<nap>(std::vector<int>(800, 200));
  auto begin = std::chrono::steady_clock::now();
  last.apply<process_id>().get(patience);
  check(std::chrono::steady_clock::now() - begin < 5s,
        "direct calls go before balanced tasks that wait");
  auto direct = last.apply<process_id>();
  direct.wait(patience);
  check(direct.cancel().get(patience).done == 1
          && direct.get(patience) == pids[0] && queued.failed() == 0,
        "cancelling a call of a named engine hits no balanced task");
  check(code_of([&] { session[99].apply<process_id>().get(patience); })
          == troupe::errc::no_engines,
        "an engine that never was is an error at once");
}

/// Each engine keeps its place in the results, whatever happens to it.
void tell_broadcast(const troupe::client& session) {
  auto all = session.broadcast();
  auto pids = all.apply<process_id>().get(patience);
  std::vector<std::uint8_t> bytes(4 << 20, 1);
  troupe::array<std::uint8_t> payload{std::move(bytes)};
  auto sums = all.apply<sum>(payload);
  check(sums.get(patience) == std::vector<std::uint64_t>(4, 4 << 20),
        "all engines get the same payload");
  auto answers = all.apply<refuse>(pids[1]);
  check(answers.wait(patience) && answers.failed() == 1 && answers.size() == 4
          && answers.error_of(1)->code == troupe::errc::task_failed
          && answers.get(0) == pids[0] && answers.get(3) == pids[3],
        "a broadcast keeps the error of one engine and the results of all");
  check(answers.info(2).engine == all.engines()[2],
        "a result tells its engine");
  auto naps = all.apply<nap>(300);
  kill(pids[2], SIGKILL);
  check(naps.wait(patience) && naps.failed() == 1
          && naps.error_of(2)->code == troupe::errc::engine_lost
          && naps.get(1) == 300,
        "a lost engine keeps its place in a broadcast");
  auto begin = std::chrono::steady_clock::now();
  auto late = all.apply<process_id>();
  check(late.wait(patience) && late.failed() == 1
          && late.error_of(2)->code == troupe::errc::engine_lost
          && std::chrono::steady_clock::now() - begin < 1s,
        "a broadcast to an engine that is gone ends at once");
  auto some = session.broadcast({engine_id{0}, engine_id{3}});
  check(some.apply<process_id>().get(patience) == std::vector{pids[0], pids[3]},
        "a broadcast may go to some engines");
  auto status = session.status();
  check(status.accepted == status.reported && status.accepted == 22,
        "broadcasts are counted as accepted and reported");
  check(code_of([&] { session[0].apply<die>().get(patience); })
          == troupe::errc::engine_lost,
        "a call that kills its engine ends as lost");
}

/// Nine engines below four leaves: one has three of them.
void tell_tree(const troupe::client& session) {
  session.wait_for_engines(9);
  auto all = session.broadcast();
  auto pids = all.apply<process_id>().get(patience);
  check(std::set<int>(pids.begin(), pids.end()).size() == 9,
        "each of nine engines runs a broadcast once");
  for (auto i = 0; i < 1000; i += 2) {
    session[5].apply<remember>(i);
    all.apply<remember>(i + 1);
  }
  check(session[5].apply<remember>(-1).get(patience) == count_to(1000),
        "an engine runs direct calls and broadcasts of a client in order");
  std::vector<std::uint8_t> bytes(4 << 20, 1);
  auto sums = all.apply<sum>(troupe::array<std::uint8_t>{std::move(bytes)});
  check(sums.get(patience) == std::vector<std::uint64_t>(9, 4 << 20),
        "all engines get the same payload");
  auto answers = all.apply<refuse>(pids[7]);
  check(answers.wait(patience) && answers.failed() == 1
          && answers.error_of(7)->code == troupe::errc::task_failed
          && answers.get(8) == pids[8],
        "a broadcast keeps the error of one engine and the results of all");
  troupe::array<int> items{count_to(1003)};
  troupe::gathered parts{session.direct().scatter<times>(items, 1)};
  check(parts.get(patience) == count_to(1003),
        "an array is scattered and gathered");
  auto naps = all.apply<nap>(300);
  kill(pids[6], SIGKILL);
  auto others = std::size_t{0};
  auto ended = naps.wait(patience);
  for (std::size_t i = 0; ended && i < 9; ++i)
    others += i != 6 && naps.get(i) == 300;
  check(ended && naps.failed() == 1 && others == 8
          && naps.error_of(6)->code == troupe::errc::engine_lost,
        "a killed engine keeps its place in a broadcast");
  auto begin = std::chrono::steady_clock::now();
  auto late = all.apply<process_id>();
  check(late.wait(patience) && late.failed() == 1
          && late.error_of(6)->code == troupe::errc::engine_lost
          && std::chrono::steady_clock::now() - begin < 5s,
        "a broadcast to an engine that is gone ends at once");
  auto status = session.status();
  check(status.accepted == status.reported
          && status.accepted == 9 + 500 * 10 + 1 + 5 * 9,
        "broadcasts are counted as accepted and reported");
}

void tell_partitions(const troupe::client& session) {
  auto all = session.direct();
  auto pids = all.apply<process_id>().get(patience);
  auto numbers = count_to(1003);
  troupe::array<int> items{std::vector<int>{numbers}};
  std::vector<int> doubled;
  for (auto x : numbers)
    doubled.push_back(2 * x);
  for (auto how :
       {troupe::partition_type::block, troupe::partition_type::round_robin}) {
    auto view = all.partitioned(how);
    troupe::gathered parts{view.scatter<times>(items, 2), how};
    auto name = how == troupe::partition_type::block ? "in blocks"
                                                     : "item by item";
    check(parts.get(patience) == doubled && parts.part(3).size() == 250,
          std::string{"an array is scattered and gathered "} + name);
    auto squares = view.map<square>(numbers);
    auto places = view.map<refuse>(std::vector<int>(1003, 0));
    check(squares.get(patience)[1002] == 1002 * 1002
            && places.get(patience)[0] == pids[0]
            && places.get(1)
                 == pids[how == troupe::partition_type::block ? 0 : 1]
            && places.get(1002)
                 == pids[how == troupe::partition_type::block ? 3 : 2],
          std::string{"inputs of a map are divided "} + name);
  }
  auto few = all.scatter<times>(items.slice(0, 2), 3);
  check(few.get(0, patience) == std::vector{0}
          && few.get(1, patience) == std::vector{3}
          && few.get(3, patience).empty(),
        "engines may get nothing of a short array");
}

/// A number of /proc/PID/status, in bytes.
std::uint64_t memory_of(std::int64_t pid, const std::string& field) {
  std::ifstream file{"/proc/" + std::to_string(pid) + "/status"};
  std::string line;
  while (std::getline(file, line))
    if (line.starts_with(field + ":"))
      return std::stoull(line.substr(field.size() + 1)) * 1024;
  return 0;
}

/// The controller holds one payload, however many engines get it.
void tell_memory(const troupe::client& session) {
  auto view = session.broadcast();
  auto controller = session.core()->info().pid;
  view.apply<sum>(troupe::array<std::uint8_t>{}).get(patience);
  auto before = memory_of(controller, "VmRSS");
  std::ofstream{"/proc/" + std::to_string(controller) + "/clear_refs"} << 5;
  auto size = std::size_t{4} << 20;
  troupe::array<std::uint8_t> payload{std::vector<std::uint8_t>(size, 1)};
  auto sums = view.apply<sum>(payload);
  check(sums.get(patience).back() == size, "all engines get a large payload");
  auto grown = memory_of(controller, "VmHWM") - before;
  std::cerr << "the controller grew by " << static_cast<double>(grown) / 1e6
            << " MB with " << view.size() << " engines\n";
  check(grown >= size / 2 && grown < 2 * size, "the controller holds it once");
}

} // namespace

int main(int argc, char** argv) {
  troupe::runtime rt{argc, argv};
  troupe::client session;
  session.wait_for_engines(4);
  std::map<std::string, void (*)(const troupe::client&)> stories{
    {"direct", tell_direct},
    {"broadcast", tell_broadcast},
    {"memory", tell_memory},
    {"partitions", tell_partitions},
    {"tree", tell_tree}};
  stories.at(argv[1])(session);
}
