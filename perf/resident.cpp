// SPDX-License-Identifier: BSL-1.0

#include "resident.hpp"

#include <fstream>
#include <stdexcept>
#include <string>

namespace troupe::perf {

double resident_bytes(pid_t pid) {
  // Unlike statm, exact.
  std::ifstream file{"/proc/" + std::to_string(pid) + "/smaps_rollup"};
  std::string line;
  while (std::getline(file, line))
    if (line.starts_with("Rss:"))
      return std::stod(line.substr(4)) * 1024;
  throw std::runtime_error("a process to look at is gone");
}

} // namespace troupe::perf
