// SPDX-License-Identifier: BSL-1.0
#include "troupe/engine/task_runner.hpp"

#include <utility>

namespace troupe {

namespace {

template <class TimePoint>
std::int64_t nanoseconds(TimePoint x) {
  using std::chrono::duration_cast;
  return duration_cast<std::chrono::nanoseconds>(x.time_since_epoch()).count();
}

std::size_t total_bytes(std::span<const buffer> frames) {
  std::size_t result = 0;
  for (auto& frame : frames)
    result += frame.size();
  return result;
}

} // namespace

task_runner::task_runner(const function_registry& functions,
                         std::function<void()> wake)
  : functions_(functions), wake_(std::move(wake)), caller_(functions) {
  // nop
}

caf::error task_runner::dispatch(message_view batch) {
  if (batch.kind() != wire::Body::Dispatch)
    return troupe::make_error(ec::unexpected_message, "this is no dispatch");
  auto tasks = read_tasks(batch);
  if (!tasks)
    return std::move(tasks.error());
  std::unique_lock guard{mutex_};
  queued_ += static_cast<std::uint32_t>(tasks->entries.size());
  // Moving a message leaves its bytes, and the vector of its frames, in place.
  jobs_.push_back(job{std::move(batch), *tasks, generation_});
  guard.unlock();
  changed_.notify_one();
  return caf::none;
}

task_runner::results task_runner::take_results() {
  std::unique_lock guard{mutex_};
  announced_ = false;
  if (!open_.empty())
    finished_.push_back(open_.finish({}));
  // Asked under the mutex: if no task waits, all results but that of the last
  // task are here, and the end of the last one wakes.
  return {std::exchange(finished_, {}), queued() > 0 && runs_short_tasks()};
}

void task_runner::clear() {
  std::unique_lock guard{mutex_};
  ++generation_;
  for (auto& x : jobs_)
    queued_ -= static_cast<std::uint32_t>(x.tasks.entries.size());
  jobs_.clear();
  finished_.clear();
  open_ = result_batch_builder{batch_kind::results};
  announced_ = false;
}

void task_runner::stop() {
  std::unique_lock guard{mutex_};
  stopped_ = true;
  guard.unlock();
  changed_.notify_one();
}

void task_runner::name(std::string engine) {
  std::unique_lock guard{mutex_};
  name_ = std::move(engine);
}

void task_runner::run() {
  for (;;) {
    std::unique_lock guard{mutex_};
    changed_.wait(guard, [this] { return stopped_ || !jobs_.empty(); });
    guard.unlock();
    if (stopped_)
      return;
    run_next();
  }
}

bool task_runner::run_next() {
  std::unique_lock guard{mutex_};
  if (jobs_.empty())
    return false;
  caller_.name(name_);
  auto work = std::move(jobs_.front());
  jobs_.pop_front();
  guard.unlock();
  run_batch(work);
  return true;
}

void task_runner::run_batch(const job& work) {
  auto& tasks = work.tasks;
  auto left = static_cast<std::uint32_t>(tasks.entries.size());
  // The clocks are read once per task: one ends when the next begins.
  auto begin = clock::now();
  auto epoch = nanoseconds(std::chrono::system_clock::now())
               - nanoseconds(begin);
  for (auto& task : tasks.entries) {
    if (stopped_ || work.generation != generation_)
      break;
    current_ = done_ + 1;
    --queued_;
    --left;
    auto outcome = caller_.call(task, tasks.bytes_of(task),
                                tasks.frames_of(task), work.message.header());
    auto end = clock::now();
    auto is_short = end - begin < long_run;
    auto was_short = short_tasks_.exchange(is_short);
    current_ = 0;
    ++done_;
    report(work,
           wire::ResultEntry{
             task.id(), static_cast<std::uint64_t>((end - begin).count()),
             static_cast<std::uint64_t>(epoch + nanoseconds(begin)), 0, 0, 0, 0,
             value(no_engine), static_cast<std::uint8_t>(outcome),
             task.attempts(), task.encoding(), 0},
           end, left == 0 || !is_short || !was_short);
    begin = end;
  }
  queued_ -= left;
}

void task_runner::report(const job& work, wire::ResultEntry result,
                         clock::time_point now, bool urgent) {
  auto bytes = caller_.bytes();
  auto frames = caller_.frames();
  std::unique_lock guard{mutex_};
  if (work.generation == generation_) {
    if (!open_.takes(bytes.size(), frames.size(), total_bytes(frames)))
      finished_.push_back(open_.finish({}));
    open_.add(result, bytes, frames);
  }
  auto wakes = (urgent || now - last_flush_ >= flush_interval)
               && !std::exchange(announced_, true);
  if (wakes)
    last_flush_ = now;
  guard.unlock();
  caller_.clear();
  if (wakes)
    wake_();
}

} // namespace troupe
