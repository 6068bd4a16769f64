// SPDX-License-Identifier: BSL-1.0

#include "system/support/sandbox.hpp"

using namespace troupe::test;

namespace {

/// A command line that makes no sense, and what the answer must contain.
struct mistake {
  words args;
  std::string part;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(usage_suite, sandbox)

BOOST_AUTO_TEST_CASE(answers_mistakes_with_status_2_and_a_sentence) {
  const mistake mistakes[] = {
    {{"strat"}, "unknown command \"strat\". Did you mean \"start\"?"},
    {{"start", "--nosuch"}, "--nosuch"},
    {{"start", "-n"}, "--engines"},
    {{"start", "-n", "0"}, "--engines"},
    {{"start", "-n", "many"}, "many"},
    {{"start", "-n", "1", "--name", "a/b"}, "no name for a cluster"},
    {{"start", "-n", "1", "--name", ".."}, "no name for a cluster"},
    {{"start", "--scheme", "best"}, "best"},
    {{"start", "--hwm", "-1"}, "-1"},
    {{"start", "--hwm", "x"}, "x"},
    {{"start", "--wait", "soon"}, "no duration"},
    {{"start", "--copy-threshold", "huge"}, "huge"},
    {{"start", "--port", "99999"}, "99999"},
    {{"start", "--listen", "127.0.0.1"}, "CURVE"},
    {{"start", "--curve", "on"}, "CURVE"},
    {{"start", "--load", "nosuch.so"}, "cannot load nosuch.so"},
    {{"map"}, "--"},
    {{"map", "echo", "a"}, "behind --"},
    {{"map", "--task", "x", "--", "echo"}, "not both"},
    {{"map", "-n", "1", "-c", "x", "--", "echo"}, "--cluster"},
    {{"map", "--retries", "x", "--", "echo"}, "x"},
    {{"map", "--colsep", ",", "--", "echo"}, "--task"},
    {{"map", "--load", "nosuch.so", "--", "echo"}, "cannot load nosuch.so"},
    {{"run"}, "--"},
    {{"stop", "--all", "x"}, "not both"},
    {{"status", "--", "x"}, "status"},
    {{"engine", "--load", "nosuch.so"}, "cannot load nosuch.so"}};
  for (const auto& [args, part] : mistakes) {
    auto result = run(args);
    BOOST_TEST_CONTEXT(args.front() + " " + args.back()) {
      BOOST_TEST(result.status == 2);
      BOOST_TEST(result.out == "");
      BOOST_TEST(has(result.err, part));
    }
  }
}

BOOST_AUTO_TEST_CASE(reports_errors_as_json_if_asked) {
  auto result = run({"status", "-c", "prod", "--json"});
  BOOST_TEST(result.status == 3);
  auto error = nlohmann::json::parse(result.err).at("error");
  BOOST_TEST(error.at("code") == "no_cluster");
  BOOST_TEST(error.at("exit") == 3);
  BOOST_TEST(has(error.at("message"), "no cluster \"prod\""));
  BOOST_TEST(has(error.at("hint"), "troupe start"));
}

BOOST_AUTO_TEST_CASE(finds_no_cluster_with_status_3) {
  for (auto& args : {words{"status"}, words{"stop"}, words{"stop", "x"},
                     words{"map", "-c", "x", "--", "echo"}, words{"engine"}}) {
    auto result = run(args);
    BOOST_TEST(result.status == 3);
    BOOST_TEST(has(result.err, "no cluster"));
  }
}

BOOST_AUTO_TEST_CASE(has_help_for_every_command) {
  for (auto& command : {"start", "stop", "ps", "status", "run", "map",
                        "controller", "engine", "version"}) {
    auto result = run({command, "--help"});
    BOOST_TEST(result.status == 0);
    BOOST_TEST(has(result.out, "EXAMPLES"));
    BOOST_TEST(has(result.out, std::string{"troupe "} + command));
    BOOST_TEST(result.err == "");
    BOOST_TEST(run({"help", command}).out == result.out);
  }
  BOOST_TEST(has(run({"--help"}).out, "EXAMPLES"));
  BOOST_TEST(has(run({"-h"}).out, "EXIT STATUS"));
}

BOOST_AUTO_TEST_CASE(tells_its_version) {
  BOOST_TEST(has(run({"version"}).out, "protocol"));
  BOOST_TEST(run({"--version"}).out == run({"version"}).out);
  BOOST_TEST(json({"version"}).at("protocol") == 2);
}

BOOST_AUTO_TEST_SUITE_END()
