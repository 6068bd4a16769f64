// SPDX-License-Identifier: BSL-1.0

#include "map/item.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

using namespace troupe;
using namespace troupe::apps;

namespace {

struct fixture {
  fixture() {
    x.input = "abc";
    x.number = 57;
    x.engine = engine_id{2};
    x.seconds = 0.4;
  }

  nlohmann::json json() const {
    auto line = to_json_line(x);
    BOOST_TEST(line.find('\n') == line.size() - 1);
    return nlohmann::json::parse(line);
  }

  item x;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(item_suite, fixture)

BOOST_AUTO_TEST_CASE(is_ok_without_status_signal_and_problem) {
  BOOST_TEST(x.ok());
  x.status = 1;
  BOOST_TEST(!x.ok());
  x.status = 0;
  x.signal = 9;
  BOOST_TEST(!x.ok());
  x.signal = 0;
  x.problem = error{errc::task_failed, "no"};
  BOOST_TEST(!x.ok());
}

BOOST_AUTO_TEST_CASE(names_input_status_engine_and_time) {
  x.status = 3;
  BOOST_TEST(
    failure_text(x)
    == "failed: input 57 (\"abc\"), exit status 3, engine 2, 0.40 s\n");
}

BOOST_AUTO_TEST_CASE(names_the_signal) {
  x.status = -1;
  x.signal = 9;
  BOOST_TEST(failure_text(x)
             == "failed: input 57 (\"abc\"), killed by signal 9 (Killed), "
                "engine 2, 0.40 s\n");
}

BOOST_AUTO_TEST_CASE(names_the_problem_of_an_item_that_never_ran) {
  x.engine = no_engine;
  x.problem = error{errc::engine_lost, "three engines were lost"};
  BOOST_TEST(failure_text(x)
             == "failed: input 57 (\"abc\"), three engines were lost\n");
}

BOOST_AUTO_TEST_CASE(shows_the_last_lines_of_stderr) {
  x.status = 1;
  x.err = "one\n\nthree\n";
  BOOST_TEST(failure_text(x).ends_with("0.40 s\n  | one\n  | \n  | three\n"));
  x.err.clear();
  for (auto i = 1; i <= 30; ++i)
    x.err += std::to_string(i) + "\n";
  BOOST_TEST(failure_text(x).find("  | 10\n") == std::string::npos);
  BOOST_TEST(failure_text(x).find("0.40 s\n  | 11\n") != std::string::npos);
  BOOST_TEST(failure_text(x).ends_with("  | 29\n  | 30\n"));
}

BOOST_AUTO_TEST_CASE(keeps_a_message_on_its_line) {
  x.status = 1;
  x.input = "a\nb" + std::string(1000, 'x');
  auto text = failure_text(x);
  BOOST_TEST(text.find("(\"a\\nbxxx") != std::string::npos);
  BOOST_TEST(text.size() < 200u);
}

BOOST_AUTO_TEST_CASE(writes_all_keys_in_order) {
  x.out = "o\n";
  x.err = "e\n";
  BOOST_TEST(to_json_line(x)
             == "{\"input\":\"abc\",\"index\":57,\"stdout\":\"o\\n\","
                "\"stderr\":\"e\\n\",\"status\":0,\"signal\":null,"
                "\"engine\":2,\"seconds\":0.4,\"attempts\":1,\"ok\":true}\n");
}

BOOST_AUTO_TEST_CASE(writes_null_for_what_there_is_not) {
  x.status = -1;
  x.signal = 15;
  BOOST_TEST(json().at("status").is_null());
  BOOST_TEST(json().at("signal") == 15);
  x.engine = no_engine;
  x.problem = error{errc::engine_lost, "gone"};
  BOOST_TEST(json().at("engine").is_null());
  BOOST_TEST(json().at("signal").is_null());
  BOOST_TEST(json().at("error").at("code") == "engine_lost");
  BOOST_TEST(json().at("error").at("message") == "gone");
}

BOOST_AUTO_TEST_CASE(replaces_bytes_that_are_no_text) {
  x.out = "a\xff\n";
  BOOST_TEST(json().at("stdout") == "a\xef\xbf\xbd\n");
}

BOOST_AUTO_TEST_SUITE_END()
