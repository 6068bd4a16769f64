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

/// Whether a task may run on some engines only.
bool bound(const task& x) {
  return x.demands != nullptr && x.demands->bound();
}

engine_id avoided(const task& x) {
  return x.demands != nullptr ? x.demands->avoid : no_engine;
}

void append(std::vector<task*>& result, const task_line& line) {
  for (auto x = line.tasks.front(); x != nullptr; x = line.tasks.next(*x))
    result.push_back(x);
}

} // namespace

std::size_t
task_queue::line_key_hash::operator()(const line_key& x) const noexcept {
  return value(x.function) ^ std::uint64_t{value(x.avoid)} * 0x9e3779b97f4a7c15
         ^ static_cast<std::uint64_t>(x.priority) << 56;
}

// -- engines ------------------------------------------------------------------

std::vector<task*> task_queue::join(engine_record& x) {
  auto new_kind = engines_.join(x);
  wake_lines_of(x);
  return new_kind ? regroup() : std::vector<task*>{};
}

std::vector<task*> task_queue::leave(engine_record& x) {
  return engines_.leave(x) ? regroup() : std::vector<task*>{};
}

std::vector<task*> task_queue::unbind(engine_record& x) {
  std::vector<task*> result;
  auto lines = x.lines;
  for (auto line : lines)
    append(result, *line);
  for (auto& line : lines_)
    if (line.avoid == x.id)
      append(result, line);
  for (auto y : result) {
    erase(*y);
    if (avoided(*y) == x.id)
      y->demands->avoid = no_engine;
  }
  for (auto line : lines)
    erase_bound(*line);
  auto avoids = [&](const task_line& line) { return line.avoid == x.id; };
  last_line_ = nullptr;
  std::erase_if(lines_by_key_, [&](auto& y) { return avoids(*y.second); });
  lines_.remove_if(avoids);
  return result;
}

void task_queue::limit(engine_record& x, std::uint32_t hwm) {
  x.kind->places.limit(x.seat, hwm);
  wake_lines_of(x);
}

std::vector<task*> task_queue::regroup() {
  std::vector<task*> waiting;
  waiting.reserve(size_);
  for (auto& line : lines_)
    append(waiting, line);
  for (auto x : waiting)
    erase(*x);
  last_line_ = nullptr;
  lines_.clear();
  lines_by_key_.clear();
  return put_back(std::move(waiting));
}

// -- lines --------------------------------------------------------------------

task_line* task_queue::line_of(const task& x) {
  if (bound(x))
    return bound_line_of(x);
  line_key key{function_id{x.entry().function()}, avoided(x), x.priority};
  if (last_line_ != nullptr && key == last_key_)
    return last_line_;
  if (auto i = lines_by_key_.find(key); i != lines_by_key_.end()) {
    last_key_ = key;
    return last_line_ = i->second;
  }
  auto kinds = engines_.knowing(key.function);
  if (kinds.empty() && engines_.staffed())
    return nullptr;
  auto known = !kinds.empty();
  auto& line = line_with(std::move(kinds), key);
  if (known)
    lines_by_key_.emplace(key, &line);
  return &line;
}

task_line& task_queue::line_with(engine_kinds kinds, const line_key& key) {
  for (auto& line : lines_)
    if (line.kinds == kinds && line.priority == key.priority
        && line.avoid == key.avoid)
      return line;
  auto& line = lines_.emplace_back();
  line.kinds = std::move(kinds);
  line.priority = key.priority;
  line.avoid = key.avoid;
  return line;
}

task_line* task_queue::bound_line_of(const task& x) {
  auto function = function_id{x.entry().function()};
  std::vector<engine_id> ids;
  std::vector<engine_record*> engines;
  for (auto id : x.demands->engines())
    if (auto engine = peers_->find(id);
        engine != nullptr && knows(*engine, function)) {
      ids.push_back(id);
      engines.push_back(engine);
    }
  if (engines.empty())
    return nullptr;
  auto [i, is_new] =
    bound_by_key_.try_emplace(bound_key{std::move(ids), function, x.priority});
  if (!is_new)
    return &*i->second;
  auto& line = bound_lines_.emplace_back();
  i->second = std::prev(bound_lines_.end());
  line.engines = std::move(engines);
  line.function = function;
  line.priority = x.priority;
  for (auto engine : line.engines)
    engine->lines.push_back(&line);
  return &line;
}

void task_queue::erase_bound(task_line& line) {
  std::vector<engine_id> ids;
  for (auto engine : line.engines) {
    ids.push_back(engine->id);
    std::erase(engine->lines, &line);
  }
  std::erase(awake_, &line);
  auto i = bound_by_key_.find({std::move(ids), line.function, line.priority});
  bound_lines_.erase(i->second);
  bound_by_key_.erase(i);
}

void task_queue::wake(task_line& line) {
  if (!std::exchange(line.awake, true))
    awake_.push_back(&line);
}

void task_queue::wake_lines_of(engine_record& x) {
  for (auto line : x.lines)
    wake(*line);
}

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
    return engines_.place_among(line.engines, x);
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
