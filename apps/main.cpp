// SPDX-License-Identifier: BSL-1.0

// The command line, and the stock engine and controller.

#include "cli/bench.hpp"
#include "cli/command_error.hpp"
#include "cli/commands.hpp"
#include "cluster/programs.hpp"
#include "troupe/client/runtime.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fcntl.h>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

using namespace troupe::apps;

/// Occupies standard streams that the caller closed, so that no socket takes
/// their number. Using them fails with EBADF as before.
void occupy_standard_streams() {
  for (auto fd = 0; fd < 3; ++fd)
    if (fcntl(fd, F_GETFD) < 0) [[maybe_unused]]
      auto same = open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
}

int fail(const command_error& x, bool json) {
  auto text = to_text(x, json);
  std::fflush(stdout);
  std::fputs(text.c_str(), stderr);
  return x.status;
}

int fail(const std::exception& x, bool json) {
  return fail(command_error{exit_code::failed, "failed", x.what()}, json);
}

/// Engines know the functions of libraries as well, controllers the schemes.
void load_for_role(int argc, char** argv) {
  if (std::getenv("TROUPE_ROLE") == nullptr)
    return;
  try {
    load_libraries(argc, argv);
  } catch (const command_error& x) {
    std::exit(fail(x, false));
  }
}

int run(const std::vector<std::string>& args) {
  if (!args.empty() && args.front() == "bench")
    become_bench({args.begin() + 1, args.end()});
  auto options = parse(args);
  auto status = std::visit([](const auto& x) { return execute(x); }, options);
  if (std::fflush(stdout) == 0 || status != 0)
    return status;
  throw std::runtime_error("cannot write to stdout");
}

} // namespace

int main(int argc, char** argv) {
  occupy_standard_streams();
  signal(SIGPIPE, SIG_IGN);
  load_for_role(argc, argv);
  troupe::runtime rt{argc, argv};
  std::vector<std::string> args{argv + 1, argv + argc};
  auto json = wants_json(args);
  try {
    return run(args);
  } catch (const command_error& x) {
    return fail(x, json);
  } catch (const troupe::error& x) {
    return fail(command_error{x}, json);
  } catch (const std::exception& x) {
    return fail(x, json);
  }
}
