// SPDX-License-Identifier: BSL-1.0
#include "cluster/settings.hpp"

#include "cli/command_error.hpp"
#include "cluster/programs.hpp"
#include "troupe/client/controller_start.hpp"
#include "troupe/copy_policy.hpp"
#include "troupe/error.hpp"
#include "troupe/limits.hpp"
#include "troupe/process/runtime_dir.hpp"
#include "troupe/scheduling/placement_scheme.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>
#include <thread>

namespace troupe::apps {

namespace {

/// Reads a group such as `2:gpu-node,gpu=1`.
engine_group read_group(const std::string& text) {
  auto colon = std::min(text.find(':'), text.size());
  engine_group result;
  auto [rest, code] = std::from_chars(text.data(), text.data() + colon,
                                      result.engines);
  if (code != std::errc{} || rest != text.data() + colon || colon == text.size()
      || result.engines == 0 || result.engines > limits::max_engines)
    throw usage_error("--group " + text + " is no group of engines",
                      "write a number, a colon, tags and slots, as in "
                      "--group 2:gpu-node,gpu=1");
  std::string tags;
  std::string slots;
  std::istringstream words{text.substr(colon + 1)};
  for (std::string word; std::getline(words, word, ',');) {
    auto& target = word.find('=') == word.npos ? tags : slots;
    target += (target.empty() ? "" : ",") + word;
  }
  auto means = read_means(tags, slots);
  result.tags = std::move(means.tags);
  result.slots = std::move(means.slots);
  return result;
}

/// Returns all engines with tags or slots. Those of `--engines` count as a
/// group as soon as they have some.
std::vector<engine_group> groups_of(const cluster_settings& x) {
  std::vector<engine_group> result;
  for (auto& text : x.groups)
    result.push_back(read_group(text));
  if (auto means = read_means(x.tags, x.slots); !means.empty())
    result.push_back({x.engines > 0 ? x.engines : default_engines(),
                      std::move(means.tags), std::move(means.slots)});
  return result;
}

/// Returns the engines that have neither tags nor slots.
unsigned plain_engines(const cluster_settings& x) {
  return x.tags.empty() && x.slots.empty() ? x.engines : 0;
}

} // namespace

resources read_means(const std::string& tags, const std::string& slots) {
  auto result = parse_resources(tags, slots);
  if (!result)
    throw usage_error(describe(result.error()),
                      "as in  --tags gpu-node,fast --slots gpu=1,mem=4G");
  return std::move(*result);
}

cluster_settings checked(cluster_settings x) {
  if (!runtime_dir::valid_name(x.name))
    throw usage_error("\"" + x.name.substr(0, 80)
                        + "\" is no name for a cluster",
                      "use 1 to 64 letters, digits, '.', '_' or '-'");
  if (auto policy = copy_policy::parse(x.copy_threshold); !policy)
    throw usage_error("--copy-threshold: " + describe(policy.error()),
                      "use always, never or a size such as 1024, 64k, 1M");
  groups_of(x); // throws if they make no sense
  if (!x.program.empty())
    x.program = find_program(x.program);
  if (!x.program.empty() && !x.load.empty())
    throw usage_error("--load is for engines of this program, --program for "
                      "those of another: give one of them");
  x.load = check_libraries(x.load);
  if (x.scheme == device_scheme && x.hwm != 0)
    throw usage_error("--scheme pure is a device that deals tasks out in turn: "
                      "it heeds no --hwm",
                      "leave --hwm out, or take another scheme");
  if (x.scheme == device_scheme && x.broadcast_depth != 0)
    throw usage_error("--scheme pure does not go with --broadcast-depth",
                      "leave --broadcast-depth out, or take another scheme");
  // Libraries may bring schemes.
  if (x.scheme != device_scheme && find_scheme(x.scheme) == nullptr)
    throw usage_error(unknown_scheme_text(x.scheme),
                      "those of your own come with --load LIB.so");
  return x;
}

cluster_options to_cluster_options(const cluster_settings& x) {
  cluster_options result;
  result.engines = plain_engines(x);
  result.groups = groups_of(x);
  result.scheme = x.scheme;
  result.hwm = x.hwm;
  result.broadcast_depth = x.broadcast_depth;
  result.copy_threshold = x.copy_threshold;
  result.engine_timeout = x.wait;
  result.program = x.program;
  if (x.program.empty()) {
    result.program = own_program();
    result.arguments = engine_arguments(x.load);
  }
  return result;
}

controller_process_config to_controller_config(const cluster_settings& x) {
  controller_process_config result;
  result.name = x.name;
  result.listen = x.listen;
  result.port = x.port;
  result.curve_off = x.curve_off;
  result.engines = plain_engines(x);
  if (auto err = add_groups(result, groups_of(x)))
    throw usage_error(describe(err));
  result.start_limit = x.wait;
  result.engine.program = x.program;
  if (x.program.empty()) {
    result.engine.program = own_program();
    result.engine.arguments = engine_arguments(x.load);
  }
  result.pure = x.scheme == device_scheme;
  if (!result.pure)
    result.scheduler.scheme = find_scheme(x.scheme);
  result.scheduler.hwm = x.hwm;
  result.broadcast_depth = x.broadcast_depth;
  result.bridge.copy = *copy_policy::parse(x.copy_threshold);
  return result;
}

std::vector<std::string>
engine_arguments(const std::vector<std::string>& libraries) {
  std::vector<std::string> result{"engine"};
  for (const auto& path : libraries)
    result.insert(result.end(), {"--load", path});
  return result;
}

unsigned default_engines() {
  return std::max(1u, std::thread::hardware_concurrency());
}

} // namespace troupe::apps
