// SPDX-License-Identifier: BSL-1.0

// Looks after the processes that `troupe-bench` starts.

#include "support/wait_until.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <spawn.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

using namespace std::chrono_literals;

extern char** environ;

namespace {

struct process {
  pid_t parent = 0;
  char state = 'X';
};

/// Reads /proc/PID/stat; a process that is gone has the state X.
process look_at(pid_t pid) {
  std::ifstream file{"/proc/" + std::to_string(pid) + "/stat"};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  auto name_end = text.rfind(')');
  process result;
  if (name_end == std::string::npos)
    return result;
  result.state = text[name_end + 2];
  result.parent = static_cast<pid_t>(std::stol(text.substr(name_end + 4)));
  return result;
}

bool alive(pid_t pid) {
  auto state = look_at(pid).state;
  return state != 'X' && state != 'Z';
}

/// All living processes below `root`, grandchildren included.
std::vector<pid_t> descendants(pid_t root) {
  std::vector<pid_t> result{root};
  for (std::size_t i = 0; i < result.size(); ++i)
    for (const auto& entry : std::filesystem::directory_iterator{"/proc"}) {
      auto name = entry.path().filename().string();
      if (!std::all_of(name.begin(), name.end(), ::isdigit))
        continue;
      auto pid = static_cast<pid_t>(std::stol(name));
      if (look_at(pid).parent == result[i] && alive(pid))
        result.push_back(pid);
    }
  result.erase(result.begin());
  return result;
}

/// A benchmark that goes on for longer than the test.
struct fixture {
  void start(const char* path) {
    std::array<std::string, 10> words{TROUPE_BENCH, "flood", "--engines", "2",
                                      "--tasks",    "50k",   "--path",    path,
                                      "--repeat",   "1000"};
    std::vector<char*> argv;
    for (auto& word : words)
      argv.push_back(word.data());
    argv.push_back(nullptr);
    auto status = posix_spawn(&bench, TROUPE_BENCH, nullptr, nullptr,
                              argv.data(), environ);
    BOOST_REQUIRE(status == 0);
  }

  /// Waits until that many processes are there.
  void await(std::size_t count) {
    BOOST_REQUIRE(troupe::test::wait_until(
      [&] {
        children = descendants(bench);
        return children.size() >= count;
      },
      10s));
  }

  void end(int sig) {
    kill(bench, sig);
    waitpid(bench, nullptr, 0);
    bench = 0;
  }

  bool all_gone() const {
    return troupe::test::wait_until(
      [&] { return std::none_of(children.begin(), children.end(), alive); },
      3s);
  }

  ~fixture() {
    if (bench > 0)
      end(SIGKILL);
  }

  pid_t bench = 0;
  std::vector<pid_t> children;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(processes_suite, fixture)

BOOST_AUTO_TEST_CASE(the_raw_path_is_a_device_and_its_workers) {
  start("raw");
  await(3);
  BOOST_TEST(children.size() == 3u);
}

BOOST_AUTO_TEST_CASE(the_actor_path_is_a_controller_and_its_engines) {
  start("actor");
  await(3);
  BOOST_TEST(children.size() == 3u);
}

BOOST_AUTO_TEST_CASE(ctrl_c_leaves_no_process_behind) {
  start("both");
  await(6);
  end(SIGINT);
  BOOST_TEST(all_gone());
}

BOOST_AUTO_TEST_CASE(a_killed_benchmark_leaves_no_process_behind) {
  start("both");
  await(6);
  end(SIGKILL);
  BOOST_TEST(all_gone());
}

BOOST_AUTO_TEST_SUITE_END()
