// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/task_queue.hpp"

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

bool earlier(const task* x, const task* y) {
  return x->sequence < y->sequence;
}

/// Whether the first task of `x` goes after that of `y`, of the same share.
bool goes_after(const task_line* x, const task_line* y) {
  return earlier(y->tasks.front(), x->tasks.front());
}

/// Whether the next task of `x` goes after that of `y`.
bool has_later_turn(const client_share* x, const client_share* y) {
  if (x->priority != y->priority)
    return x->priority < y->priority;
  if (x->turn != y->turn)
    return x->turn > y->turn;
  return goes_after(x->round.front(), y->round.front());
}

} // namespace

// -- tasks --------------------------------------------------------------------

void task_queue::enqueue(task_line& line, task* position, task& x) {
  if (line.tasks.empty() && !line.bound() && !std::exchange(line.listed, true))
    listed_.push_back(&line);
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
  for (auto line : listed_) {
    auto x = line->tasks.front();
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
  for (std::size_t i = 0; i < listed_.size();) {
    auto& line = *listed_[i];
    if (line.tasks.empty()) {
      line.listed = false;
      listed_[i] = listed_.back();
      listed_.pop_back();
    } else {
      enter_round(line);
      ++i;
    }
  }
  for (auto line : awake_)
    if (!line->tasks.empty())
      enter_round(*line);
  for (auto share : round_)
    std::ranges::make_heap(share->round, goes_after);
  std::ranges::make_heap(round_, has_later_turn);
}

void task_queue::enter_round(task_line& line) {
  auto& share = *line.share;
  if (share.round.empty())
    round_.push_back(&share);
  share.round.push_back(&line);
}

engine_record* task_queue::place(const task_line& line, const task& x) {
  if (line.bound())
    return engines_.place_among(line.engines, x, line.rule.avoid);
  if (line.avoid == no_engine)
    return engines_.place(line.kinds, x);
  return engines_.place(line.kinds, x, peers_->find(line.avoid));
}

void task_queue::block_top() {
  auto& share = *round_.front();
  auto& top = *share.round.front();
  if (top.bound() || top.avoid != no_engine) {
    std::ranges::pop_heap(round_, has_later_turn);
    std::ranges::pop_heap(share.round, goes_after);
    share.round.pop_back();
    return reenter_round(share);
  }
  auto full = engines_.full(top.kinds);
  for (auto other : round_)
    if (std::erase_if(other->round,
                      [&](task_line* x) {
                        return x == &top
                               || (!x->bound()
                                   && (full || x->priority < top.priority)
                                   && x->kinds == top.kinds);
                      })
        > 0)
      std::ranges::make_heap(other->round, goes_after);
  std::erase_if(round_, [](auto other) { return other->round.empty(); });
  std::ranges::make_heap(round_, has_later_turn);
}

void task_queue::reenter_round(client_share& share) {
  if (share.round.empty())
    round_.pop_back();
  else
    std::ranges::push_heap(round_, has_later_turn);
}

void task_queue::take_top(task& x) {
  auto& share = *round_.front();
  if (round_.size() == 1 && share.round.size() == 1) {
    erase(x); // nobody to share with: that is no turn
    if (share.round.front()->tasks.empty()) {
      share.round.clear();
      round_.clear();
    }
    return;
  }
  std::ranges::pop_heap(round_, has_later_turn);
  std::ranges::pop_heap(share.round, goes_after);
  erase(x);
  share.turn = ++last_turn_;
  if (share.round.back()->tasks.empty())
    share.round.pop_back();
  else
    std::ranges::push_heap(share.round, goes_after);
  reenter_round(share);
}

task* task_queue::pop() {
  if (!in_round_)
    begin_round();
  while (!round_.empty()) {
    auto& line = *round_.front()->round.front();
    auto& x = *line.tasks.front();
    auto engine = place(line, x);
    if (engine == nullptr) {
      block_top();
      continue;
    }
    take_top(x);
    engines_.assign(x, *engine, size_);
    return &x;
  }
  return nullptr;
}

void task_queue::end_round() {
  for (auto share : round_)
    share->round.clear();
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
