// SPDX-License-Identifier: BSL-1.0
#include "cluster/state_dir.hpp"

#include "cli/command_error.hpp"

#include <cstdlib>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace troupe::apps {

namespace fs = std::filesystem;

namespace {

fs::path base() {
  if (auto given = std::getenv("XDG_STATE_HOME");
      given != nullptr && fs::path{given}.is_absolute())
    return given;
  if (auto home = std::getenv("HOME"); home != nullptr && *home == '/')
    return fs::path{home} / ".local/state";
  return fs::path{"/tmp"} / ("troupe-state-" + std::to_string(geteuid()));
}

} // namespace

fs::path state_dir(const std::string& name) {
  auto result = base() / "troupe" / name;
  std::error_code problem;
  fs::create_directories(result, problem);
  if (!problem)
    fs::permissions(result, fs::perms::owner_all, problem);
  if (problem)
    throw command_error{exit_code::failed, "no_state_dir",
                        "cannot make " + result.string() + ": "
                          + problem.message(),
                        "set XDG_STATE_HOME to a directory of yours"};
  return result;
}

} // namespace troupe::apps
