// SPDX-License-Identifier: BSL-1.0

#include <troupe/socket/farewells.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <netinet/in.h>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

using namespace std::chrono_literals;
using namespace troupe;

namespace {

using clock = std::chrono::steady_clock;

/// Two ends of a connection. The first is what ZeroMQ would have.
struct fixture {
  fixture() {
    BOOST_REQUIRE(
      socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0);
    name = kernel_name_of(ends[0]);
  }

  ~fixture() {
    end(0);
    end(1);
  }

  void end(std::size_t i) {
    if (ends[i] >= 0)
      close(std::exchange(ends[i], -1));
  }

  void write(std::string_view text) {
    BOOST_REQUIRE(::write(ends[0], text.data(), text.size())
                  == static_cast<ssize_t>(text.size()));
  }

  /// @returns how many bytes came: 0 = the connection ended, -1 = none yet.
  ssize_t read() {
    std::array<char, 100> text;
    return ::read(ends[1], text.data(), text.size());
  }

  /// @returns whether something is kept.
  bool review(clock::duration later = 0s) {
    kept.review(now + later);
    return kept.pending();
  }

  std::array<int, 2> ends;
  std::uint64_t name = 0;
  clock::time_point now = clock::now();
  farewells kept;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(farewells_suite, fixture)

BOOST_AUTO_TEST_CASE(a_connection_lasts_until_all_was_read) {
  write("text");
  kept.keep(ends[0], name, now + 1h);
  end(0);
  BOOST_TEST(review());
  BOOST_TEST(read() == 4);
  BOOST_TEST(read() == -1); // it did not end
  BOOST_TEST(!review());
  BOOST_TEST(read() == 0);
}

BOOST_AUTO_TEST_CASE(who_may_still_write_keeps_it_open) {
  kept.keep(ends[0], name, now + 1h);
  BOOST_TEST(review());
  write("text");
  end(0);
  BOOST_TEST(review());
  BOOST_TEST(read() == 4);
  BOOST_TEST(!review());
}

BOOST_AUTO_TEST_CASE(time_is_limited) {
  write("text");
  kept.keep(ends[0], name, now + 1s);
  end(0);
  BOOST_TEST(review(999ms));
  BOOST_TEST(!review(1s));
}

BOOST_AUTO_TEST_CASE(a_reader_that_went_waits_for_nothing) {
  write("text");
  kept.keep(ends[0], name, now + 1h);
  end(0);
  end(1);
  BOOST_TEST(!review());
}

BOOST_AUTO_TEST_CASE(a_descriptor_that_means_something_else_is_left_alone) {
  kept.keep(ends[1], name, now + 1h);
  kept.keep(-1, name, now + 1h);
  auto tcp = socket(AF_INET, SOCK_STREAM, 0);
  kept.keep(tcp, kernel_name_of(tcp), now + 1h);
  close(tcp);
  BOOST_TEST(!review());
}

BOOST_AUTO_TEST_SUITE_END()
