// SPDX-License-Identifier: BSL-1.0

#include "troupe/client/task_options.hpp"

#include "troupe/client/error.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using namespace troupe;

namespace {

/// Returns the sentence with which a device refuses, or nothing.
std::string refusal(const task_options& x) {
  try {
    check_for_device(x);
    return {};
  } catch (const error& err) {
    BOOST_CHECK(err.code == errc::usage);
    BOOST_TEST(err.hint.find("leastload") != std::string::npos);
    return err.what();
  }
}

task_ref some_task() {
  return {nullptr, std::make_shared<task_group>(1, "f")};
}

} // namespace

BOOST_AUTO_TEST_SUITE(task_options_suite)

BOOST_AUTO_TEST_CASE(devices_run_plain_tasks) {
  BOOST_TEST(refusal({}) == "");
  BOOST_TEST(refusal({.attempts = 1}) == "");
}

BOOST_AUTO_TEST_CASE(devices_refuse_everything_else_by_name) {
  const std::pair<const char*, task_options> cases[] = {
    {"after", {.after = {some_task()}}},
    {"follow", {.follow = {some_task()}}},
    {"targets", {.targets = {engine_id{0}}}},
    {"tags", {.tags = {"gpu-node"}}},
    {"needs", {.needs = {{"gpu", 1}}}},
    {"priority", {.priority = 1}},
    {"priority", {.priority = -1}},
    {"queue_limit", {.queue_limit = 1s}},
    {"run_limit", {.run_limit = 1s}},
    {"retries", {.retries = 1}},
    {"retry_delay", {.retry_delay = 1s}},
    {"retry_elsewhere", {.retry_elsewhere = true}},
    {"attempts", {.attempts = 2}},
  };
  for (auto& [name, options] : cases)
    BOOST_TEST(refusal(options).find("\"" + std::string{name} + "\"")
               != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
