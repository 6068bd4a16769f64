// SPDX-License-Identifier: BSL-1.0

// Counts the engines that 20 tasks reach, with the default scheme and with one
// of this program.

#include "fullest.hpp"
#include <troupe/troupe.hpp>

#include <iostream>
#include <set>
#include <string>
#include <vector>

TROUPE_PLACEMENT_SCHEME(fullest);

namespace {

int next(int x) {
  return x + 1;
}
TROUPE_TASK(next);

std::size_t engines_used(const std::string& scheme) {
  auto cluster =
    troupe::cluster::local({.engines = 4, .scheme = scheme, .hwm = 64});
  auto client = cluster.connect();
  auto results = client.balanced().map<next>(std::vector<int>(20));
  std::set<troupe::engine_id> engines;
  for (std::size_t i = 0; i < results.size(); ++i) {
    results.get(i);
    engines.insert(results.info(i).engine);
  }
  return engines.size();
}

} // namespace

int main(int argc, char** argv) {
  troupe::runtime rt{argc, argv};
  for (auto scheme : {"leastload", "fullest"})
    std::cout << scheme << ' ' << engines_used(scheme) << std::endl;
}
