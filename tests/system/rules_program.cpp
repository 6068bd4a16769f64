// SPDX-License-Identifier: BSL-1.0

// A program that is client and engine, and checks what the scheduler promises
// with the processes of `troupe run`. Prints a line per promise.

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

void check(bool fine, const std::string& claim) {
  std::cout << (fine ? "ok: " : "BROKEN: ") << claim << std::endl;
}

std::string problem_of(const std::function<void()>& f) {
  try {
    f();
    return "nothing";
  } catch (const troupe::error& x) {
    return x.what();
  }
}

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
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

const std::map<std::string, void (*)(const troupe::client&)> stories{
  {"resources", resources},
  {"rejections", rejections},
};

} // namespace

int main(int argc, char** argv) {
  troupe::runtime rt{argc, argv};
  auto cluster = troupe::cluster::local();
  stories.at(argc > 1 ? argv[1] : "")(cluster.connect());
}
