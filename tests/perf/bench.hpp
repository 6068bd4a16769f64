// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/wait.h>
#include <vector>

namespace troupe::test {

struct bench_outcome {
  int status = -1;
  std::vector<std::string> lines;

  /// All lines as JSON. Throws if one is not.
  std::vector<nlohmann::json> rows() const {
    std::vector<nlohmann::json> result;
    for (const auto& line : lines)
      result.push_back(nlohmann::json::parse(line));
    return result;
  }
};

/// Runs `troupe-bench` as people do.
/// @param before what the shell has to do first.
inline bench_outcome run_bench(const std::string& flags,
                               const std::string& before = "") {
  bench_outcome result;
  auto command = before + TROUPE_BENCH + " " + flags;
  auto stream = popen(command.c_str(), "r");
  char* line = nullptr;
  std::size_t capacity = 0;
  while (getline(&line, &capacity, stream) > 0)
    result.lines.emplace_back(line);
  std::free(line);
  auto status = pclose(stream);
  if (WIFEXITED(status))
    result.status = WEXITSTATUS(status);
  return result;
}

/// Returns all of a file; nothing if it is not there.
inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

} // namespace troupe::test
