// SPDX-License-Identifier: BSL-1.0

#include "troupe/client/controller_start.hpp"

#include "troupe/error.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

using namespace std::chrono_literals;
using namespace troupe;

namespace {

cluster_options some_options() {
  cluster_options result;
  result.engines = 3;
  result.name = "demo";
  result.scheme = "lru";
  result.hwm = 5;
  result.broadcast_depth = 2;
  result.copy_threshold = "64k";
  result.engine_timeout = 7s;
  result.arguments = {"-x", "a \"b\"\n\xff"};
  return result;
}

/// Returns the sentence with which options or settings are refused.
template <class T>
std::string refusal(const caf::expected<T>& x) {
  BOOST_TEST(!x);
  return x ? std::string{} : describe(x.error());
}

} // namespace

BOOST_AUTO_TEST_SUITE(controller_start_suite)

BOOST_AUTO_TEST_CASE(settings_follow_the_options) {
  auto cfg = controller_settings(some_options(), "/bin/me");
  BOOST_REQUIRE(cfg);
  BOOST_TEST(cfg->name == "demo");
  BOOST_TEST(cfg->engines == 3u);
  BOOST_TEST(cfg->engine.program == "/bin/me");
  BOOST_TEST((cfg->start_limit == 7s));
  BOOST_TEST((cfg->scheduler.scheme == &lru_scheme()));
  BOOST_TEST(cfg->scheduler.hwm == 5u);
  BOOST_TEST(cfg->broadcast_depth == 2u);
  BOOST_TEST(cfg->bridge.copy.threshold() == 65536u);
  BOOST_TEST(cfg->listen == "ipc");
}

BOOST_AUTO_TEST_CASE(defaults_fit_this_machine) {
  auto cfg = controller_settings({}, "/bin/me");
  BOOST_REQUIRE(cfg);
  BOOST_TEST(cfg->engines == std::max(1u, std::thread::hardware_concurrency()));
  auto other = cluster_options{};
  other.program = "/bin/other";
  BOOST_TEST(controller_settings(other, "/bin/me")->engine.program
             == "/bin/other");
}

BOOST_AUTO_TEST_CASE(options_without_sense_are_refused_with_their_name) {
  auto copy = some_options();
  copy.copy_threshold = "lots";
  BOOST_TEST((refusal(controller_settings(copy, "x")).find("copy_threshold")
              != std::string::npos));
  auto depth = some_options();
  depth.broadcast_depth = 6;
  BOOST_TEST((refusal(controller_settings(depth, "x")).find("out of range")
              != std::string::npos));
  auto timeout = some_options();
  timeout.engine_timeout = 0s;
  BOOST_TEST((refusal(controller_settings(timeout, "x")).find("engine_timeout")
              != std::string::npos));
}

BOOST_AUTO_TEST_CASE(settings_survive_the_way_through_the_environment) {
  auto options = some_options();
  options.arguments = {"-x", "a \"b\"\n"};
  auto before = controller_settings(options, "/bin/me");
  BOOST_REQUIRE(before);
  before->lifeline = 8;
  before->report = 9;
  auto json = to_json(*before);
  BOOST_TEST((json.find('\n') == std::string::npos));
  auto after = parse_controller_start(json);
  BOOST_REQUIRE(after);
  BOOST_TEST(after->lifeline == 8);
  BOOST_TEST(after->report == 9);
  BOOST_TEST(after->engine.arguments == before->engine.arguments);
  BOOST_TEST(to_json(*after) == json);
}

BOOST_AUTO_TEST_CASE(broken_settings_are_refused) {
  auto good = to_json(*controller_settings(some_options(), "x"));
  for (auto text : {"", "[]", "{}", "{\"name\":1}", "garbage"})
    refusal(parse_controller_start(text));
  auto scheme = good;
  scheme.replace(scheme.find("\"lru\""), 5, "\"lrx\"");
  BOOST_TEST(
    (refusal(parse_controller_start(scheme)).find("lrx") != std::string::npos));
  for (std::size_t n = 0; n < good.size(); ++n)
    BOOST_TEST(!parse_controller_start(good.substr(0, n)));
}

BOOST_AUTO_TEST_CASE(reads_a_good_report) {
  connection_info info;
  info.name = "demo";
  info.pid = 5;
  info.control = "ipc:///c";
  info.tasks = "ipc:///t";
  auto report = parse_start_report(
    "{\"ok\":true,\"engines\":4,\"connection\":" + to_json(info) + "}\n");
  BOOST_REQUIRE(report);
  BOOST_TEST(report->exit == 0);
  BOOST_TEST((report->connection == info));
}

BOOST_AUTO_TEST_CASE(reads_a_bad_report) {
  auto report = parse_start_report(
    R"({"ok":false,"exit":6,"message":"m","hint":"h","stderr":["a","b"]})");
  BOOST_REQUIRE(report);
  BOOST_TEST(report->exit == 6);
  BOOST_TEST(report->message == "m");
  BOOST_TEST(report->hint == "h");
  BOOST_TEST(report->lines == (std::vector<std::string>{"a", "b"}));
}

BOOST_AUTO_TEST_CASE(refuses_other_reports) {
  for (auto line : {"", "{}", "{\"ok\":1}", "{\"ok\":true}", "{\"ok\":false}",
                    "{\"ok\":true,\"connection\":{}}"})
    refusal(parse_start_report(line));
}

BOOST_AUTO_TEST_CASE(a_device_survives_the_way_to_the_controller) {
  auto options = some_options();
  options.scheme = "pure";
  options.hwm = 0;
  auto cfg = controller_settings(options, "/bin/me");
  BOOST_REQUIRE(cfg);
  BOOST_TEST(cfg->pure);
  auto read = parse_controller_start(to_json(*cfg));
  BOOST_REQUIRE(read);
  BOOST_TEST(read->pure);
  options.scheme = "lru";
  BOOST_TEST(!controller_settings(options, "/bin/me")->pure);
}

BOOST_AUTO_TEST_SUITE_END()
