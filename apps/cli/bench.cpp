// SPDX-License-Identifier: BSL-1.0

#include "cli/bench.hpp"

#include "cli/command_error.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <unistd.h>

namespace troupe::apps {

void become_bench(std::vector<std::string> args) {
  std::error_code code;
  auto own = std::filesystem::read_symlink("/proc/self/exe", code);
  auto beside = (own.parent_path() / "troupe-bench").string();
  args.insert(args.begin(), "troupe-bench");
  std::vector<char*> argv;
  for (auto& arg : args)
    argv.push_back(arg.data());
  argv.push_back(nullptr);
  execv(beside.c_str(), argv.data());
  execvp("troupe-bench", argv.data());
  throw command_error{exit_code::usage, "no_bench",
                      std::string{"cannot run troupe-bench: "}
                        + std::strerror(errno),
                      "Build it with -DTROUPE_BUILD_PERF=ON."};
}

} // namespace troupe::apps
