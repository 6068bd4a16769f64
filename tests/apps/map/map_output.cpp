// SPDX-License-Identifier: BSL-1.0

#include "map/map_output.hpp"

#include "troupe/process/descriptor.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <stdexcept>
#include <unistd.h>

using namespace troupe;
using namespace troupe::apps;

namespace {

/// Puts a pipe into the place of a standard stream.
class captured {
public:
  explicit captured(int target) : target_(target), saved_(dup(target)) {
    std::fflush(nullptr); // what others wrote goes where it belongs
    int fds[2];
    BOOST_REQUIRE(pipe2(fds, O_NONBLOCK) == 0);
    read_end_ = descriptor{fds[0]};
    descriptor write_end{fds[1]};
    dup2(write_end.get(), target_);
  }

  ~captured() {
    dup2(saved_.get(), target_);
  }

  /// Returns what was written since the last call.
  std::string text() {
    char bytes[65536];
    auto n = read(read_end_.get(), bytes, sizeof(bytes));
    return {bytes, n > 0 ? static_cast<std::size_t>(n) : 0};
  }

  void close_reader() {
    read_end_ = descriptor{};
  }

private:
  int target_;
  descriptor saved_;
  descriptor read_end_;
};

item ok(std::string out, std::string err = {}) {
  return {
    .input = "in", .number = 1, .out = std::move(out), .err = std::move(err)};
}

item failed(std::string err) {
  auto result = ok("", std::move(err));
  result.status = 2;
  return result;
}

struct fixture {
  fixture() {
    signal(SIGPIPE, SIG_IGN);
  }

  captured out{STDOUT_FILENO};
  captured err{STDERR_FILENO};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(map_output_suite, fixture)

BOOST_AUTO_TEST_CASE(writes_when_there_is_time) {
  map_output x{{}};
  BOOST_TEST(x.put(ok("a\n")));
  BOOST_TEST(x.put(ok("b\n")));
  BOOST_TEST(out.text() == "");
  x.idle({});
  BOOST_TEST(out.text() == "a\nb\n");
  BOOST_TEST(err.text() == "");
}

BOOST_AUTO_TEST_CASE(writes_when_there_is_much) {
  map_output x{{}};
  BOOST_TEST(x.put(ok(std::string(65536, 'x'))));
  BOOST_TEST(out.text().size() == 65536u);
}

BOOST_AUTO_TEST_CASE(keeps_the_order_of_both_streams) {
  map_output x{{}};
  x.put(ok("a\n", "warn\n"));
  BOOST_TEST(out.text() == "a\n");
  BOOST_TEST(err.text() == "warn\n");
}

BOOST_AUTO_TEST_CASE(names_failures_unless_told_otherwise) {
  map_output x{{}};
  x.put(failed("oops\n"));
  BOOST_TEST(err.text()
             == "failed: input 1 (\"in\"), exit status 2\n  | oops\n");
  map_output quiet{{.failures = false}};
  quiet.put(failed("oops\n"));
  BOOST_TEST(err.text() == "oops\n");
}

BOOST_AUTO_TEST_CASE(writes_one_object_per_item) {
  map_output x{{.json = true}};
  x.put(ok("a\n", "warn\n"));
  x.put(failed(""));
  x.flush();
  auto text = out.text();
  BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 2);
  BOOST_TEST(text.starts_with("{\"input\":\"in\""));
  BOOST_TEST(err.text().starts_with("failed: input 1"));
}

BOOST_AUTO_TEST_CASE(draws_nothing_without_a_terminal) {
  map_output x{{.bar = true, .label = "label"}};
  x.idle({.done = 1, .total = 2});
  BOOST_TEST(err.text() == "");
}

BOOST_AUTO_TEST_CASE(wants_no_more_when_nobody_reads) {
  map_output x{{}};
  out.close_reader();
  BOOST_TEST(x.put(ok("a\n")));
  x.idle({});
  BOOST_TEST(!x.put(ok("b\n")));
  BOOST_TEST(!x.flush());
}

BOOST_AUTO_TEST_CASE(throws_if_stdout_is_full) {
  descriptor full{open("/dev/full", O_WRONLY)};
  dup2(full.get(), STDOUT_FILENO);
  map_output x{{}};
  x.put(ok("a\n"));
  BOOST_CHECK_THROW(x.flush(), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(sums_up) {
  map_output x{{}};
  map_summary summary;
  summary.inputs = 200;
  summary.failed = 20;
  summary.elapsed = std::chrono::milliseconds{500};
  x.print_summary(summary);
  BOOST_TEST(err.text() == "200 inputs, 20 failed, 0.50 s, 400.0/s\n");
}

BOOST_AUTO_TEST_SUITE_END()
