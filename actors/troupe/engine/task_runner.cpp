// SPDX-License-Identifier: BSL-1.0
#include "troupe/engine/task_runner.hpp"

#include "troupe/engine/this_task.hpp"
#include "troupe/protocol/control.hpp"

#include <algorithm>
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

void task_runner::queue::close() {
  finished.push_back(open.finish(peer));
}

std::vector<multipart> task_runner::queue::take() {
  if (!open.empty())
    close();
  return std::exchange(finished, {});
}

caf::expected<bool> task_runner::dispatch(message_view batch,
                                          task_source from) {
  if (batch.kind() != wire::Body::Dispatch)
    return troupe::make_error(ec::unexpected_message, "this is no dispatch");
  auto tasks = read_tasks(batch);
  if (!tasks)
    return std::move(tasks.error());
  auto limits = read_limits(batch);
  if (!limits)
    return std::move(limits.error());
  // The end of a dispatch wakes: nothing of a single task is held back.
  auto several = tasks->entries.size() > 1;
  std::unique_lock guard{mutex_};
  queued_ += static_cast<std::uint32_t>(tasks->entries.size());
  // Moving a message leaves its bytes, and the vector of its frames, in place.
  of(from).jobs.push_back(
    job{std::move(batch), *tasks, *limits, generation_, from});
  if (from == task_source::direct)
    direct_ = true;
  guard.unlock();
  changed_.notify_one();
  return several && runs_short_tasks();
}

task_runner::results task_runner::take_results() {
  std::unique_lock guard{mutex_};
  announced_ = false;
  results result{of(task_source::balanced).take(),
                 of(task_source::direct).take()};
  // Asked under the mutex: if no task waits, all results but that of the last
  // task are here, and the end of the last one wakes.
  result.look_again = queued() > 0 && runs_short_tasks();
  return result;
}

void task_runner::give_back(std::uint32_t count) {
  std::unique_lock guard{mutex_};
  auto& jobs = of(task_source::balanced).jobs;
  while (count > 0 && !jobs.empty()) {
    auto& tasks = jobs.back().tasks.entries;
    auto some = std::min<std::size_t>(count, tasks.size());
    skip(tasks.last(some));
    tasks = tasks.first(tasks.size() - some);
    count -= static_cast<std::uint32_t>(some);
    if (tasks.empty())
      jobs.pop_back();
  }
  if (running_ == nullptr || running_->generation != generation_)
    return;
  auto some = cursor_->take_back(count);
  skip(running_->tasks.entries.subspan(cursor_->end(), some));
}

void task_runner::skip(std::span<const wire::TaskEntry> tasks) {
  auto& queue = of(task_source::balanced);
  for (auto& x : tasks) {
    if (!queue.open.takes(0, 0, 0))
      queue.close();
    queue.open.add({x.id(), 0, 0, 0, 0, 0, 0, value(no_engine),
                    static_cast<std::uint8_t>(wire::Outcome::Skipped),
                    x.attempts(), x.encoding(), 0},
                   {}, {});
  }
  queued_ -= static_cast<std::uint32_t>(tasks.size());
}

void task_runner::clear() {
  std::unique_lock guard{mutex_};
  ++generation_;
  for (auto& x : queues_) {
    for (auto& work : x.jobs)
      queued_ -= static_cast<std::uint32_t>(work.tasks.entries.size());
    x = queue{};
  }
  direct_ = false;
  announced_ = false;
}

void task_runner::stop() {
  std::unique_lock guard{mutex_};
  stopped_ = true;
  guard.unlock();
  control_.stop_all();
  changed_.notify_one();
}

void task_runner::name(std::string engine, engine_id number) {
  std::unique_lock guard{mutex_};
  name_ = std::move(engine);
  number_ = number;
}

void task_runner::run() {
  detail::set_stop_source(&control_.source());
  for (;;) {
    std::unique_lock guard{mutex_};
    changed_.wait(guard, [this] {
      return stopped_ || direct_ || !of(task_source::balanced).jobs.empty();
    });
    guard.unlock();
    if (stopped_)
      return;
    run_next();
  }
}

bool task_runner::run_next() {
  return run_next(direct_ ? task_source::direct : task_source::balanced);
}

bool task_runner::run_next(task_source from) {
  std::unique_lock guard{mutex_};
  auto& jobs = of(from).jobs;
  if (jobs.empty())
    return false;
  caller_.name(name_);
  runs_as_ = number_;
  auto work = std::move(jobs.front());
  jobs.pop_front();
  batch_cursor cursor{static_cast<std::uint32_t>(work.tasks.entries.size())};
  if (from == task_source::direct) {
    direct_ = !jobs.empty();
  } else {
    running_ = &work;
    cursor_ = &cursor;
  }
  guard.unlock();
  run_batch(work, cursor);
  if (from == task_source::balanced) {
    guard.lock();
    running_ = nullptr;
  }
  return true;
}

bool task_runner::run_direct() {
  if (!direct_)
    return false;
  while (!stopped_ && run_next(task_source::direct)) {
    // nop
  }
  return true;
}

void task_runner::run_batch(const job& work, batch_cursor& cursor) {
  auto limits = work.limits;
  auto next = work.tasks.entries.data();
  // The clocks are read once per task: one ends when the next begins.
  auto begin = clock::now();
  auto epoch = nanoseconds(std::chrono::system_clock::now())
               - nanoseconds(begin);
  for (;;) {
    if (work.source == task_source::balanced && run_direct())
      begin = clock::now();
    if (stopped_ || work.generation != generation_ || !cursor.claim())
      break;
    --queued_;
    auto& task = *next++;
    auto outcome = run_task(work, task, limits, begin);
    auto end = clock::now();
    auto is_short = end - begin < long_run;
    auto was_short = short_tasks_.exchange(is_short);
    control_.end();
    if (outcome != wire::Outcome::Skipped)
      ++done_;
    if (work.source == task_source::balanced)
      last_good_ = outcome == wire::Outcome::Ok ? task.id() : 0;
    report(work, cursor,
           wire::ResultEntry{
             task.id(), static_cast<std::uint64_t>((end - begin).count()),
             static_cast<std::uint64_t>(epoch + nanoseconds(begin)), 0, 0, 0, 0,
             value(runs_as_), static_cast<std::uint8_t>(outcome),
             task.attempts(), task.encoding(), 0},
           end, !is_short || !was_short);
    begin = end;
  }
  queued_ -= cursor.take_back(cursor.left());
}

bool task_runner::too_early(const job& work,
                            const wire::TaskEntry& task) const {
  if (task.priority() != dispatch_marks::early)
    return false;
  auto first = &task == work.tasks.entries.data();
  auto before = first ? work.message.get<wire::Dispatch>()->behind()
                      : (&task - 1)->id();
  return before == 0 || before != last_good_;
}

wire::Outcome task_runner::run_task(const job& work,
                                    const wire::TaskEntry& task,
                                    std::span<const wire::RunLimit>& limits,
                                    clock::time_point now) {
  auto direct = work.source == task_source::direct;
  source_.store(work.source, std::memory_order_relaxed);
  if (!control_.begin(direct ? direct_key(task.id()) : task.id()))
    return caller_.leave_out();
  if (too_early(work, task))
    return caller_.skip();
  auto& tasks = work.tasks;
  if (!limits.empty()) {
    auto place = static_cast<std::size_t>(&task - tasks.entries.data());
    while (!limits.empty() && limits.front().task() < place)
      limits = limits.subspan(1);
    if (!limits.empty() && limits.front().task() == place) {
      std::chrono::milliseconds most{limits.front().run_ms()};
      if (control_.limit(now + most))
        wake_(); // somebody has to look at the clock
    }
  }
  auto outcome = caller_.call(task, tasks.bytes_of(task), tasks.frames_of(task),
                              work.message.header());
  if (outcome == wire::Outcome::Error && control_.source().stop_requested())
    return control_.time_is_over() ? wire::Outcome::Timeout
                                   : wire::Outcome::Aborted;
  return outcome;
}

bool task_runner::abandon(std::uint64_t key, wire::Outcome outcome,
                          const failure& why) {
  std::vector<std::byte> bytes;
  pack_failure(why, bytes);
  std::unique_lock guard{mutex_};
  if (key == 0 || control_.current() != key)
    return false;
  // It stays the current one: its report needs the mutex.
  ++generation_;
  auto source = source_.load(std::memory_order_relaxed);
  if (source == task_source::direct)
    key = direct_key(key);
  of(source).open.add({key, 0, 0, 0, 0, 0, 0, value(no_engine),
                       static_cast<std::uint8_t>(outcome), 1, 0, 0},
                      bytes, {});
  return true;
}

void task_runner::report(const job& work, const batch_cursor& cursor,
                         wire::ResultEntry result, clock::time_point now,
                         bool urgent) {
  auto bytes = caller_.bytes();
  auto frames = caller_.frames();
  std::unique_lock guard{mutex_};
  if (work.generation == generation_) {
    auto& queue = of(work.source);
    auto fits = queue.open.takes(bytes.size(), frames.size(),
                                 total_bytes(frames))
                && queue.peer == work.message.peer();
    if (!fits && !queue.open.empty())
      queue.close();
    queue.peer = work.message.peer();
    queue.open.add(result, bytes, frames);
  }
  auto interval = flush_interval(std::chrono::nanoseconds{result.run_ns()});
  // Asked under the mutex: who gives tasks back looks at the results then.
  auto last = cursor.left() == 0;
  auto wakes = (last || urgent || now - last_flush_ >= interval)
               && !std::exchange(announced_, true);
  if (wakes)
    last_flush_ = now;
  guard.unlock();
  caller_.clear();
  if (wakes)
    wake_();
}

} // namespace troupe
