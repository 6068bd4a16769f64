// SPDX-License-Identifier: BSL-1.0

#include "map/shell_task.hpp"

#include "support/temp_dir.hpp"
#include "troupe/engine/function_registry.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <unistd.h>

using namespace troupe;
using namespace troupe::apps;

namespace {

struct fixture {
  command_result sh(const std::string& script, unsigned retries = 0) {
    return run_command({"/bin/sh", "-c", script}, dir.path().string(), retries);
  }

  static std::ptrdiff_t open_files() {
    namespace fs = std::filesystem;
    return std::distance(fs::directory_iterator{"/proc/self/fd"}, {});
  }

  test::temp_dir dir;
};

int status_of(const command_result& x) {
  return std::get<0>(x);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(shell_task_suite, fixture)

BOOST_AUTO_TEST_CASE(is_registered_for_engines) {
  auto info = function_registry::global().find("troupe.command");
  BOOST_REQUIRE(info != nullptr);
  BOOST_TEST(info->arity == 3u);
}

BOOST_AUTO_TEST_CASE(collects_status_and_both_streams) {
  auto expected = command_result{3, 0, "out\n", "err\n", 1};
  BOOST_TEST((sh("echo out; echo err >&2; exit 3") == expected));
}

BOOST_AUTO_TEST_CASE(tells_the_signal) {
  auto expected = command_result{-1, SIGTERM, "", "", 1};
  BOOST_TEST((sh("kill -TERM $$") == expected));
}

BOOST_AUTO_TEST_CASE(gives_an_empty_stdin) {
  BOOST_TEST((sh("cat; echo end") == command_result{0, 0, "end\n", "", 1}));
}

BOOST_AUTO_TEST_CASE(runs_in_the_directory_and_comes_back) {
  auto before = std::filesystem::current_path();
  BOOST_TEST(std::get<2>(sh("pwd")) == dir.path().string() + "\n");
  BOOST_TEST((std::filesystem::current_path() == before));
  BOOST_CHECK_THROW(run_command({"true"}, "/no/such/folder", 0),
                    std::runtime_error);
  BOOST_TEST((std::filesystem::current_path() == before));
}

BOOST_AUTO_TEST_CASE(stays_in_the_process_group) {
  auto script = "cut -d ' ' -f 5 < /proc/$$/stat";
  BOOST_TEST(std::get<2>(sh(script)) == std::to_string(getpgrp()) + "\n");
}

BOOST_AUTO_TEST_CASE(reports_what_cannot_be_started) {
  auto missing = run_command({"nosuch"}, "", 0);
  BOOST_TEST(status_of(missing) == 127);
  BOOST_TEST(std::get<3>(missing)
             == "cannot start \"nosuch\": No such file or directory\n");
  BOOST_TEST(status_of(run_command({"/"}, "", 0)) == 126);
  BOOST_TEST(status_of(run_command({}, "", 0)) == 126);
  BOOST_TEST(status_of(run_command({"echo", std::string(1, '\0')}, "", 0))
             == 126);
}

BOOST_AUTO_TEST_CASE(repeats_a_failure_as_often_as_told) {
  auto script = "echo x >> log; exit 1";
  BOOST_TEST(std::get<4>(sh(script, 2)) == 3u);
  BOOST_TEST(std::get<2>(sh("wc -l < log")) == "3\n");
  BOOST_TEST(std::get<4>(sh("true", 2)) == 1u);
}

BOOST_AUTO_TEST_CASE(does_not_wait_for_background_processes) {
  auto result = sh("sleep 50 & echo $!");
  BOOST_TEST(status_of(result) == 0);
  BOOST_TEST(kill(std::stoi(std::get<2>(result)), SIGKILL) == 0);
}

BOOST_AUTO_TEST_CASE(keeps_no_file_descriptor) {
  auto before = open_files();
  sh("echo a");
  run_command({"nosuch"}, "", 0);
  BOOST_TEST(open_files() == before);
}

BOOST_AUTO_TEST_CASE(gives_none_of_ours_to_commands) {
  BOOST_TEST(std::get<2>(sh("ls /proc/self/fd | wc -l")) == "4\n");
}

BOOST_AUTO_TEST_CASE(forgets_the_role_of_an_engine) {
  setenv("TROUPE_ROLE", "engine", 1);
  setenv("TROUPE_CONNECTION", "{}", 1);
  auto result = sh("echo \"[$TROUPE_ROLE$TROUPE_CONNECTION]\"");
  BOOST_TEST(std::get<2>(result) == "[]\n");
}

BOOST_AUTO_TEST_SUITE_END()
