// SPDX-License-Identifier: BSL-1.0

#include "cli/options.hpp"

#include "cli/command_error.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>

using namespace troupe;
using namespace troupe::apps;
using namespace std::chrono_literals;

namespace {

using words = std::vector<std::string>;

struct fixture {
  fixture() {
    unsetenv("TROUPE_CLUSTER");
  }

  ~fixture() {
    unsetenv("TROUPE_CLUSTER");
  }
};

template <class Options>
Options parsed(words args) {
  auto result = parse(std::move(args));
  BOOST_REQUIRE(std::holds_alternative<Options>(result));
  return std::get<Options>(result);
}

/// Returns the sentence with which a command line is refused.
std::string refusal(words args) {
  try {
    parse(std::move(args));
  } catch (const command_error& e) {
    BOOST_TEST(e.status == 2);
    return e.what();
  }
  return "accepted";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(options_suite, fixture)

// -- commands -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(suggests_the_nearest_command) {
  BOOST_TEST(refusal({"strat"})
             == "unknown command \"strat\". Did you mean \"start\"?");
  BOOST_TEST(refusal({"stauts"})
             == "unknown command \"stauts\". Did you mean \"status\"?");
  BOOST_TEST(contains(refusal({"xyzzyx"}), "unknown command \"xyzzyx\"."));
}

BOOST_AUTO_TEST_CASE(never_abbreviates_commands) {
  for (auto word : {"sta", "m", "Map", ""})
    BOOST_TEST(contains(refusal({word}), "unknown command"));
}

BOOST_AUTO_TEST_CASE(gives_help_in_every_form) {
  BOOST_TEST(parsed<help_options>({}).topic == "");
  BOOST_TEST(parsed<help_options>({"--help"}).topic == "");
  BOOST_TEST(parsed<help_options>({"help", "map"}).topic == "map");
  BOOST_TEST(parsed<help_options>({"map", "-h"}).topic == "map");
  BOOST_TEST(parsed<help_options>({"-h", "map"}).topic == "map");
  BOOST_TEST(parsed<help_options>({"start", "-n", "x", "--help"}).topic
             == "start");
}

BOOST_AUTO_TEST_CASE(leaves_help_flags_to_the_command_of_a_map) {
  BOOST_TEST((parsed<map_options>({"map", "--", "ls", "--help"}).command
              == words{"ls", "--help"}));
}

BOOST_AUTO_TEST_CASE(reads_common_flags_on_both_sides) {
  for (auto& args : {words{"--json", "-c", "x", "-q", "status"},
                     words{"status", "--json", "-c", "x", "-q"}}) {
    auto x = parsed<status_options>(args).common;
    BOOST_TEST(x.json);
    BOOST_TEST(x.quiet);
    BOOST_TEST(x.cluster == "x");
  }
}

BOOST_AUTO_TEST_CASE(takes_the_cluster_from_the_environment) {
  setenv("TROUPE_CLUSTER", "env", 1);
  BOOST_TEST(parsed<status_options>({"status"}).common.cluster == "env");
  BOOST_TEST(parsed<status_options>({"status", "-c", "x"}).common.cluster
             == "x");
}

BOOST_AUTO_TEST_CASE(knows_who_wants_json) {
  BOOST_TEST(wants_json({"nosuch", "--json"}));
  BOOST_TEST(!wants_json({"map", "--", "x", "--json"}));
}

// -- durations ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(reads_durations_with_units) {
  BOOST_TEST((parse_duration("500ms") == 500ms));
  BOOST_TEST((parse_duration("10s") == 10s));
  BOOST_TEST((parse_duration("1.5s") == 1500ms));
  BOOST_TEST((parse_duration("2m") == 2min));
  BOOST_TEST((parse_duration("1h") == 1h));
  BOOST_TEST((parse_duration("3") == 3s));
  BOOST_TEST((parse_duration("0") == 0s));
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_duration) {
  for (auto text :
       {"", "s", "-1s", "1x", "1 s", "soon", "1e300s", "nan", "inf"})
    BOOST_CHECK_THROW(parse_duration(text), command_error);
}

// -- map ----------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(reads_all_flags_of_map) {
  auto x = parsed<map_options>({"map", "-n", "4", "--bar", "-0", "-a", "f",
                                "--retries", "2", "--attempts", "1", "--load",
                                "l.so", "--load", "m.so", "--", "echo", "{}"});
  BOOST_TEST(x.engines == 4u);
  BOOST_TEST(x.bar);
  BOOST_TEST(x.null_separated);
  BOOST_TEST(x.file == "f");
  BOOST_TEST(x.retries == 2u);
  BOOST_TEST(x.attempts == 1u);
  BOOST_TEST((x.load == words{"l.so", "m.so"}));
  BOOST_TEST((x.command == words{"echo", "{}"}));
  BOOST_TEST(!x.has_inputs);
  BOOST_TEST(parsed<map_options>({"map", "-j8", "--", "x"}).engines == 8u);
}

BOOST_AUTO_TEST_CASE(reads_inputs_of_tasks_and_commands) {
  auto task = parsed<map_options>(
    {"map", "--task", "f", "--load", "l.so", "1", "2", ":::", "3"});
  BOOST_TEST((task.load == words{"l.so"}));
  BOOST_TEST((task.inputs == words{"1", "2", "3"}));
  BOOST_TEST(task.has_inputs);
  auto command = parsed<map_options>({"map", "--", "x", ":::"});
  BOOST_TEST(command.inputs.empty());
  BOOST_TEST(command.has_inputs);
}

BOOST_AUTO_TEST_CASE(refuses_maps_that_make_no_sense) {
  BOOST_TEST(contains(refusal({"map"}), "needs a command behind --"));
  BOOST_TEST(contains(refusal({"map", "--"}), "needs a command behind --"));
  BOOST_TEST(contains(refusal({"map", "echo"}), "stands behind --"));
  BOOST_TEST(contains(refusal({"map", "x", "--", "y"}), "stands before --"));
  BOOST_TEST(contains(refusal({"map", "-n", "2", "-c", "x", "--", "y"}),
                      "give one of them"));
  BOOST_TEST(
    contains(refusal({"map", "-a", "f", "--", "y", ":::", "z"}), "not both"));
  BOOST_TEST(contains(refusal({"map", "--nosuch", "--", "y"}), "--nosuch"));
  BOOST_TEST(
    contains(refusal({"map", "--attempts", "0", "--", "y"}), "--attempts"));
}

BOOST_AUTO_TEST_CASE(lets_engines_win_over_the_environment) {
  setenv("TROUPE_CLUSTER", "env", 1);
  BOOST_TEST(parsed<map_options>({"map", "-n", "2", "--", "x"}).engines == 2u);
}

// -- start, run and controller ------------------------------------------------

BOOST_AUTO_TEST_CASE(reads_all_settings) {
  auto x = parsed<start_options>({"start",     "-n",
                                  "3",         "--name",
                                  "a",         "--program",
                                  "p",         "--scheme",
                                  "lru",       "--hwm",
                                  "7",         "--broadcast-depth",
                                  "2",         "--copy-threshold",
                                  "64k",       "--listen",
                                  "127.0.0.1", "--port",
                                  "5000",      "--curve",
                                  "off",       "--wait",
                                  "5s"})
             .settings;
  BOOST_TEST(x.engines == 3u);
  BOOST_TEST(x.name == "a");
  BOOST_TEST(x.program == "p");
  BOOST_TEST((x.scheme == "lru"));
  BOOST_TEST(x.hwm == 7u);
  BOOST_TEST(x.broadcast_depth == 2u);
  BOOST_TEST(x.copy_threshold == "64k");
  BOOST_TEST(x.listen == "127.0.0.1");
  BOOST_TEST(x.port == 5000);
  BOOST_TEST(x.curve_off);
  BOOST_TEST((x.wait == 5s));
}

BOOST_AUTO_TEST_CASE(writes_the_flags_that_it_reads) {
  cluster_settings x;
  auto again = [](const cluster_settings& settings) {
    auto flags = to_flags(settings);
    flags.insert(flags.begin(), "controller");
    return parsed<controller_options>(flags).settings;
  };
  BOOST_TEST((again(x) == x));
  x.engines = 3;
  x.name = "a";
  x.load = {"/x y.so", "/z.so"};
  x.scheme = "lru";
  x.hwm = 7;
  x.broadcast_depth = 5;
  x.copy_threshold = "never";
  x.listen = "127.0.0.1";
  x.port = 5000;
  x.curve_off = true;
  x.wait = 1234ms;
  BOOST_TEST((again(x) == x));
}

BOOST_AUTO_TEST_CASE(insists_on_encryption_unless_told_otherwise) {
  BOOST_TEST(contains(refusal({"start", "--listen", "127.0.0.1"}), "CURVE"));
  BOOST_TEST(contains(refusal({"start", "--curve", "on"}), "CURVE"));
  parsed<start_options>({"start", "--listen", "ipc", "--curve", "auto"});
}

BOOST_AUTO_TEST_CASE(refuses_settings_that_make_no_sense) {
  for (auto& args :
       {words{"-n", "0"}, words{"-n", "x"}, words{"-n", "99999"},
        words{"--hwm", "0"}, words{"--hwm", "4x"}, words{"--port", "65536"},
        words{"--broadcast-depth", "6"}, words{"--broadcast-depth", "-1"},
        words{"--port", "-1"}, words{"--wait", "x"}, words{"-n"},
        words{"stray"}, words{"--", "x"}}) {
    auto line = args;
    line.insert(line.begin(), "start");
    BOOST_TEST(refusal(line) != "accepted", args.front());
  }
}

BOOST_AUTO_TEST_CASE(passes_everything_behind_dashes_to_the_program) {
  auto x =
    parsed<run_options>({"run", "-n", "2", "--", "p", "-n", ":::", "--"});
  BOOST_TEST((x.command == words{"p", "-n", ":::", "--"}));
  BOOST_TEST(contains(refusal({"run", "-n", "2"}), "needs a program"));
}

BOOST_AUTO_TEST_CASE(reads_what_to_stop) {
  auto x = parsed<stop_options>({"stop", "a", "b", "--grace", "2s"});
  BOOST_TEST((x.names == words{"a", "b"}));
  BOOST_TEST((x.grace == 2s));
  BOOST_TEST(parsed<stop_options>({"stop", "--all"}).all);
  BOOST_TEST(contains(refusal({"stop", "--all", "a"}), "not both"));
}

BOOST_AUTO_TEST_CASE(reads_the_remaining_commands) {
  parsed<list_options>({"ps"});
  parsed<list_options>({"list"});
  parsed<version_options>({"version", "--json"});
  parsed<version_options>({"-V"});
  BOOST_TEST(parsed<start_options>({"start", "--foreground"}).foreground);
  auto x = parsed<engine_options>({"engine", "--name", "e", "--load", "l.so"});
  BOOST_TEST(x.name == "e");
  BOOST_TEST((x.load == words{"l.so"}));
}

BOOST_AUTO_TEST_SUITE_END()
