// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/task_queue.hpp"

#include <algorithm>
#include <iterator>

// Which lines there are, as engines come and go.
namespace troupe {

namespace {

/// Whether a task may run only on some of the engines that know its function.
bool bound(const task& x) {
  return x.demands != nullptr && x.demands->bound();
}

engine_id avoided(const task& x) {
  return x.demands != nullptr ? x.demands->avoid : no_engine;
}

} // namespace

std::size_t
task_queue::line_key_hash::operator()(const line_key& x) const noexcept {
  return value(x.function) ^ std::uint64_t{value(x.avoid)} * 0x9e3779b97f4a7c15
         ^ std::uint64_t{value(x.client)} * 0xc2b2ae3d27d4eb4f
         ^ static_cast<std::uint64_t>(x.priority) << 56;
}

// -- engines ------------------------------------------------------------------

std::vector<task*> task_queue::join(engine_record& x) {
  auto new_kind = engines_.join(x);
  for (auto& line : bound_lines_)
    if (line.rule.admits(x)
        && std::ranges::find(x.lines, &line) == x.lines.end()) {
      line.engines.push_back(&x);
      x.lines.push_back(&line);
    }
  wake_lines_of(x);
  return new_kind ? regroup() : std::vector<task*>{};
}

std::vector<task*> task_queue::leave(engine_record& x) {
  auto last_of_kind = engines_.leave(x);
  auto stray = leave_lines(x);
  auto result = last_of_kind ? regroup() : std::vector<task*>{};
  auto unknown = put_back(std::move(stray));
  result.insert(result.end(), unknown.begin(), unknown.end());
  return result;
}

std::vector<task*> task_queue::leave_lines(engine_record& x) {
  std::vector<task*> result;
  for (auto line : std::exchange(x.lines, {})) {
    if (line->rule.targeted) { // the client wants to wait for it
      x.lines.push_back(line);
    } else if (line->engines.size() == 1) {
      x.lines.push_back(line);
      take_all(*line, result);
      erase_bound(*line);
    } else {
      std::erase(line->engines, &x);
      wake(*line); // the one that it avoids may be the only one left
    }
  }
  return result;
}

void task_queue::take_all(task_line& line, std::vector<task*>& result) {
  while (auto x = line.tasks.front()) {
    erase(*x);
    result.push_back(x);
  }
}

std::vector<task*> task_queue::unbind(engine_record& x) {
  std::vector<task*> result;
  for (auto line : std::vector{x.lines}) {
    take_all(*line, result);
    erase_bound(*line);
  }
  auto avoids = [&](const task_line& line) { return line.avoid == x.id; };
  for (auto& line : lines_)
    if (avoids(line))
      take_all(line, result);
  for (auto y : result)
    if (avoided(*y) == x.id)
      y->demands->avoid = no_engine;
  drop_lines(avoids);
  return result;
}

void task_queue::forget(client_id x) {
  drop_lines([x](const task_line& line) { return line.client == x; });
  for (auto i = bound_lines_.begin(); i != bound_lines_.end();)
    if (auto& line = *i++; line.client == x)
      erase_bound(line);
  std::erase_if(shares_, [x](auto& y) { return y.first.first == x; });
}

template <class Claim>
void task_queue::drop_lines(Claim claim) {
  last_line_ = nullptr;
  std::erase_if(lines_by_key_, [&](auto& y) { return claim(*y.second); });
  std::erase_if(listed_, [&](auto y) { return claim(*y); });
  for (auto& [key, share] : shares_)
    std::erase_if(share.lines, [&](auto y) { return claim(*y); });
  lines_.remove_if(claim);
}

void task_queue::limit(engine_record& x, load_limit most) {
  x.kind->places.limit(x.seat, most);
  wake_lines_of(x);
}

std::vector<task*> task_queue::regroup() {
  std::vector<task*> waiting;
  waiting.reserve(size_);
  for (auto& line : lines_)
    take_all(line, waiting);
  drop_lines([](const task_line&) { return true; });
  return put_back(std::move(waiting));
}

// -- lines --------------------------------------------------------------------

task_line* task_queue::line_of(const task& x) {
  if (bound(x) && (x.demands->targeted() || staffed()))
    return bound_line_of(x);
  line_key key{function_id{x.entry().function()}, avoided(x), x.client->id,
               x.priority};
  if (last_line_ != nullptr && key == last_key_)
    return last_line_;
  if (auto i = lines_by_key_.find(key); i != lines_by_key_.end()) {
    last_key_ = key;
    return last_line_ = i->second;
  }
  auto kinds = engines_.knowing(key.function);
  if (kinds.empty() && engines_.staffed())
    return nullptr;
  if (!kinds.empty())
    return lines_by_key_.emplace(key, &line_with(std::move(kinds), key))
      .first->second;
  last_key_ = key;
  return last_line_ = &line_with(std::move(kinds), key);
}

task_line& task_queue::line_with(engine_kinds kinds, const line_key& key) {
  auto& share = share_of(key.client, key.priority);
  for (auto line : share.lines)
    if (line->avoid == key.avoid && line->kinds == kinds)
      return *line;
  auto& line = lines_.emplace_back();
  line.kinds = std::move(kinds);
  line.priority = key.priority;
  line.avoid = key.avoid;
  line.client = key.client;
  line.share = &share;
  share.lines.push_back(&line);
  return line;
}

client_share& task_queue::share_of(client_id client, std::int8_t priority) {
  auto& result = shares_[{client, priority}];
  result.priority = priority;
  return result;
}

task_line* task_queue::bound_line_of(const task& x) {
  auto rule = rule_of(x);
  if (auto engine = peers_->find(rule.avoid);
      engine == nullptr || !rule.admits(*engine))
    rule.avoid = no_engine;
  bound_key key{std::move(rule), x.client->id, x.priority};
  if (auto i = bound_by_key_.find(key); i != bound_by_key_.end())
    return &*i->second;
  auto engines = engines_for(std::get<engine_rule>(key));
  if (engines.empty())
    return nullptr;
  auto& line = bound_lines_.emplace_back();
  line.engines = std::move(engines);
  line.rule = std::get<engine_rule>(key);
  line.priority = x.priority;
  line.client = x.client->id;
  line.share = &share_of(line.client, line.priority);
  for (auto engine : line.engines)
    engine->lines.push_back(&line);
  bound_by_key_.emplace(std::move(key), std::prev(bound_lines_.end()));
  return &line;
}

std::vector<engine_record*> task_queue::engines_for(const engine_rule& rule) {
  std::vector<engine_record*> result;
  if (rule.targeted) {
    for (auto id : rule.targets)
      if (auto engine = peers_->find(id);
          engine != nullptr && rule.admits(*engine))
        result.push_back(engine);
    return result;
  }
  for (auto& [id, engine] : peers_->engines())
    if (engine.joined() && rule.admits(engine))
      result.push_back(peers_->find(id));
  std::ranges::sort(result, {}, &engine_record::id);
  return result;
}

void task_queue::erase_bound(task_line& line) {
  for (auto engine : line.engines)
    std::erase(engine->lines, &line);
  std::erase(awake_, &line);
  auto i = bound_by_key_.find({line.rule, line.client, line.priority});
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

} // namespace troupe
