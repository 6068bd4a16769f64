// SPDX-License-Identifier: BSL-1.0
#include "troupe/process/connection_info.hpp"

#include "troupe/error.hpp"
#include "troupe/process/child_process.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <unistd.h>

using namespace troupe;

namespace {

connection_info sample() {
  return {
    "default",           0xfedcba9876543210,  42, 1234,  "ipc:///run/c.sock",
    "ipc:///run/t.sock", "ipc:///run/d.sock", {}, "64k", 1};
}

std::string replaced(std::string text, const std::string& from,
                     const std::string& to) {
  auto at = text.find(from);
  BOOST_REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string problem(const std::string& json) {
  auto x = parse_connection_info(json);
  BOOST_REQUIRE(!x);
  BOOST_CHECK(x.error() == ec::bad_config);
  return describe(x.error());
}

} // namespace

BOOST_AUTO_TEST_SUITE(connection_info_suite)

BOOST_AUTO_TEST_CASE(reads_what_it_writes) {
  auto json = to_json(sample());
  BOOST_TEST(json.find('\n') == std::string::npos);
  auto x = parse_connection_info(json);
  BOOST_REQUIRE(x);
  BOOST_CHECK(*x == sample());
}

BOOST_AUTO_TEST_CASE(names_the_device_only_if_there_is_one) {
  BOOST_TEST(to_json(sample()).find("device") == std::string::npos);
  auto x = sample();
  x.device = "ipc:///run/x.sock";
  auto y = parse_connection_info(to_json(x));
  BOOST_REQUIRE(y);
  BOOST_TEST(y->device == x.device);
  BOOST_TEST(problem(replaced(to_json(x), "\"ipc:///run/x.sock\"", "5"))
               .find("\"device\"")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(leaves_are_written_if_there_are_some) {
  BOOST_TEST(to_json(sample()).find("leaves") == std::string::npos);
  auto x = sample();
  x.leaves = {"ipc:///run/leaf-0.sock", "ipc:///run/leaf-1.sock"};
  auto y = parse_connection_info(to_json(x));
  BOOST_REQUIRE(y);
  BOOST_CHECK(*y == x);
  auto json = to_json(x);
  BOOST_TEST(
    problem(replaced(json, "\"ipc:///run/leaf-1.sock\"", "1")).find("leaves")
    != std::string::npos);
}

BOOST_AUTO_TEST_CASE(writes_big_numbers_so_that_every_reader_gets_them) {
  BOOST_TEST(to_json(sample()).find("\"fedcba9876543210\"")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(writes_names_that_are_no_text) {
  auto x = sample();
  x.name = "\xff\xfe";
  BOOST_TEST(!to_json(x).empty());
}

BOOST_AUTO_TEST_CASE(names_the_field_that_is_missing_or_wrong) {
  auto json = to_json(sample());
  BOOST_TEST(problem(replaced(json, "\"tasks\"", "\"task\"")).find("\"tasks\"")
             != std::string::npos);
  BOOST_TEST(problem(replaced(json, ":42", ":\"x\"")).find("\"pid\"")
             != std::string::npos);
  BOOST_TEST(problem(replaced(json, ":42", ":-42")).find("\"pid\"")
             != std::string::npos);
  BOOST_TEST(problem(replaced(json, "fedc", "fedx")).find("\"instance\"")
             != std::string::npos);
  BOOST_TEST(problem(replaced(json, "\"version\":", "\"version\":99999"))
               .find("\"version\"")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_object) {
  for (auto text : {"", "{", "[]", "3", "null", "\"x\"", "\xff"})
    BOOST_TEST(problem(text) == "connection info: not a JSON object");
}

BOOST_AUTO_TEST_CASE(never_throws_on_broken_bytes) {
  auto json = to_json(sample());
  std::mt19937 random{5};
  for (auto i = 0; i < 2000; ++i) {
    auto broken = json;
    broken[random() % broken.size()] = static_cast<char>(random());
    BOOST_CHECK_NO_THROW(parse_connection_info(broken));
    broken.resize(random() % broken.size());
    BOOST_CHECK_NO_THROW(parse_connection_info(broken));
  }
}

BOOST_AUTO_TEST_CASE(knows_a_process_by_its_number_and_start_time) {
  auto x = sample();
  x.pid = getpid();
  x.start_time = process_start_time(getpid());
  BOOST_TEST(alive(x));
  ++x.start_time;
  BOOST_TEST(!alive(x));
  x.pid = -1;
  BOOST_TEST(!alive(x));
  x.pid = std::int64_t{1} << 40;
  x.start_time = 0;
  BOOST_TEST(!alive(x));
}

BOOST_AUTO_TEST_SUITE_END()
