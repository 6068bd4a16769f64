// SPDX-License-Identifier: BSL-1.0
#include "troupe/client/task_group.hpp"

#include "troupe/protocol/read.hpp"
#include "troupe/socket/spin_control.hpp"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <string_view>
#include <thread>

namespace troupe {

namespace {

/// What this thread learned from its last waits.
thread_local spin_control spinning;

bool one_core() {
  static const auto result = std::thread::hardware_concurrency() < 2;
  return result;
}

} // namespace

/// A thread that waits: for one outcome, for a number of them, or for names.
struct task_group::waiter {
  static constexpr auto any = static_cast<std::size_t>(-1);
  static constexpr auto names = static_cast<std::size_t>(-2);

  std::size_t index = any;
  std::size_t count = 0;
  std::condition_variable changed{};
};

task_group::task_group(std::size_t size, std::string function)
  : size_(size),
    function_(std::move(function)),
    submitted_(clock::now()),
    outcomes_(size),
    finished_(submitted_) {
  order_.reserve(size);
}

// -- for the client actor -----------------------------------------------------

void task_group::number(task_number first, client_id client) {
  std::lock_guard guard{mutex_};
  client_ = client;
  first_number_ = first;
  wake_satisfied();
}

std::size_t
task_group::complete(std::span<std::pair<std::size_t, task_outcome>> xs) {
  std::lock_guard guard{mutex_};
  auto before = order_.size();
  for (auto& [index, outcome] : xs)
    store(index, std::move(outcome));
  if (order_.size() != before)
    wake_satisfied();
  return order_.size() - before;
}

void task_group::fail_pending(task_outcome::status state,
                              const std::string& sentence) {
  std::vector<std::byte> bytes;
  pack_failure({"", sentence}, bytes);
  auto text = buffer::adopt(std::move(bytes));
  std::lock_guard guard{mutex_};
  for (std::size_t i = 0; i < size_; ++i) {
    task_outcome outcome;
    outcome.state = state;
    outcome.bytes = text;
    store(i, std::move(outcome));
  }
  wake_satisfied();
}

void task_group::store(std::size_t index, task_outcome&& outcome) {
  using status = task_outcome::status;
  if (index >= size_ || outcomes_[index].state != status::pending
      || outcome.state == status::pending)
    return;
  outcomes_[index] = std::move(outcome);
  order_.push_back(static_cast<std::uint32_t>(index));
  if (outcomes_[index].state != status::ok)
    ++failed_;
  run_ns_ += outcomes_[index].run_ns;
  if (order_.size() == size_)
    finished_ = clock::now();
}

void task_group::wake_satisfied() {
  for (auto x : waiters_)
    if (satisfies(*x))
      x->changed.notify_one();
}

bool task_group::satisfies(const waiter& x) const {
  if (x.index == waiter::any)
    return order_.size() >= x.count;
  if (x.index == waiter::names)
    return first_number_ != 0 || !order_.empty();
  return outcomes_[x.index].state != task_outcome::status::pending;
}

void task_group::check_index(std::size_t index) const {
  if (index >= size_)
    throw error{errc::usage, "there is no item " + std::to_string(index) + ": "
                               + function_ + " was called for "
                               + std::to_string(size_) + " items"};
}

// -- for users ----------------------------------------------------------------

void task_group::check_cancel(std::size_t first) const {
  if (first > 0)
    check_index(first);
}

bool task_group::wait(std::size_t index, duration limit) const {
  check_index(index);
  waiter self;
  self.index = index;
  return wait(self, limit);
}

bool task_group::wait_all(duration limit) const {
  return wait_count(size_, limit);
}

bool task_group::wait_count(std::size_t count, duration limit) const {
  if (count > 0)
    check_index(count - 1);
  waiter self;
  self.count = count;
  return wait(self, limit);
}

task_id task_group::wait_id(std::size_t index, duration limit) const {
  check_index(index);
  waiter self;
  self.index = waiter::names;
  wait(self, limit);
  return id(index);
}

bool task_group::wait(waiter& self, duration limit) const {
  std::unique_lock guard{mutex_};
  auto satisfied = [&] { return satisfies(self); };
  if (satisfied())
    return true;
  if (limit <= duration::zero())
    return false;
  guard.unlock();
  auto now = clock::now();
  auto came = limit > limits::spin_time && !one_core()
              && spinning.look(limits::spin_time, [&] {
                   std::lock_guard looking{mutex_};
                   return satisfied();
                 });
  guard.lock();
  if (came)
    return true;
  waiters_.push_back(&self);
  if (limit >= clock::time_point::max() - now)
    self.changed.wait(guard, satisfied);
  else
    self.changed.wait_until(guard, now + limit, satisfied);
  std::erase(waiters_, &self);
  return satisfied();
}

bool task_group::ready(std::size_t index) const {
  return wait(index, duration::zero());
}

std::size_t task_group::done() const {
  std::lock_guard guard{mutex_};
  return order_.size();
}

std::size_t task_group::failed() const {
  std::lock_guard guard{mutex_};
  return failed_;
}

std::size_t task_group::completed(std::size_t n) const {
  std::lock_guard guard{mutex_};
  if (n >= order_.size())
    throw error{errc::usage, "only " + std::to_string(order_.size())
                               + " items of " + function_ + " have ended"};
  return order_[n];
}

const task_outcome& task_group::at(std::size_t index) const {
  check_index(index);
  std::lock_guard guard{mutex_};
  if (outcomes_[index].state == task_outcome::status::pending)
    throw error{errc::usage, "item " + std::to_string(index) + " of "
                               + function_ + " has not ended yet"};
  return outcomes_[index];
}

error task_group::error_of(std::size_t index) const {
  auto result = troupe::error_of(at(index), function_);
  if (auto task = id(index); task.number != 0)
    result.task = to_string(task);
  return result;
}

task_group::clock::time_point task_group::finished() const {
  std::lock_guard guard{mutex_};
  return order_.size() == size_ ? finished_ : clock::now();
}

duration task_group::serial_time() const {
  std::lock_guard guard{mutex_};
  return duration{run_ns_};
}

// -- what outcomes mean -------------------------------------------------------

namespace {

/// How the failures that troupe itself makes are told to users.
struct known_failure {
  std::string_view type;
  errc code;
  const char* hint;
};

constexpr auto known_failures = std::array{
  known_failure{"unknown_function", errc::task_not_registered,
                "add TROUPE_TASK(fn), or start the engines with --program or "
                "--load"},
  known_failure{"no_engines", errc::no_engines,
                "see `troupe status`: engines may have failed to start"},
  known_failure{"engines_gone", errc::no_engines,
                "see `troupe status` for the engines there are"},
  known_failure{"no_engine_fits", errc::no_engines,
                "start engines with the --tags and --slots that it needs"},
  known_failure{"rejected", errc::no_engines,
                "the function throws troupe::reject: see its own words"},
  known_failure{"bad_needs", errc::usage, ""},
  known_failure{"unknown_engine", errc::no_engines,
                "client::ids() has the engines there are"},
  known_failure{"invalid_dependency", errc::dependency_failed,
                "depend on the latest tasks of the same client only"},
  known_failure{"unreachable_dependency", errc::dependency_failed,
                "ends::anyhow lets it run however they end"},
  known_failure{"impossible_dependency", errc::dependency_failed,
                "follow any() of them, or give them the same target"},
  known_failure{"signature_mismatch", errc::version_mismatch,
                "build client and engines from the same source, and start the "
                "cluster again"},
  known_failure{"bad_arguments", errc::usage, ""},
  known_failure{too_large_failure, errc::too_large,
                "split the argument, or pass a file name"},
};

error known_error(const known_failure& x, const std::string& message,
                  const std::string& function) {
  auto text = message.find(function) != message.npos
                ? message
                : function + ": " + message;
  return error{x.code, text, x.hint};
}

error task_error(const task_outcome& outcome, const failure& reason,
                 const std::string& function) {
  using status = task_outcome::status;
  auto behind = reason.message.empty() ? reason.type : reason.message;
  behind = behind.empty() ? std::string{} : ": " + behind;
  switch (outcome.state) {
    case status::failed: {
      auto thrown = reason.type.empty() ? std::string{} : reason.type + ": ";
      return error{errc::task_failed,
                   function + " failed: " + thrown + reason.message};
    }
    case status::aborted:
      return error{errc::cancelled, function + " was cancelled" + behind};
    case status::timed_out:
      return error{errc::timed_out,
                   "the time of " + function + " ran out" + behind};
    case status::impossible:
      return error{errc::no_engines, "no engine can run " + function + behind,
                   "see `troupe status` for what the engines can run"};
    case status::engine_lost:
      if (reason.type == "engine_gone")
        return error{errc::engine_lost, function + behind,
                     "client::ids() has the engines there are"};
      return error{errc::engine_lost,
                   function + " was lost with its engine after "
                     + std::to_string(outcome.attempts)
                     + (outcome.attempts == 1 ? " attempt" : " attempts")
                     + behind,
                   "the task may kill its engine; "
                   "task_options::attempts allows more attempts"};
    case status::no_cluster:
      return error{errc::no_cluster, reason.message};
    default:
      return error{errc::failed, function + " has no error"};
  }
}

} // namespace

error error_of(const task_outcome& outcome, const std::string& function) {
  using status = task_outcome::status;
  auto reason = read_failure(outcome.bytes.bytes());
  auto known = std::find_if(known_failures.begin(), known_failures.end(),
                            [&](auto& x) { return x.type == reason.type; });
  auto ours = known != known_failures.end()
              && (outcome.state == status::failed
                  || outcome.state == status::impossible);
  auto result = ours ? known_error(*known, reason.message, function)
                     : task_error(outcome, reason, function);
  result.engine = outcome.engine;
  if (!ours && outcome.state == status::failed)
    result.remote_type = std::move(reason.type);
  return result;
}

} // namespace troupe
