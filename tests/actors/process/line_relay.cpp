// SPDX-License-Identifier: BSL-1.0
#include "troupe/process/line_relay.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <unistd.h>

using namespace troupe;

namespace {

struct pipe_pair {
  pipe_pair() {
    int ends[2];
    BOOST_REQUIRE(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
    reader = descriptor{ends[0]};
    writer = descriptor{ends[1]};
  }

  void write(const std::string& text) {
    BOOST_REQUIRE(::write(writer.get(), text.data(), text.size())
                  == static_cast<ssize_t>(text.size()));
  }

  std::string read() {
    std::string result(65536, '\0');
    auto n = ::read(reader.get(), result.data(), result.size());
    result.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return result;
  }

  descriptor reader;
  descriptor writer;
};

using strings = std::vector<std::string>;

struct fixture {
  pipe_pair in;
  pipe_pair out;
  line_relay relay{std::move(in.reader), out.writer.get()};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(line_relay_suite, fixture)

BOOST_AUTO_TEST_CASE(passes_on_what_it_reads) {
  in.write("one\ntwo");
  BOOST_TEST(relay.pump());
  BOOST_TEST(out.read() == "one\ntwo");
  BOOST_CHECK(relay.tail() == (strings{"one", "two"}));
}

BOOST_AUTO_TEST_CASE(joins_the_parts_of_a_line) {
  in.write("on");
  relay.pump();
  in.write("e\n");
  relay.pump();
  BOOST_CHECK(relay.tail() == strings{"one"});
}

BOOST_AUTO_TEST_CASE(does_not_wait_for_more) {
  BOOST_TEST(relay.pump());
  BOOST_TEST(relay.tail().empty());
}

BOOST_AUTO_TEST_CASE(remembers_the_last_lines) {
  for (auto i = 0; i < 100; ++i)
    in.write(std::to_string(i) + "\n");
  in.write("rest");
  relay.pump();
  auto lines = relay.tail();
  BOOST_TEST(lines.size() == line_relay::max_lines);
  BOOST_TEST(lines.back() == "rest");
  BOOST_TEST(lines.front() == "81");
}

BOOST_AUTO_TEST_CASE(cuts_long_lines_in_memory_only) {
  auto text = std::string(10000, 'x') + "\nshort\n";
  in.write(text);
  relay.pump();
  BOOST_TEST(out.read() == text);
  BOOST_TEST(relay.tail().front().size() == line_relay::max_line_size);
  BOOST_TEST(relay.tail().back() == "short");
}

BOOST_AUTO_TEST_CASE(notices_the_end) {
  in.write("last words");
  in.writer = descriptor{};
  BOOST_TEST(!relay.pump());
  BOOST_TEST(relay.fd() == -1);
  BOOST_TEST(!relay.pump());
  BOOST_CHECK(relay.tail() == strings{"last words"});
}

BOOST_AUTO_TEST_CASE(goes_on_if_nobody_takes_what_it_passes_on) {
  line_relay deaf{std::move(out.reader), -1};
  out.write("x\n");
  BOOST_TEST(deaf.pump());
  BOOST_CHECK(deaf.tail() == strings{"x"});
}

BOOST_AUTO_TEST_CASE(returns_from_a_writer_that_never_pauses) {
  line_relay endless{descriptor{open("/dev/zero", O_RDONLY | O_CLOEXEC)}, -1};
  BOOST_TEST(endless.pump());
}

BOOST_AUTO_TEST_SUITE_END()
