// SPDX-License-Identifier: BSL-1.0

#include "map/input_reader.hpp"

#include "cli/stop_event.hpp"
#include "troupe/process/descriptor.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <stdexcept>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>

using namespace troupe;
using namespace troupe::apps;
using namespace std::string_literals;

namespace {

std::string rest_of(input_reader& x) {
  std::string result;
  for (std::string input; x.next(input);)
    result += "[" + input + "]";
  return result;
}

/// Returns a file in memory with this content.
descriptor file_with(std::string_view content) {
  descriptor result{memfd_create("inputs", MFD_CLOEXEC)};
  BOOST_REQUIRE(write(result.get(), content.data(), content.size())
                == static_cast<ssize_t>(content.size()));
  lseek(result.get(), 0, SEEK_SET);
  return result;
}

std::string all_of(std::string_view content, char delimiter = '\n') {
  auto file = file_with(content);
  input_reader x{file.get(), delimiter};
  return rest_of(x);
}

struct pipe_fixture {
  pipe_fixture() {
    int fds[2];
    BOOST_REQUIRE(pipe(fds) == 0);
    read_end = descriptor{fds[0]};
    write_end = descriptor{fds[1]};
  }

  void send(std::string_view text) {
    BOOST_REQUIRE(write(write_end.get(), text.data(), text.size())
                  == static_cast<ssize_t>(text.size()));
  }

  descriptor read_end;
  descriptor write_end;
};

} // namespace

BOOST_AUTO_TEST_SUITE(input_reader_suite)

BOOST_AUTO_TEST_CASE(gives_a_list_in_order) {
  input_reader x{{"a", "", "b c"}};
  BOOST_TEST(x.ready());
  BOOST_TEST(rest_of(x) == "[a][][b c]");
  BOOST_TEST(!x.ready());
}

BOOST_AUTO_TEST_CASE(splits_a_file_at_line_breaks) {
  BOOST_TEST(all_of("") == "");
  BOOST_TEST(all_of("\n") == "[]");
  BOOST_TEST(all_of("a\nb\n") == "[a][b]");
  BOOST_TEST(all_of("a\n\nb") == "[a][][b]");
  BOOST_TEST(all_of("a\r\n \n") == "[a\r][ ]");
}

BOOST_AUTO_TEST_CASE(splits_a_file_at_nul_bytes) {
  BOOST_TEST(all_of("a\nb\0c"s, '\0') == "[a\nb][c]");
}

BOOST_AUTO_TEST_CASE(reads_inputs_longer_than_a_read) {
  auto line = std::string(200'000, 'x');
  BOOST_TEST(all_of(line + "\n" + line) == "[" + line + "][" + line + "]");
}

BOOST_AUTO_TEST_CASE(refuses_an_input_without_end) {
  auto text = std::string(input_reader::max_input_bytes + 100'000, 'x');
  BOOST_CHECK_THROW(all_of(text), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(reports_a_file_that_cannot_be_read) {
  input_reader x{-2, '\n'};
  BOOST_TEST(rest_of(x) == "");
  descriptor directory{open("/", 0)};
  input_reader y{directory.get(), '\n'};
  std::string input;
  BOOST_CHECK_THROW(y.next(input), std::runtime_error);
}

BOOST_FIXTURE_TEST_CASE(is_ready_with_a_complete_input_only, pipe_fixture) {
  input_reader x{read_end.get(), '\n'};
  BOOST_TEST(!x.ready());
  send("half");
  BOOST_TEST(!x.ready());
  send(" whole\nhalf");
  BOOST_TEST(x.ready());
  std::string input;
  BOOST_TEST(x.next(input));
  BOOST_TEST(input == "half whole");
  BOOST_TEST(!x.ready());
  write_end = descriptor{};
  BOOST_TEST(x.ready());
  BOOST_TEST(rest_of(x) == "[half]");
  BOOST_TEST(!x.ready());
}

BOOST_FIXTURE_TEST_CASE(ends_a_wait_when_it_is_stopped, pipe_fixture) {
  stop_event stop;
  input_reader x{read_end.get(), '\n', stop.fd()};
  stop.raise();
  std::string input;
  BOOST_TEST(!x.next(input));
}

BOOST_AUTO_TEST_SUITE_END()
