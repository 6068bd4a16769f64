// SPDX-License-Identifier: BSL-1.0

#include "harness/compete.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>

using namespace troupe::perf;
using nlohmann::json;

namespace {

/// Two paths with rates that are known in advance, and who ran when.
struct fixture {
  contender make(const std::string& path, std::vector<double> rates) {
    row key;
    key.set("bench", "test").set("path", path);
    auto next = std::make_shared<std::size_t>(0);
    return {key, [this, path, rates, next]() -> measurement {
              order.push_back(path);
              return {{"rate", rates[(*next)++]}};
            }};
  }

  /// Runs contenders and returns the rows.
  std::vector<json> rows_of(const std::vector<contender>& xs, unsigned repeat) {
    char* text = nullptr;
    std::size_t size = 0;
    auto stream = open_memstream(&text, &size);
    report out{stream, true};
    compete(xs, repeat, out);
    std::fclose(stream);
    std::string lines{text, size};
    std::free(text);
    std::vector<json> result;
    for (std::size_t begin = 0; begin < lines.size();) {
      auto end = lines.find('\n', begin);
      result.push_back(json::parse(lines.substr(begin, end - begin)));
      begin = end + 1;
    }
    return result;
  }

  std::vector<std::string> order;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(compete_suite, fixture)

BOOST_AUTO_TEST_CASE(contenders_warm_up_and_then_take_turns) {
  rows_of({make("raw", {1, 1, 1}), make("actor", {1, 1, 1})}, 2);
  std::vector<std::string> expected{"raw",   "actor", "raw",
                                    "actor", "raw",   "actor"};
  BOOST_TEST(order == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_warm_up_is_not_reported) {
  auto rows = rows_of({make("raw", {1000, 1, 2, 3})}, 3);
  BOOST_REQUIRE(rows.size() == 4u);
  for (unsigned i = 0; i < 3; ++i) {
    BOOST_TEST(rows[i]["repeat"] == i + 1);
    BOOST_TEST(rows[i]["rate"] == i + 1.0);
    BOOST_TEST(!rows[i].contains("summary"));
  }
}

BOOST_AUTO_TEST_CASE(a_summary_follows_the_runs) {
  auto rows = rows_of({make("raw", {0, 10, 30, 20})}, 3);
  const auto& last = rows.back();
  BOOST_TEST(last["summary"] == true);
  BOOST_TEST(last["path"] == "raw");
  BOOST_TEST(last["repeat"] == 3);
  BOOST_TEST(last["rate"] == 20);
  BOOST_TEST(last["rate_mad"] == 10);
  BOOST_TEST(last["rate_min"] == 10);
  BOOST_TEST(last["rate_max"] == 30);
}

BOOST_AUTO_TEST_CASE(two_paths_get_the_ratio_of_their_medians) {
  auto rows =
    rows_of({make("raw", {0, 10, 20, 30}), make("actor", {0, 50, 10, 60})}, 3);
  BOOST_REQUIRE(rows.size() == 9u);
  const auto& last = rows.back();
  BOOST_TEST(last["ratio"] == true);
  BOOST_TEST(last["path"] == "ratio");
  BOOST_TEST(last["rate"] == 2.5);
}

BOOST_AUTO_TEST_CASE(one_path_gets_no_ratio) {
  for (const auto& row : rows_of({make("actor", {1, 1})}, 1))
    BOOST_TEST(!row.contains("ratio"));
}

BOOST_AUTO_TEST_CASE(a_wrong_answer_ends_the_competition) {
  auto broken = make("raw", {1});
  broken.run = []() -> measurement { throw std::runtime_error("wrong"); };
  report out{stdout, true};
  BOOST_CHECK_THROW(compete({broken}, 1, out), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
