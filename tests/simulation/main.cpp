// SPDX-License-Identifier: BSL-1.0

// Runs stories that are too long for the test suite:
//
//     troupe-simulate seeds 1 1000000
//     troupe-simulate actor 1 10000
//     troupe-simulate large 10000 10000000 1000
//     troupe-simulate tell 17

#include "simulation/world.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

using namespace troupe::simulation;

namespace {

constexpr auto usage =
  "usage: troupe-simulate seeds FIRST LAST\n"
  "       troupe-simulate actor FIRST LAST\n"
  "       troupe-simulate large ENGINES TASKS DEATHS [SEED]\n"
  "       troupe-simulate tell SEED\n";

int run_seeds(std::uint64_t first, std::uint64_t last,
              const run_options& options) {
  auto tasks = std::uint64_t{0};
  for (auto seed = first; seed <= last; ++seed) {
    auto x = small_story(seed);
    auto end = run(x, options);
    tasks += end.tasks;
    if (end.violation.empty())
      continue;
    std::cout << "seed " << seed << ": " << end.violation << '\n'
              << tell(shrink(x, options), options);
    return 1;
  }
  std::cout << last - first + 1 << " stories, " << tasks << " tasks\n";
  return 0;
}

int run_large(std::uint32_t engines, std::uint64_t tasks, std::uint32_t deaths,
              std::uint64_t seed) {
  auto start = std::chrono::steady_clock::now();
  auto end = run(large_story(seed, engines, tasks, deaths),
                 {.validate_every = 10000});
  std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
  if (!end.violation.empty())
    std::cout << "violation: " << end.violation << '\n';
  std::printf("engines %u  tasks %llu  deaths %u  dispatches %llu  rounds %llu "
              " virtual %.2f s  real %.2f s  hash %016llx\n",
              engines, static_cast<unsigned long long>(end.tasks), deaths,
              static_cast<unsigned long long>(end.dispatches),
              static_cast<unsigned long long>(end.rounds),
              static_cast<double>(end.duration) / 1e9, time.count(),
              static_cast<unsigned long long>(end.hash));
  return end.violation.empty() ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  std::string command = argc > 1 ? argv[1] : "";
  std::vector<std::uint64_t> numbers;
  for (auto i = 2; i < argc; ++i)
    numbers.push_back(std::strtoull(argv[i], nullptr, 10));
  if (command == "seeds" && numbers.size() == 2)
    return run_seeds(numbers[0], numbers[1], {});
  if (command == "actor" && numbers.size() == 2)
    return run_seeds(numbers[0], numbers[1], {.through_actor = true});
  if (command == "large" && (numbers.size() == 3 || numbers.size() == 4))
    return run_large(static_cast<std::uint32_t>(numbers[0]), numbers[1],
                     static_cast<std::uint32_t>(numbers[2]),
                     numbers.size() == 4 ? numbers[3] : 1);
  if (command == "tell" && numbers.size() == 1) {
    std::cout << tell(small_story(numbers[0]));
    return 0;
  }
  std::cerr << usage;
  return 2;
}
