// SPDX-License-Identifier: BSL-1.0

#include "harness/run_plan.hpp"

#include <algorithm>
#include <array>
#include <sstream>
#include <string_view>

namespace troupe::perf {

namespace {

/// One run of a workload. On two processors, all of them together take less
/// than ten minutes, with `--quick` less than one.
struct step {
  std::string_view name;
  std::string_view flags;
  std::string_view quick_flags;
};

constexpr std::array steps{
  step{"throughput", "--repeat 3", "--batch 64"},
  step{"latency", "--repeat 3", ""},
  step{"latency", "--task --transport ipc --repeat 3",
       "--task --transport ipc --size 16"},
  step{"crossover", "--repeat 3", "--transport ipc"},
  step{"sends", "--size 64k,512k,4M", ""},
  step{"flood", "--tasks 100,1k,10k,100k,1M --scheme leastload,lru,weighted",
       "--tasks 2k,50k"},
  step{"echo", "", "--size 8,64k"},
  step{"interference", "--size 1M --repeat 3", "--size 1M --transport ipc"},
  step{"map", "--engines 4,31,63 --dt 1,2,4,8,16,32,64,128",
       "--engines 4,16 --dt 1,16"},
  step{"broadcast", "--engines 1,4,16,64,256 --size 16,10k,1M",
       "--engines 4,16 --size 16,100k"},
  step{"backlog", "--queued 1000,10000,100000,1000000",
       "--queued 1000,10000,100000"},
  step{"codec", "", ""},
  step{"startup", "--engines 1,4,16,64", "--engines 1,4"},
  step{"memory", "--queued 100k --tasks 1M", "--queued 20k --tasks 100k"},
};

std::vector<std::string> words_of(std::string_view text) {
  std::istringstream words{std::string{text}};
  std::vector<std::string> result;
  for (std::string word; words >> word;)
    result.push_back(word);
  return result;
}

/// What all runs have in common.
std::vector<std::string> common_flags(const options& with) {
  std::vector<std::string> result{"--json", "--no-progress"};
  if (with.quick)
    result.push_back("--quick");
  if (with.path != path_choice::both)
    result.insert(result.end(), {"--path", with.runs_raw() ? "raw" : "actor"});
  return result;
}

std::vector<std::string> arguments_of(std::string_view name,
                                      std::string_view flags,
                                      const options& with) {
  std::vector<std::string> result{std::string{name}};
  auto append = [&](const std::vector<std::string>& xs) {
    result.insert(result.end(), xs.begin(), xs.end());
  };
  append(words_of(flags));
  append(common_flags(with));
  constexpr unsigned quick_repeat = 3;
  auto repeat = with.repeat == 0 && with.quick ? quick_repeat : with.repeat;
  if (repeat > 0) {
    // A flag can be there only once.
    if (auto i = std::find(result.begin(), result.end(), "--repeat");
        i != result.end())
      result.erase(i, i + 2);
    append({"--repeat", std::to_string(repeat)});
  }
  return result;
}

} // namespace

std::vector<std::vector<std::string>>
plan_of_all(std::span<const workload> others, const options& with) {
  std::vector<std::vector<std::string>> result;
  auto exists = [&](const step& x) {
    return std::any_of(others.begin(), others.end(),
                       [&](const workload& y) { return y.name == x.name; });
  };
  auto is_planned = [](const workload& x) {
    return std::any_of(steps.begin(), steps.end(),
                       [&](const step& y) { return y.name == x.name; });
  };
  for (const auto& x : steps)
    if (exists(x))
      result.push_back(
        arguments_of(x.name, with.quick ? x.quick_flags : x.flags, with));
  for (const auto& x : others)
    if (!is_planned(x))
      result.push_back(arguments_of(x.name, "", with));
  return result;
}

} // namespace troupe::perf
