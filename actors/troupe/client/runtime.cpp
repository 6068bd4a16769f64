// SPDX-License-Identifier: BSL-1.0
#include "troupe/client/runtime.hpp"

#include "troupe/client/controller_start.hpp"
#include "troupe/engine/engine_process.hpp"
#include "troupe/engine/function_registry.hpp"
#include "troupe/error.hpp"
#include "troupe/process/connection_info.hpp"

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace troupe {

namespace {

std::atomic<int> runtimes{0};
std::atomic<bool> engine_here{false};

/// Keeps the marker in the program, whatever the linker thinks of it.
const char* volatile marker_in_use = nullptr;

constexpr auto usage_status = 2;

/// Takes a variable out of the environment, so that what this process starts
/// does not believe to be meant.
std::string take_variable(const char* name) {
  auto value = std::getenv(name);
  std::string result = value != nullptr ? value : "";
  unsetenv(name);
  return result;
}

[[noreturn]] void leave(int status) {
  std::fflush(nullptr);
  std::exit(status);
}

[[noreturn]] void refuse(const std::string& sentence) {
  std::fprintf(stderr, "troupe: %s\n", sentence.c_str());
  leave(usage_status);
}

void check_functions() {
  auto& problems = function_registry::global().problems();
  if (problems.empty())
    return;
  for (auto& x : problems)
    std::fprintf(stderr, "troupe: %s\n", x.c_str());
  leave(usage_status);
}

[[noreturn]] void play_engine() {
  auto json = std::getenv(connection_variable);
  if (json == nullptr)
    refuse(std::string{"an engine needs "} + connection_variable
           + " in its environment");
  auto info = parse_connection_info(json);
  if (!info)
    refuse(std::string{connection_variable} + ": " + describe(info.error()));
  auto means = parse_resources(take_variable("TROUPE_TAGS"),
                               take_variable("TROUPE_SLOTS"));
  if (!means)
    refuse("TROUPE_TAGS or TROUPE_SLOTS: " + describe(means.error()));
  engine_here = true;
  leave(run_engine(*info, {}, std::move(*means)));
}

[[noreturn]] void play_controller() {
  auto cfg = parse_controller_start(take_variable(controller_variable));
  if (!cfg)
    refuse(std::string{controller_variable} + ": " + describe(cfg.error()));
  leave(run_controller(*cfg));
}

} // namespace

void runtime::start(int&, char**, const char* marker) {
  marker_in_use = marker;
  ++runtimes;
  std::signal(SIGPIPE, SIG_IGN);
  auto role = take_variable("TROUPE_ROLE");
  check_functions();
  if (role == "engine")
    play_engine();
  if (role == "controller")
    play_controller();
  if (!role.empty())
    refuse("TROUPE_ROLE is \"" + role
           + "\", but has to be engine or controller");
}

runtime::~runtime() {
  --runtimes;
}

bool runtime::exists() noexcept {
  return runtimes > 0;
}

bool runtime::plays_engine() noexcept {
  return engine_here;
}

} // namespace troupe
