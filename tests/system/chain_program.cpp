// SPDX-License-Identifier: BSL-1.0

// A program that is client and engine: chains of tasks in which something goes
// wrong. Links write down that they ran. Prints a line per promise.

#include "system/promises.hpp"
#include <troupe/troupe.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <vector>

using namespace std::chrono_literals;
using troupe::test::check;

namespace {

constexpr auto length = 2000;
constexpr auto middle = 1000;

/// Whether this is the first call with this path, of all processes.
bool first_time(const std::string& path) {
  auto file = open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY, 0600);
  if (file >= 0)
    close(file);
  return file >= 0;
}

/// Writes its number to the end of `log`. `event` happens before: `fail`, or,
/// the first time, `throw` or `die`.
int link(std::string log, int number, std::string event) {
  auto happens = event == "fail" || (!event.empty() && first_time(log + event));
  if (happens && event == "die")
    raise(SIGKILL);
  if (happens)
    throw std::runtime_error("as it was told");
  auto line = std::to_string(number) + "\n";
  auto file = open(log.c_str(), O_CREAT | O_APPEND | O_WRONLY, 0600);
  auto written = write(file, line.data(), line.size());
  close(file);
  if (written != static_cast<ssize_t>(line.size()))
    throw std::runtime_error("cannot write " + log);
  return number;
}
TROUPE_TASK(link);

/// Where links write.
class scratch {
public:
  std::string log() const {
    return directory_ / "log";
  }

  /// The numbers that links wrote.
  std::vector<int> numbers() const {
    std::vector<int> result;
    std::ifstream in{log()};
    for (auto number = 0; in >> number;)
      result.push_back(number);
    return result;
  }

private:
  troupe::test::temp_dir directory_;
};

using links = std::vector<troupe::async_result<int>>;

/// Submits a chain in whose middle something happens.
links submit(const troupe::client& session, const scratch& dir,
             const std::string& event, std::uint8_t retries = 0) {
  auto view = session.balanced();
  links result;
  for (auto i = 0; i < length; ++i) {
    troupe::task_options with;
    if (i > 0)
      with.after = {result.back()};
    if (i == middle)
      with.retries = retries;
    result.push_back(view.with(with).apply<link>(
      dir.log(), i, i == middle ? event : std::string{}));
  }
  return result;
}

/// Whether these links return their numbers.
bool end_well(links& xs, int first, int last) {
  auto result = true;
  for (auto i = first; i < last; ++i)
    result = result && xs[i].get(40s) == i;
  return result;
}

std::vector<int> sequence(int last) {
  std::vector<int> result;
  for (auto i = 0; i < last; ++i)
    result.push_back(i);
  return result;
}

// -- stories ------------------------------------------------------------------

void broken(const troupe::client& session) {
  scratch dir;
  auto xs = submit(session, dir, "fail");
  check(end_well(xs, 0, middle), "links before the one that fails end well");
  auto unreachable = true;
  for (auto i = middle; i < length; ++i)
    try {
      xs[i].get(40s);
      unreachable = false;
    } catch (const troupe::error& x) {
      auto expected = i == middle ? troupe::errc::task_failed
                                  : troupe::errc::dependency_failed;
      unreachable = unreachable && x.code == expected
                    && xs[i].info().attempts == (i == middle ? 1 : 0);
    }
  check(unreachable, "those behind it end without an attempt");
  check(dir.numbers() == sequence(middle), "each ran once, in order");
}

void retried(const troupe::client& session) {
  scratch dir;
  auto xs = submit(session, dir, "throw", 1);
  auto fine = end_well(xs, 0, length);
  for (auto i = 0; i < length; ++i)
    fine = fine && xs[i].info().attempts == (i == middle ? 2 : 1);
  check(fine, "a link runs again, and the others are not counted twice");
  check(dir.numbers() == sequence(length), "each ran once, in order");
}

void killed(const troupe::client& session) {
  scratch dir;
  auto before = session.status();
  auto xs = submit(session, dir, "die");
  check(end_well(xs, 0, length), "a chain outlives the engine that it was on");
  auto after = session.status();
  check(after.accepted - before.accepted == length
          && after.reported - before.reported == length,
        "each link is reported once");
  auto reached = -1;
  auto ordered = true;
  for (auto number : dir.numbers()) {
    ordered = ordered && number <= reached + 1;
    reached = std::max(reached, number);
  }
  check(ordered && reached == length - 1, "no link ran before the one before");
}

const std::map<std::string, void (*)(const troupe::client&)> stories{
  {"broken", broken},
  {"retried", retried},
  {"killed", killed}};

} // namespace

int main(int argc, char** argv) {
  troupe::runtime rt{argc, argv};
  auto cluster = troupe::cluster::local();
  stories.at(argc > 1 ? argv[1] : "")(cluster.connect());
}
