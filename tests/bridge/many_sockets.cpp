// SPDX-License-Identifier: BSL-1.0

#include "bridge/loopback.hpp"
#include "support/wait_until.hpp"
#include <troupe/bridge.hpp>

#include <caf/send.hpp>

#include <boost/test/unit_test.hpp>

#include <dirent.h>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::test;

namespace {

/// Open files of this process.
int open_files() {
  auto folder = opendir("/proc/self/fd");
  auto result = -3; // ".", ".." and the folder itself
  while (readdir(folder) != nullptr)
    ++result;
  closedir(folder);
  return result;
}

bool allows(rlim_t files) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur >= files;
}

/// A pair of sockets that know each other.
struct pair {
  open_socket router;
  open_socket dealer;
};

struct fixture : bridge_fixture {
  /// Opens a pair, sends something, and closes both.
  void turn(owner& self, const char* where) {
    auto both = open_pair(where);
    self.send(both.dealer.handle, message({"hello"}));
    self.attach(both.router.handle);
    BOOST_REQUIRE(texts(self.take()) == std::vector<std::string>{"hello"});
    close(self, both.dealer.handle);
    close(self, both.router.handle);
  }

  /// Opens and closes what starts threads, and returns how many files are open
  /// then.
  int settle(owner& self) {
    turn(self, "tcp://127.0.0.1:*");
    auto result = open_files();
    // Connections end some time after their sockets.
    while (wait_until([&] { return open_files() < result; }, 100ms))
      result = open_files();
    return result;
  }

  pair open_pair(const char* where) {
    auto router = open_router(where);
    auto dealer = open_dealer(router.endpoints.front());
    return {std::move(router), std::move(dealer)};
  }

  void close(owner& self, const socket_actor& socket) {
    self.watch(socket);
    caf::anon_send(socket, atom::close_v);
    BOOST_REQUIRE((self.take_down() == caf::none));
  }
};

// -- a process that may open few files ----------------------------------------

/// What the child found, in its own words.
std::string live_with_few_files(bridge_fixture& fixture, const char* where) {
  auto spec = socket_spec{};
  spec.type = socket_type::router;
  spec.bind = {where};
  spec.security = no_security{};
  auto first = fixture.bridge->open(spec);
  if (!first)
    return "no socket at all: " + describe(first.error());
  std::vector<open_socket> others;
  while (others.size() < 1000) {
    auto more = fixture.bridge->open(spec);
    if (!more) {
      if (more.error() != ec::limit_reached)
        return "another error: " + describe(more.error());
      // What is open still works, and what is closed makes room.
      caf::anon_send_exit(others.back().handle, caf::exit_reason::kill);
      if (!wait_until([&] { return bool{fixture.bridge->open(spec)}; }))
        return "no room again";
      return describe(more.error());
    }
    others.push_back(std::move(*more));
  }
  return "no limit";
}

/// Runs in the child process.
[[noreturn]] void run_child(rlim_t files, const char* where, int to) {
  auto limit = rlimit{files, files};
  setrlimit(RLIMIT_NOFILE, &limit);
  auto text = std::string{};
  {
    bridge_fixture fixture;
    text = live_with_few_files(fixture, where);
  }
  [[maybe_unused]] auto written = write(to, text.data(), text.size());
  _exit(0);
}

/// Returns what a child process says that may open `files` files.
std::string ask_child(rlim_t files, const char* where) {
  int ends[2];
  BOOST_REQUIRE(pipe(ends) == 0);
  auto child = fork();
  if (child == 0)
    run_child(files, where, ends[1]);
  close(ends[1]);
  std::string text(1000, '\0');
  auto size = read(ends[0], text.data(), text.size());
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  close(ends[0]);
  auto status = 0;
  waitpid(child, &status, 0);
  BOOST_TEST(status == 0);
  return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(many_sockets_suite)

BOOST_AUTO_TEST_CASE(says_which_limit_stands_in_the_way) {
  // ZeroMQ would end the process if it found the limit while it binds, which
  // depends on whether the number is odd.
  for (auto files = rlim_t{60}; files < 64; ++files)
    for (auto where : {"inproc://*", "tcp://127.0.0.1:*"})
      BOOST_TEST(ask_child(files, where)
                 == "no more sockets: raise the limit of open files (ulimit "
                    "-n), or bridge_config::max_sockets");
}

BOOST_FIXTURE_TEST_CASE(opens_and_closes_ten_thousand_in_turn, fixture) {
  owner self{sys};
  auto before = settle(self);
  for (auto i = 0; i < 2500; ++i) {
    turn(self, "inproc://*");
    turn(self, i % 5 == 0 ? "tcp://127.0.0.1:*" : "inproc://*");
  }
  BOOST_TEST(wait_until([&] { return open_files() <= before; }));
}

BOOST_FIXTURE_TEST_CASE(keeps_a_thousand_open_at_once, fixture) {
  if (!allows(6000)) {
    BOOST_TEST_MESSAGE("skipped: needs 6000 open files, see ulimit -n");
    return;
  }
  owner self{sys};
  auto before = settle(self);
  std::vector<pair> pairs;
  for (auto i = 0; i < 500; ++i)
    pairs.push_back(open_pair(i % 2 == 0 ? "tcp://127.0.0.1:*" : "inproc://*"));
  for (auto& x : pairs) {
    self.attach(x.router.handle);
    self.send(x.dealer.handle, message({"hello"}));
  }
  for (auto left = pairs.size(); left > 0; --left)
    BOOST_REQUIRE(texts(self.take()).size() == 1u);
  for (auto& x : pairs) {
    close(self, x.dealer.handle);
    close(self, x.router.handle);
  }
  BOOST_TEST(wait_until([&] { return open_files() <= before; }));
}

BOOST_AUTO_TEST_SUITE_END()
