// SPDX-License-Identifier: BSL-1.0
#include "map/map_run.hpp"

#include <thread>
#include <utility>

namespace troupe::apps {

namespace {

constexpr auto slice = std::chrono::milliseconds{100};

} // namespace

item_sink::~item_sink() {
  // nop
}

map_run::map_run(map_job& job, input_reader& inputs, item_sink& sink,
                 stop_event& stop, map_limits limits)
  : job_(job),
    inputs_(inputs),
    sink_(sink),
    stop_(stop),
    limits_(limits),
    begin_(std::chrono::steady_clock::now()) {
  // nop
}

map_summary map_run::run() {
  std::thread reader{[this] { read_all(); }};
  std::exception_ptr failure;
  try {
    put_all();
  } catch (...) {
    failure = std::current_exception();
  }
  summary_.stopped = !summary_.cut && !failure && stop_.raised();
  stop_.raise(); // nobody needs more inputs
  changed_.notify_all();
  reader.join();
  if (!failure && !summary_.cut)
    failure = failure_;
  if (failure)
    std::rethrow_exception(failure);
  summary_.elapsed = std::chrono::steady_clock::now() - begin_;
  return summary_;
}

// -- the thread that reads ----------------------------------------------------

void map_run::read_all() {
  std::exception_ptr failure;
  try {
    while (wait_for_room()) {
      auto group = read_group();
      if (group.empty() || stop_.raised())
        break;
      submit(std::move(group));
    }
  } catch (...) {
    failure = std::current_exception();
  }
  std::unique_lock guard{mutex_};
  failure_ = failure;
  ended_ = true;
  changed_.notify_all();
}

std::vector<std::string> map_run::read_group() {
  std::vector<std::string> result;
  std::size_t bytes = 0;
  for (std::string input; inputs_.next(input);) {
    bytes += input.size();
    result.push_back(std::move(input));
    if (result.size() >= limits_.together || bytes >= limits_.bytes_together
        || !inputs_.ready())
      break;
  }
  return result;
}

void map_run::submit(std::vector<std::string> group) {
  auto first = submitted_ + 1;
  try {
    push(job_.submit(group, first));
    return;
  } catch (const error& e) {
    // If the very first input makes no sense, then none will.
    if (e.code != errc::usage || (first == 1 && group.size() == 1))
      throw;
    if (group.size() == 1) {
      push(refused_batch(std::move(group.front()), first, e));
      return;
    }
  }
  for (auto& input : group)
    submit({std::move(input)});
}

bool map_run::wait_for_room() {
  std::unique_lock guard{mutex_};
  while (!stop_.raised() && submitted_ - put_ >= limits_.outstanding)
    changed_.wait_for(guard, slice);
  return !stop_.raised();
}

void map_run::push(std::unique_ptr<batch> x) {
  std::unique_lock guard{mutex_};
  submitted_ += x->size();
  batches_.push_back(std::move(x));
  changed_.notify_all();
}

// -- the thread that calls run ------------------------------------------------

void map_run::put_all() {
  while (auto current = next_batch())
    if (!put_batch(*current))
      return;
}

bool map_run::put_batch(batch& x) {
  for (std::size_t i = 0; i < x.size(); ++i) {
    auto ended = wait_for(x, i);
    if (!ended)
      return false;
    if (ended->problem && ended->problem->code == errc::no_cluster)
      throw *ended->problem;
    count(*ended);
    if (!sink_.put(*ended)) {
      summary_.cut = true;
      return false;
    }
  }
  return true;
}

std::unique_ptr<batch> map_run::next_batch() {
  std::unique_lock guard{mutex_};
  while (batches_.empty()) {
    if (ended_ || stop_.raised())
      return nullptr;
    guard.unlock();
    report_idle(nullptr, 0);
    guard.lock();
    if (batches_.empty() && !ended_)
      changed_.wait_for(guard, slice);
  }
  auto result = std::move(batches_.front());
  batches_.pop_front();
  return result;
}

std::optional<item> map_run::wait_for(batch& x, std::size_t index) {
  auto ready = x.ready(index);
  while (!stop_.raised()) {
    if (!ready)
      report_idle(&x, index);
    if (auto result = x.take(index, slice))
      return result;
  }
  return std::nullopt;
}

void map_run::count(const item& x) {
  ++summary_.inputs;
  if (!x.ok())
    ++summary_.failed;
  if (x.problem && x.problem->code == errc::engine_lost)
    ++summary_.lost;
  std::unique_lock guard{mutex_};
  ++put_;
  if (put_ % 64 == 0 || submitted_ - put_ + 1 >= limits_.outstanding)
    changed_.notify_all();
}

void map_run::report_idle(const batch* current, std::size_t index) {
  progress x;
  {
    std::unique_lock guard{mutex_};
    x.total = submitted_;
    // The first items of the current batch count as put and as done.
    x.done = put_ - index + (current != nullptr ? current->done() : 0);
    for (const auto& waiting : batches_)
      x.done += waiting->done();
  }
  x.failed = summary_.failed;
  x.elapsed = std::chrono::steady_clock::now() - begin_;
  sink_.idle(x);
}

} // namespace troupe::apps
