// SPDX-License-Identifier: BSL-1.0
#include "troupe/process/controller_process.hpp"

#include "support/temp_dir.hpp"
#include "support/wait_until.hpp"
#include "troupe/error.hpp"
#include "troupe/process/descriptor.hpp"
#include "troupe/process/runtime_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <poll.h>
#include <unistd.h>

using namespace std::chrono_literals;
using namespace troupe;

namespace {

/// Runs a controller in a process of its own, which this one owns.
struct fixture {
  fixture() {
    setenv("XDG_RUNTIME_DIR", dir.path().c_str(), 1);
    cfg.name = "test";
    cfg.grace = 200ms;
    cfg.engine.program = "/bin/sh";
  }

  ~fixture() {
    if (pid > 0) {
      kill(pid, SIGKILL);
      finish();
    }
  }

  void engines(std::size_t count, const std::string& script) {
    cfg.engines = count;
    cfg.engine.arguments = {"-c", script};
  }

  void start() {
    int lifeline[2];
    int result[2];
    BOOST_REQUIRE(pipe2(lifeline, O_CLOEXEC) == 0);
    BOOST_REQUIRE(pipe2(result, O_CLOEXEC) == 0);
    pid = fork();
    if (pid == 0) {
      close(lifeline[1]);
      close(result[0]);
      cfg.lifeline = lifeline[0];
      cfg.report = result[1];
      dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
      _exit(run_controller(cfg));
    }
    close(lifeline[0]);
    close(result[1]);
    life = descriptor{lifeline[1]};
    report = descriptor{result[0]};
  }

  /// Reads the report on the start.
  std::string read_report() {
    std::string text;
    pollfd readable{report.get(), POLLIN, 0};
    char chunk[4096];
    while (poll(&readable, 1, 20000) > 0) {
      auto n = ::read(report.get(), chunk, sizeof(chunk));
      if (n <= 0)
        return text;
      text.append(chunk, static_cast<std::size_t>(n));
    }
    BOOST_ERROR("the report does not end");
    return text;
  }

  /// Waits for the end of the process and returns its exit code.
  int finish() {
    exit_report end;
    BOOST_TEST(test::wait_until([&] { return reap(pid, end); }));
    pid = 0;
    return end.status;
  }

  bool reports(const std::string& part) {
    if (text.empty())
      text = read_report();
    if (text.find(part) == std::string::npos)
      BOOST_TEST_MESSAGE("report: " << text);
    return text.find(part) != std::string::npos;
  }

  bool left_nothing() const {
    return !std::filesystem::exists(dir / "troupe/test");
  }

  test::temp_dir dir;
  controller_process_config cfg;
  pid_t pid = 0;
  descriptor life;
  descriptor report;
  std::string text;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(controller_process_suite, fixture)

BOOST_AUTO_TEST_CASE(publishes_where_it_listens_and_stops_at_sigterm) {
  start();
  BOOST_TEST(reports("\"ok\":true"));
  BOOST_TEST(reports("\"engines\":0"));
  BOOST_TEST(text.find('\n') == text.size() - 1);
  auto info = runtime_dir::find("test");
  BOOST_REQUIRE(info);
  BOOST_TEST(info->pid == pid);
  BOOST_TEST(info->control.starts_with("ipc://" + dir.path().string()));
  kill(pid, SIGTERM);
  BOOST_TEST(finish() == 0);
  BOOST_TEST(left_nothing());
}

BOOST_AUTO_TEST_CASE(stops_at_sigint) {
  start();
  BOOST_TEST(reports("\"ok\":true"));
  kill(pid, SIGINT);
  BOOST_TEST(finish() == 0);
  BOOST_TEST(left_nothing());
}

BOOST_AUTO_TEST_CASE(stops_when_its_owner_is_gone) {
  start();
  BOOST_TEST(reports("\"ok\":true"));
  life = descriptor{};
  BOOST_TEST(finish() == 0);
  BOOST_TEST(left_nothing());
}

BOOST_AUTO_TEST_CASE(stops_engines_that_still_start_when_its_owner_is_gone) {
  engines(2, "exec sleep 100");
  start();
  life = descriptor{};
  BOOST_TEST(reports("told to stop while starting"));
  BOOST_TEST(finish() == 0);
  BOOST_TEST(left_nothing());
}

BOOST_AUTO_TEST_CASE(reports_an_engine_that_exits_at_once) {
  engines(4, "[ $TROUPE_ENGINE_INDEX = 1 ] || exec sleep 100;"
             "echo 'cannot find libfoo' >&2; exit 127");
  start();
  BOOST_TEST(reports("\"ok\":false"));
  BOOST_TEST(reports("engine 2 of 4 failed to start (exit status 127)"));
  BOOST_TEST(reports("\"stderr\":[\"cannot find libfoo\"]"));
  BOOST_TEST(reports("\"exit\":6"));
  BOOST_TEST(finish() == 6);
  BOOST_TEST(left_nothing());
}

BOOST_AUTO_TEST_CASE(reports_an_engine_that_cannot_be_executed) {
  cfg.engines = 2;
  cfg.engine.program = "./nothing";
  start();
  BOOST_TEST(reports("engine 1 of 2 failed to start: cannot start "
                     "\\\"./nothing\\\": No such file or directory"));
  BOOST_TEST(finish() == 6);
}

BOOST_AUTO_TEST_CASE(reports_engines_that_never_register) {
  engines(3, "echo hello >&2; exec sleep 100");
  cfg.start_limit = 1s;
  start();
  BOOST_TEST(reports("3 of 3 engines did not register within 1 s"));
  BOOST_TEST(reports("\"stderr\":[\"hello\"]"));
  BOOST_TEST(finish() == 6);
}

BOOST_AUTO_TEST_CASE(tells_engines_what_they_need) {
  engines(1, "echo $TROUPE_ROLE $TROUPE_ENGINE_INDEX $TROUPE_CONNECTION >&2;"
             "exit 3");
  start();
  BOOST_TEST(reports("engine 0 {\\\"control\\\":\\\"ipc://"));
  BOOST_TEST(finish() == 6);
}

BOOST_AUTO_TEST_CASE(writes_what_engines_say_into_logs) {
  engines(1, "echo hello from $TROUPE_ENGINE_INDEX >&2; exit 3");
  cfg.log_dir = dir.path();
  start();
  BOOST_TEST(finish() == 6);
  std::ifstream log{dir / "engine-0.log"};
  std::string line;
  std::getline(log, line);
  BOOST_TEST(line == "hello from 0");
}

BOOST_AUTO_TEST_CASE(refuses_a_name_that_is_taken_or_no_name) {
  auto other = runtime_dir::create("test");
  BOOST_REQUIRE(other);
  start();
  BOOST_TEST(reports("is running already"));
  BOOST_TEST(finish() == 1);
  cfg.name = "no name";
  text.clear();
  start();
  BOOST_TEST(reports("is no name for a cluster"));
  BOOST_TEST(finish() == 2);
}

BOOST_AUTO_TEST_CASE(refuses_tcp_unless_curve_is_switched_off) {
  cfg.listen = "127.0.0.1";
  start();
  BOOST_TEST(reports("TCP without encryption"));
  BOOST_TEST(finish() == 2);
  cfg.curve_off = true;
  text.clear();
  start();
  BOOST_TEST(reports("tcp://127.0.0.1:"));
}

BOOST_AUTO_TEST_CASE(leaves_no_engine_behind_when_it_is_killed) {
  engines(1, "echo $$ > $OUT.new; mv $OUT.new $OUT; exec sleep 100");
  cfg.engine.environment = {{"OUT", (dir / "out").string()}};
  start();
  pid_t engine = 0;
  BOOST_TEST(test::wait_until(
    [&] { return static_cast<bool>(std::ifstream{dir / "out"} >> engine); }));
  BOOST_TEST(process_start_time(engine) != 0);
  kill(pid, SIGKILL);
  finish();
  BOOST_TEST(test::wait_until([&] { return process_start_time(engine) == 0; }));
}

BOOST_AUTO_TEST_SUITE_END()
