// SPDX-License-Identifier: BSL-1.0
#include "troupe/calibration.hpp"

#include "troupe/error.hpp"

#include <zmq.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <sstream>
#include <string_view>
#include <sys/utsname.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace troupe {

namespace {

/// What a threshold in a file may be; anything else is damage.
constexpr auto least_threshold = std::size_t{16};
constexpr auto most_threshold = std::size_t{64} << 20;

/// Most bytes and lines of a file. Older machines are forgotten.
constexpr auto max_file = std::size_t{64} << 10;
constexpr auto max_lines = std::size_t{64};

const char* name_of(endpoint::transport via) {
  switch (via) {
    case endpoint::transport::tcp:
      return "tcp";
    case endpoint::transport::ipc:
      return "ipc";
    default:
      return "inproc";
  }
}

/// Returns the model of the processor, if Linux tells.
std::string processor() {
  std::ifstream file{"/proc/cpuinfo"};
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name"))
      return line.substr(std::min(line.find(':') + 1, line.size()));
  return {};
}

/// Names what a measurement depends on, in one line without line breaks.
const std::string& machine() {
  static const auto text = [] {
    utsname system{};
    uname(&system);
    auto [major, minor, patch] = std::array{0, 0, 0};
    zmq_version(&major, &minor, &patch);
    std::ostringstream out;
    out << "libzmq-" << major << '.' << minor << '.' << patch << ' '
        << system.nodename << ' ' << system.machine << " x"
        << std::thread::hardware_concurrency() << processor();
    return out.str();
  }();
  return text;
}

/// What a line begins with that tells the threshold of `via` on this machine:
/// the rest of it is the number.
std::string key_of(endpoint::transport via) {
  return machine() + " | " + name_of(via) + " = ";
}

std::vector<std::string> lines_of(const std::string& path) {
  std::string text(max_file, '\0');
  std::ifstream file{path, std::ios::binary};
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(
    static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  std::vector<std::string> result;
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);)
    if (line.find(" | ") != std::string::npos)
      result.push_back(std::move(line));
  return result;
}

std::optional<std::size_t> to_threshold(std::string_view text) {
  auto result = std::size_t{0};
  auto last = text.data() + text.size();
  auto [rest, code] = std::from_chars(text.data(), last, result);
  if (code != std::errc{} || rest != last || result < least_threshold
      || result > most_threshold)
    return std::nullopt;
  return result;
}

caf::error cannot_keep(const std::string& path, const std::string& reason) {
  return make_error(ec::system_failure, "cannot keep the copy threshold in '"
                                          + path + "': " + reason
                                          + "; it is measured again next time");
}

} // namespace

// -- the threshold ------------------------------------------------------------

std::size_t best_threshold(std::span<const copy_sample> samples) {
  if (samples.empty())
    return copy_policy::default_threshold;
  // Costs of lending everything; then of copying one more size, and so on.
  auto cost = 0.0;
  auto best = 0.0;
  auto copied = std::size_t{0};
  for (std::size_t i = 0; i < samples.size(); ++i) {
    cost += std::log(samples[i].copied / samples[i].lent);
    if (cost <= best) {
      best = cost;
      copied = i + 1;
    }
  }
  if (copied == 0)
    return samples.front().size / 2;
  if (copied == samples.size())
    return samples.back().size;
  // The ratio of the costs passes 1 between two sizes.
  auto& left = samples[copied - 1];
  auto& right = samples[copied];
  auto below = std::min(std::log(left.copied / left.lent), 0.0);
  auto above = std::max(std::log(right.copied / right.lent), 0.0);
  auto part = above - below > 0 ? -below / (above - below) : 0.5;
  auto ratio = static_cast<double>(right.size) / static_cast<double>(left.size);
  return static_cast<std::size_t>(static_cast<double>(left.size)
                                  * std::pow(ratio, part));
}

// -- calibration_file ---------------------------------------------------------

std::string calibration_file::default_path() {
  auto caches = std::getenv("XDG_CACHE_HOME");
  if (caches != nullptr && *caches == '/')
    return std::string{caches} + "/troupe/copy-thresholds";
  auto home = std::getenv("HOME");
  if (home != nullptr && *home == '/')
    return std::string{home} + "/.cache/troupe/copy-thresholds";
  return {};
}

std::optional<copy_policy>
calibration_file::find(endpoint::transport via) const {
  if (path_.empty())
    return std::nullopt;
  auto key = key_of(via);
  for (auto& line : lines_of(path_))
    if (line.starts_with(key))
      if (auto size = to_threshold(std::string_view{line}.substr(key.size())))
        return copy_policy{*size};
  return std::nullopt;
}

caf::error calibration_file::store(endpoint::transport via,
                                   copy_policy policy) const {
  if (path_.empty())
    return caf::none;
  auto key = key_of(via);
  auto lines = lines_of(path_);
  std::erase_if(lines, [&](auto& line) { return line.starts_with(key); });
  lines.push_back(key + std::to_string(policy.threshold()));
  if (lines.size() > max_lines)
    lines.erase(lines.begin(), lines.end() - max_lines);
  std::error_code code;
  std::filesystem::create_directories(
    std::filesystem::path{path_}.parent_path(), code);
  auto fresh = path_ + '.' + std::to_string(getpid());
  {
    std::ofstream out{fresh, std::ios::binary | std::ios::trunc};
    for (auto& line : lines)
      out << line << '\n';
    if (!out.flush())
      return cannot_keep(path_, "the file cannot be written");
  }
  std::filesystem::rename(fresh, path_, code);
  if (!code)
    return caf::none;
  auto reason = code.message();
  std::filesystem::remove(fresh, code);
  return cannot_keep(path_, reason);
}

// -- what auto stands for -----------------------------------------------------

copy_policy automatic_policy(endpoint::transport via,
                             const calibration_file& file) {
  static std::mutex mutex; // guards `known`, and lets one thread measure
  static std::map<endpoint::transport, copy_policy> known;
  std::unique_lock guard{mutex};
  if (auto i = known.find(via); i != known.end())
    return i->second;
  auto policy = file.find(via);
  if (!policy) {
    policy = calibrate(via);
    // A file that cannot be written costs the next process a moment.
    file.store(via, *policy);
  }
  known.emplace(via, *policy);
  return *policy;
}

} // namespace troupe
