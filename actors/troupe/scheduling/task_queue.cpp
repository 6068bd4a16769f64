// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/task_queue.hpp"

#include <algorithm>

namespace troupe {

namespace {

bool earlier(const task* x, const task* y) {
  return x->sequence < y->sequence;
}

} // namespace

// -- engines ------------------------------------------------------------------

std::vector<task*> task_queue::join(engine_record& x) {
  return engines_.join(x) ? regroup() : std::vector<task*>{};
}

std::vector<task*> task_queue::leave(engine_record& x) {
  return engines_.leave(x) ? regroup() : std::vector<task*>{};
}

std::vector<task*> task_queue::regroup() {
  std::vector<task*> waiting;
  waiting.reserve(size_);
  for (auto& line : lines_)
    for (auto x = line.tasks.front(); x != nullptr; x = line.tasks.next(*x))
      waiting.push_back(x);
  for (auto x : waiting)
    erase(*x);
  lines_.clear();
  lines_by_function_.clear();
  return put_back(std::move(waiting));
}

// -- lines --------------------------------------------------------------------

task_line* task_queue::line_of(function_id function) {
  if (auto i = lines_by_function_.find(function); i != lines_by_function_.end())
    return i->second;
  auto kinds = engines_.knowing(function);
  if (kinds.empty())
    return engines_.staffed() ? nullptr : &line_with({});
  auto& line = line_with(std::move(kinds));
  lines_by_function_.emplace(function, &line);
  return &line;
}

task_line& task_queue::line_with(engine_kinds kinds) {
  for (auto& line : lines_)
    if (line.kinds == kinds)
      return line;
  auto& line = lines_.emplace_back();
  line.kinds = std::move(kinds);
  return line;
}

void task_queue::enqueue(task_line& line, task* position, task& x) {
  line.tasks.insert(position, x);
  x.line = &line;
  x.state = task_state::queued;
  ++size_;
}

// -- tasks --------------------------------------------------------------------

bool task_queue::push(task& x) {
  auto line = line_of(function_id{x.entry().function()});
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
    auto line = line_of(function_id{x->entry().function()});
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
  x.line = nullptr;
  x.state = task_state::none;
  --size_;
}

task* task_queue::pop() {
  for (;;) {
    task_line* oldest = nullptr;
    for (auto& line : lines_)
      if (!line.blocked && !line.tasks.empty()
          && (oldest == nullptr
              || earlier(line.tasks.front(), oldest->tasks.front())))
        oldest = &line;
    if (oldest == nullptr)
      return nullptr;
    auto& x = *oldest->tasks.front();
    if (auto engine = engines_.place(oldest->kinds, x)) {
      erase(x);
      engines_.assign(x, *engine);
      return &x;
    }
    oldest->blocked = true;
  }
}

void task_queue::end_round() {
  for (auto& line : lines_)
    line.blocked = false;
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

} // namespace troupe
