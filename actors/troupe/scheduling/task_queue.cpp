// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/task_queue.hpp"

#include <algorithm>
#include <cassert>

namespace troupe {

namespace {

bool earlier(const task* x, const task* y) {
  return x->sequence < y->sequence;
}

} // namespace

// -- engines ------------------------------------------------------------------

std::vector<task*> task_queue::join(engine_record& x) {
  assert(!x.joined());
  auto kinds_before = kinds_.size();
  auto& kind = kind_of(x.functions);
  x.kind = &kind;
  x.seat = kind.places.add(x.pace.hwm());
  if (x.seat >= kind.seats.size())
    kind.seats.resize(x.seat + 1);
  kind.seats[x.seat] = &x;
  if (kinds_.size() == kinds_before)
    return {};
  return regroup();
}

std::vector<task*> task_queue::leave(engine_record& x) {
  assert(x.joined());
  auto kind = std::exchange(x.kind, nullptr);
  kind->places.remove(x.seat);
  kind->seats[x.seat] = nullptr;
  if (kind->places.size() > 0)
    return {};
  std::erase_if(kinds_, [kind](auto& other) { return &other == kind; });
  return regroup();
}

engine_kind& task_queue::kind_of(const std::vector<function_id>& functions) {
  for (auto& kind : kinds_)
    if (kind.functions == functions)
      return kind;
  return kinds_.emplace_back(
    engine_kind{functions, placement{scheme_, order_}, {}});
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
  std::vector<engine_kind*> kinds;
  for (auto& kind : kinds_)
    if (std::ranges::binary_search(kind.functions, function))
      kinds.push_back(&kind);
  if (kinds.empty())
    return kinds_.empty() ? &line_with({}) : nullptr;
  auto& line = line_with(std::move(kinds));
  lines_by_function_.emplace(function, &line);
  return &line;
}

task_line& task_queue::line_with(std::vector<engine_kind*> kinds) {
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
    if (auto engine = place(*oldest, x)) {
      erase(x);
      x.state = task_state::dispatched;
      x.engine = engine;
      engine->tasks.push_back(x);
      engine->bytes += x.bytes;
      engine->kind->places.pick(engine->seat);
      return &x;
    }
    oldest->blocked = true;
  }
}

void task_queue::end_round() {
  for (auto& line : lines_)
    line.blocked = false;
}

engine_record* task_queue::place(const task_line& line, const task& x) {
  engine_record* result = nullptr;
  for (;;) {
    engine_kind* best = nullptr;
    for (auto kind : line.kinds)
      if (kind->places.best() != placement::nobody
          && (best == nullptr
              || kind->places.best_rank() < best->places.best_rank()))
        best = kind;
    if (best == nullptr)
      break;
    auto engine = best->seats[best->places.best()];
    if (has_room(*engine, x)) {
      result = engine;
      break;
    }
    best->places.suspend(engine->seat);
    suspended_.push_back(engine);
  }
  for (auto engine : suspended_)
    engine->kind->places.resume(engine->seat);
  suspended_.clear();
  return result;
}

bool task_queue::has_room(const engine_record& engine, const task& x) const {
  return engine.tasks.empty() || engine.bytes + x.bytes <= engine_bytes_;
}

void task_queue::finish(task& x) {
  auto& engine = *x.engine;
  engine.tasks.erase(x);
  engine.bytes -= x.bytes;
  if (engine.joined())
    engine.kind->places.finish(engine.seat, 1);
  x.engine = nullptr;
  x.state = task_state::none;
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
