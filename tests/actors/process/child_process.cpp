// SPDX-License-Identifier: BSL-1.0
#include "troupe/process/child_process.hpp"

#include "support/temp_dir.hpp"
#include "support/wait_until.hpp"
#include "troupe/error.hpp"
#include "troupe/process/descriptor.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace troupe;

namespace {

process_spec shell(const std::string& script) {
  return {.program = "/bin/sh", .arguments = {"-c", script}};
}

/// Waits until `pid` ended.
exit_report finish(pid_t pid) {
  exit_report report;
  BOOST_TEST(test::wait_until([&] { return reap(pid, report); }));
  return report;
}

/// Runs `spec` and returns what it wrote to stdout.
std::string output_of(process_spec spec) {
  int ends[2];
  BOOST_REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  descriptor reader{ends[0]};
  {
    descriptor writer{ends[1]};
    spec.stdout_fd = writer.get();
    auto pid = start_process(spec);
    BOOST_REQUIRE(pid);
    finish(*pid);
  }
  std::string result(4096, '\0');
  auto n = ::read(reader.get(), result.data(), result.size());
  result.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return result;
}

std::string start_error(const process_spec& spec) {
  auto pid = start_process(spec);
  BOOST_REQUIRE(!pid);
  BOOST_CHECK(pid.error() == ec::system_failure);
  return describe(pid.error());
}

void write_script(const std::filesystem::path& path, const std::string& text) {
  std::ofstream{path} << text;
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
}

} // namespace

BOOST_AUTO_TEST_SUITE(child_process_suite)

// -- how processes end --------------------------------------------------------

BOOST_AUTO_TEST_CASE(reports_the_exit_status) {
  auto report = finish(*start_process(shell("exit 3")));
  BOOST_TEST(report.status == 3);
  BOOST_TEST(report.signal == 0);
  BOOST_TEST(report.text() == "exit status 3");
}

BOOST_AUTO_TEST_CASE(reports_the_signal) {
  auto report = finish(*start_process(shell("kill -9 $$")));
  BOOST_TEST(report.status == -1);
  BOOST_TEST(report.text() == "killed by signal 9 (Killed)");
}

BOOST_AUTO_TEST_CASE(reports_nothing_while_a_process_runs) {
  auto pid = *start_process({.program = "sleep", .arguments = {"100"}});
  exit_report report;
  BOOST_TEST(!reap(pid, report));
  kill(pid, SIGKILL);
  BOOST_TEST(finish(pid).signal == SIGKILL);
  BOOST_TEST(reap(pid, report)); // collected already
  BOOST_TEST(report.text() == "ended, nobody knows how");
}

// -- what cannot start --------------------------------------------------------

BOOST_AUTO_TEST_CASE(says_why_a_program_cannot_start) {
  BOOST_TEST(start_error({.program = "./nothing-here"})
             == "cannot start \"./nothing-here\": No such file or directory");
  BOOST_TEST(start_error({.program = "no-such-program-in-path"})
             == "cannot start \"no-such-program-in-path\": No such file or "
                "directory");
  BOOST_TEST(start_error({.program = ""})
             == "cannot start \"\": No such file or directory");
  test::temp_dir dir;
  std::ofstream{dir / "data"} << "x";
  auto path = (dir / "data").string();
  BOOST_TEST(start_error({.program = path})
             == "cannot start \"" + path + "\": Permission denied");
}

BOOST_AUTO_TEST_CASE(leaves_no_zombie_when_a_program_cannot_start) {
  start_error({.program = "./nothing-here"});
  BOOST_TEST(waitpid(-1, nullptr, WNOHANG) == -1);
  BOOST_TEST(errno == ECHILD);
}

BOOST_AUTO_TEST_CASE(runs_scripts_without_an_interpreter_line) {
  test::temp_dir dir;
  write_script(dir / "x", "echo \"$1\"\n");
  BOOST_TEST(output_of({.program = (dir / "x").string(), .arguments = {"hi"}})
             == "hi\n");
}

// -- what the child gets ------------------------------------------------------

BOOST_AUTO_TEST_CASE(passes_arguments_as_they_are) {
  BOOST_TEST(output_of({.program = "printf",
                        .arguments = {"%s|%s|%s", "a b", "", "$HOME *"}})
             == "a b||$HOME *");
}

BOOST_AUTO_TEST_CASE(adds_and_replaces_environment_variables) {
  setenv("TROUPE_TEST_A", "old", 1);
  setenv("TROUPE_TEST_B", "kept", 1);
  auto spec = shell("echo $TROUPE_TEST_A $TROUPE_TEST_B $TROUPE_TEST_C");
  spec.environment = {{"TROUPE_TEST_A", "new"}, {"TROUPE_TEST_C", "added"}};
  BOOST_TEST(output_of(spec) == "new kept added\n");
}

BOOST_AUTO_TEST_CASE(reads_nothing_from_our_stdin) {
  BOOST_TEST(output_of(shell("readlink /proc/self/fd/0")) == "/dev/null\n");
}

BOOST_AUTO_TEST_CASE(takes_stdout_for_stderr_too) {
  int ends[2];
  BOOST_REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  descriptor reader{ends[0]};
  descriptor writer{ends[1]};
  auto spec = shell("echo out; echo err >&2");
  spec.stdout_fd = spec.stderr_fd = writer.get();
  finish(*start_process(spec));
  char text[64] = {};
  BOOST_TEST(::read(reader.get(), text, sizeof(text)) == 8);
  BOOST_TEST(text == "out\nerr\n");
}

BOOST_AUTO_TEST_CASE(closes_all_descriptors_but_those_to_keep) {
  descriptor kept{open("/dev/null", O_RDONLY | O_CLOEXEC)};
  descriptor other{open("/dev/null", O_RDONLY)}; // would be inherited
  auto spec = shell("for x in " + std::to_string(kept.get()) + " "
                    + std::to_string(other.get())
                    + "; do [ -e /proc/$$/fd/$x ] && echo $x; done");
  spec.keep = {kept.get()};
  BOOST_TEST(output_of(spec) == std::to_string(kept.get()) + "\n");
}

BOOST_AUTO_TEST_CASE(starts_with_no_signal_blocked_and_sigpipe_deadly) {
  sigset_t set;
  sigset_t before;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGCHLD);
  pthread_sigmask(SIG_BLOCK, &set, &before);
  auto action = signal(SIGPIPE, SIG_IGN);
  auto text = output_of(shell("grep -E 'SigBlk|SigIgn' /proc/self/status"));
  signal(SIGPIPE, action);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  BOOST_TEST(text.find("SigBlk:\t0000000000000000") != std::string::npos);
  auto ignored = std::stoull(text.substr(text.find("SigIgn:") + 8), {}, 16);
  BOOST_TEST((ignored >> (SIGPIPE - 1) & 1) == 0u);
}

// -- groups and parents -------------------------------------------------------

BOOST_AUTO_TEST_CASE(leads_a_group_of_its_own_if_asked) {
  process_spec spec{.program = "sleep", .arguments = {"100"}};
  auto own = *start_process(spec);
  spec.own_group = false;
  auto ours = *start_process(spec);
  BOOST_TEST(getpgid(own) == own);
  BOOST_TEST(getpgid(ours) == getpgid(0));
  kill(own, SIGKILL);
  kill(ours, SIGKILL);
  finish(own);
  finish(ours);
}

BOOST_AUTO_TEST_CASE(dies_with_its_parent) {
  int ends[2];
  BOOST_REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  descriptor reader{ends[0]};
  auto helper = fork();
  if (helper == 0) {
    auto pid = start_process({.program = "sleep", .arguments = {"100"}});
    [[maybe_unused]] auto n = write(ends[1], &*pid, sizeof(pid_t));
    pause();
    _exit(0);
  }
  close(ends[1]);
  pid_t grandchild = 0;
  BOOST_REQUIRE(::read(reader.get(), &grandchild, sizeof(grandchild))
                == sizeof(grandchild));
  BOOST_TEST(process_start_time(grandchild) != 0);
  kill(helper, SIGKILL);
  waitpid(helper, nullptr, 0);
  BOOST_TEST(
    test::wait_until([=] { return process_start_time(grandchild) == 0; }));
}

// -- start times --------------------------------------------------------------

BOOST_AUTO_TEST_CASE(tells_when_a_process_started) {
  auto ours = process_start_time(getpid());
  BOOST_TEST(ours != 0);
  BOOST_TEST(ours == process_start_time(getpid()));
  BOOST_TEST(process_start_time(1) <= ours);
  BOOST_TEST(process_start_time(0) == 0);
  BOOST_TEST(process_start_time(-1) == 0);
}

BOOST_AUTO_TEST_CASE(does_not_count_a_zombie_as_a_process) {
  auto pid = *start_process({.program = "true"});
  BOOST_TEST(test::wait_until([=] { return process_start_time(pid) == 0; }));
  BOOST_TEST(finish(pid).status == 0);
}

BOOST_AUTO_TEST_CASE(reads_start_times_of_programs_with_strange_names) {
  test::temp_dir dir;
  auto path = dir / "a) 1 (b";
  std::filesystem::copy("/bin/sleep", path);
  auto pid = *start_process({.program = path, .arguments = {"100"}});
  auto start = process_start_time(pid);
  BOOST_TEST(start >= process_start_time(getpid()));
  kill(pid, SIGKILL);
  finish(pid);
}

BOOST_AUTO_TEST_SUITE_END()
