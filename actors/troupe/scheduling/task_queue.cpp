// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/task_queue.hpp"

#include <algorithm>

namespace troupe {

namespace {

bool earlier(const task* x, const task* y) {
  return x->sequence < y->sequence;
}

/// Whether the first task of `x` goes after that of `y`.
bool goes_after(const task_line* x, const task_line* y) {
  if (x->priority != y->priority)
    return x->priority < y->priority;
  return earlier(y->tasks.front(), x->tasks.front());
}

} // namespace

// -- tasks --------------------------------------------------------------------

void task_queue::enqueue(task_line& line, task* position, task& x) {
  line.tasks.insert(position, x);
  x.line = &line;
  x.state = task_state::queued;
  ++size_;
  if (line.bound())
    wake(line);
}

bool task_queue::push(task& x) {
  auto line = line_of(x);
  if (line == nullptr)
    return false;
  enqueue(*line, nullptr, x);
  return true;
}

std::vector<task*> task_queue::put_back(std::vector<task*> xs) {
  std::ranges::sort(xs, earlier);
  std::vector<task*> unknown;
  // Tasks come in order, so each line is walked once, and only as far as older
  // tasks wait.
  std::unordered_map<task_line*, task*> positions;
  for (auto x : xs) {
    auto line = line_of(*x);
    if (line == nullptr) {
      unknown.push_back(x);
      continue;
    }
    auto& position = positions.emplace(line, line->tasks.front()).first->second;
    while (position != nullptr && earlier(position, x))
      position = line->tasks.next(*position);
    enqueue(*line, position, *x);
  }
  return unknown;
}

void task_queue::erase(task& x) {
  x.line->tasks.erase(x);
  if (x.line->bound())
    wake(*x.line); // it goes if it is empty
  x.line = nullptr;
  x.state = task_state::none;
  --size_;
}

void task_queue::finish(task& x) {
  auto engine = x.engine;
  engines_.finish(x);
  wake_lines_of(*engine);
}

task* task_queue::oldest() const noexcept {
  task* result = nullptr;
  for (auto& line : lines_) {
    auto x = line.tasks.front();
    if (x != nullptr && (result == nullptr || earlier(x, result)))
      result = x;
  }
  return result;
}

std::optional<std::int8_t> task_queue::highest_before(const task& x) const {
  std::optional<std::int8_t> result;
  auto look = [&](const task_line& line) {
    if (line.priority > std::max(x.priority, result.value_or(x.priority))
        && !line.tasks.empty())
      result = line.priority;
  };
  for (auto& line : lines_)
    if (x.line->bound() || line.kinds == x.line->kinds)
      look(line);
  for (auto engine : x.line->engines)
    for (auto line : engine->lines)
      look(*line);
  return result;
}

// -- rounds -------------------------------------------------------------------

void task_queue::begin_round() {
  in_round_ = true;
  for (auto& line : lines_)
    if (!line.tasks.empty())
      round_.push_back(&line);
  for (auto line : awake_)
    if (!line->tasks.empty())
      round_.push_back(line);
  std::ranges::make_heap(round_, goes_after);
}

engine_record* task_queue::place(const task_line& line, const task& x) {
  if (line.bound())
    return engines_.place_among(line.engines, x, line.rule.avoid);
  if (line.avoid == no_engine)
    return engines_.place(line.kinds, x);
  return engines_.place(line.kinds, x, peers_->find(line.avoid));
}

void task_queue::block_top() {
  auto& top = *round_.front();
  std::ranges::pop_heap(round_, goes_after);
  round_.pop_back();
  if (top.bound() || lines_.size() == 1)
    return;
  auto erased = std::erase_if(round_, [&](task_line* x) {
    return !x->bound() && x->priority < top.priority && x->kinds == top.kinds
           && top.avoid == no_engine;
  });
  if (erased > 0)
    std::ranges::make_heap(round_, goes_after);
}

void task_queue::take_top(task& x) {
  if (round_.size() == 1) {
    erase(x);
    if (round_.front()->tasks.empty())
      round_.clear();
    return;
  }
  std::ranges::pop_heap(round_, goes_after);
  erase(x);
  if (round_.back()->tasks.empty())
    round_.pop_back();
  else
    std::ranges::push_heap(round_, goes_after);
}

task* task_queue::pop() {
  if (!in_round_)
    begin_round();
  while (!round_.empty()) {
    auto& line = *round_.front();
    auto& x = *line.tasks.front();
    auto engine = place(line, x);
    if (engine == nullptr) {
      block_top();
      continue;
    }
    take_top(x);
    engines_.assign(x, *engine);
    return &x;
  }
  return nullptr;
}

void task_queue::end_round() {
  round_.clear();
  in_round_ = false;
  if (awake_.empty())
    return;
  for (auto line : std::exchange(awake_, {})) {
    line->awake = false;
    if (line->tasks.empty())
      erase_bound(*line);
  }
}

} // namespace troupe
