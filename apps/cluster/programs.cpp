// SPDX-License-Identifier: BSL-1.0
#include "cluster/programs.hpp"

#include "cli/command_error.hpp"
#include "map/shell_task.hpp"
#include "troupe/client/runtime.hpp"
#include "troupe/process/descriptor.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <filesystem>
#include <sstream>
#include <string_view>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace troupe::apps {

namespace fs = std::filesystem;

namespace {

command_error cannot_start(const std::string& name, int reason) {
  auto status = reason == ENOENT ? no_such_program : cannot_execute;
  return {exit_code{status}, "no_such_program",
          "cannot start \"" + name + "\": " + std::strerror(reason)};
}

/// Returns 0 or the reason why `path` cannot be executed.
int reason_against(const fs::path& path) {
  std::error_code problem;
  if (fs::is_directory(path, problem))
    return EACCES;
  return access(path.c_str(), X_OK) == 0 ? 0 : errno;
}

} // namespace

std::string own_program() {
  return fs::read_symlink("/proc/self/exe").string();
}

std::string find_program(const std::string& name) {
  if (name.find('/') != name.npos) {
    if (auto reason = reason_against(name); reason != 0)
      throw cannot_start(name, reason);
    return fs::absolute(name).string();
  }
  auto path = std::getenv("PATH");
  std::istringstream folders{path ? path : "/usr/local/bin:/usr/bin:/bin"};
  auto reason = ENOENT;
  for (std::string folder; std::getline(folders, folder, ':');) {
    auto candidate = fs::absolute(folder.empty() ? "." : folder) / name;
    auto problem = reason_against(candidate);
    if (problem == 0)
      return candidate.string();
    if (problem == EACCES)
      reason = problem;
  }
  throw cannot_start(name, reason);
}

bool contains_runtime(const std::string& path) {
  constexpr std::string_view elf{"\177ELF"};
  constexpr std::string_view marker{runtime_marker};
  descriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  struct stat info {};
  if (!file || fstat(file.get(), &info) != 0 || info.st_size == 0)
    return false;
  auto size = static_cast<std::size_t>(info.st_size);
  auto data = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (data == MAP_FAILED)
    return false;
  std::string_view content{static_cast<const char*>(data), size};
  auto result = content.starts_with(elf)
                && memmem(data, size, marker.data(), marker.size()) != nullptr;
  munmap(data, size);
  return result;
}

std::vector<std::string>
check_libraries(const std::vector<std::string>& paths) {
  std::vector<std::string> result;
  for (const auto& path : paths) {
    load_library(path);
    result.push_back(fs::absolute(path).string());
  }
  return result;
}

void load_library(const std::string& path) {
  // A plain file name means a file here, not one in the system's folders.
  auto absolute = fs::absolute(path).string();
  if (dlopen(absolute.c_str(), RTLD_NOW | RTLD_GLOBAL) != nullptr)
    return;
  auto reason = dlerror();
  throw command_error{exit_code::usage, "cannot_load",
                      "cannot load " + path + ": "
                        + (reason != nullptr ? reason : "unknown reason"),
                      "build it as a MODULE that links to troupe::module"};
}

void load_libraries(int argc, char** argv) {
  constexpr std::string_view flag = "--load";
  for (auto i = 1; i < argc && std::string_view{argv[i]} != "--"; ++i) {
    std::string_view word{argv[i]};
    if (word == flag && i + 1 < argc)
      load_library(argv[++i]);
    else if (word.starts_with("--load="))
      load_library(argv[i] + flag.size() + 1);
  }
}

} // namespace troupe::apps
