// SPDX-License-Identifier: BSL-1.0

#include "bridge/loopback.hpp"
#include <troupe/socket/tcp_probe.hpp>

#include <arpa/inet.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace troupe;
using namespace troupe::test;

namespace {

/// Both ends of a tcp connection.
struct fixture {
  fixture() {
    auto listener = socket(AF_INET, SOCK_STREAM, 0);
    auto where = sockaddr_in{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto address = reinterpret_cast<sockaddr*>(&where);
    auto size = socklen_t{sizeof(where)};
    BOOST_REQUIRE(bind(listener, address, size) == 0);
    BOOST_REQUIRE(listen(listener, 1) == 0);
    BOOST_REQUIRE(getsockname(listener, address, &size) == 0);
    there = socket(AF_INET, SOCK_STREAM, 0);
    BOOST_REQUIRE(connect(there, address, size) == 0);
    here = accept(listener, nullptr, nullptr);
    BOOST_REQUIRE(here >= 0);
    close(listener);
    auto made = tcp_probe::make();
    BOOST_REQUIRE(made);
    probe = std::move(*made);
    BOOST_REQUIRE(probe->began(here));
  }

  ~fixture() {
    close(here);
    close(there);
  }

  /// Whether the other end was cut off.
  bool ended() {
    char byte = 0;
    return recv(there, &byte, 1, MSG_DONTWAIT) < 0 && errno == ECONNRESET;
  }

  int here = -1;
  int there = -1;
  std::unique_ptr<tcp_probe> probe;
};

/// Has this process open no more files while it lives.
class no_more_files {
public:
  no_more_files() {
    auto next = dup(0); // the lowest that is free
    close(next);
    getrlimit(RLIMIT_NOFILE, &usual_);
    auto all = rlimit{static_cast<rlim_t>(next), usual_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &all);
  }

  ~no_more_files() {
    setrlimit(RLIMIT_NOFILE, &usual_);
  }

private:
  rlimit usual_{};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(tcp_probe_suite, fixture)

BOOST_AUTO_TEST_CASE(counts_what_was_taken_and_confirmed) {
  auto look = [&] {
    tcp_probe::traffic result;
    probe->count([&](int, const tcp_probe::traffic& x) { result = x; });
    return result;
  };
  char bytes[100] = {};
  BOOST_REQUIRE(write(there, bytes, 100) == 100);
  BOOST_TEST(look().taken == 0u);
  BOOST_REQUIRE(read(here, bytes, 60) == 60);
  BOOST_TEST(look().taken == 60u);
  BOOST_TEST(look().confirmed == 0u);
  BOOST_REQUIRE(write(here, bytes, 50) == 50);
  BOOST_TEST(wait_until([&] { return look().confirmed == 50; }));
}

BOOST_AUTO_TEST_CASE(cuts_a_connection_once) {
  BOOST_TEST(!probe->cut(here).empty());
  BOOST_TEST(wait_until([&] { return ended(); }));
  probe->ended(here);
  BOOST_TEST(probe->cut(here).empty());
}

BOOST_AUTO_TEST_CASE(leaves_alone_what_means_another_file_by_now) {
  dup2(0, here);
  BOOST_TEST(probe->cut(here).empty());
}

BOOST_AUTO_TEST_CASE(cuts_without_a_file_to_spare) {
  auto again = std::string{};
  auto peer = std::string{};
  {
    no_more_files limit;
    BOOST_REQUIRE(dup(0) < 0);
    peer = probe->cut(here);
    again = probe->cut(here); // the place is free again
  }
  BOOST_TEST(!peer.empty());
  BOOST_TEST(again.empty()); // it has no peer any more
  BOOST_TEST(wait_until([&] { return ended(); }));
}

BOOST_AUTO_TEST_SUITE_END()
