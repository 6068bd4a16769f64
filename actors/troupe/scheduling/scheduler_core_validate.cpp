// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/scheduler_core.hpp"

#include <algorithm>
#include <utility>

// The invariants that hold between two rounds of a scheduler.
namespace troupe {

namespace {

/// Checks the tasks that `xs` links and sums up their bytes.
template <class List, class Claim>
bool all(const List& xs, std::uint64_t& bytes, Claim claim) {
  auto count = std::size_t{0};
  bytes = 0;
  for (auto x = xs.front(); x != nullptr; x = List::next(*x)) {
    if (!claim(*x) || ++count > xs.size())
      return false;
    bytes += x->bytes;
  }
  return count == xs.size();
}

/// What an engine's tasks leave of its slots.
std::vector<std::uint64_t> left_slots(const engine_record& engine) {
  std::vector<std::uint64_t> result;
  for (auto& slot : engine.means.slots) {
    auto left = slot.amount;
    for (auto x = engine.tasks.front(); x != nullptr; x = engine.tasks.next(*x))
      if (x->demands != nullptr && x->demands->needs != nullptr)
        for (auto& want : x->demands->needs->slots)
          if (want.name == slot.name)
            left -= want.amount;
    result.push_back(left);
  }
  return result;
}

std::string check(const task_line& line, std::size_t& queued) {
  auto last = std::uint64_t{0};
  auto bytes = std::uint64_t{0};
  if (line.awake)
    return "a line stays awake between two rounds";
  if (!line.share->round.empty())
    return "a client's share stays in a round that ended";
  if (!line.bound() && !line.tasks.empty() && !line.listed)
    return "a line with tasks is not listed";
  if (line.bound() && line.tasks.empty())
    return "a line of some engines is kept without tasks";
  auto fine = all(line.tasks, bytes, [&](const task& x) {
    return x.state == task_state::queued && x.line == &line
           && x.engine == nullptr && x.client != nullptr
           && x.priority == line.priority && x.client->id == line.client
           && (x.demands == nullptr || !x.demands->early)
           && x.sequence > std::exchange(last, x.sequence);
  });
  queued += line.tasks.size();
  return fine ? "" : "a line holds a task that does not wait there in order";
}

std::string check(const engine_record& engine, std::uint64_t limit,
                  std::size_t& dispatched, std::size_t& orphans) {
  auto bytes = std::uint64_t{0};
  auto fine = all(engine.tasks, bytes, [&](const task& x) {
    orphans += x.client == nullptr;
    return x.state == task_state::dispatched && x.engine == &engine
           && x.line == nullptr && x.attempts > 0;
  });
  dispatched += engine.tasks.size();
  if (!fine)
    return "an engine holds a task that is not dispatched to it";
  if (bytes != engine.bytes)
    return "the bytes of an engine do not add up";
  if (left_slots(engine) != engine.free_slots)
    return "the slots of an engine do not add up";
  if (bytes > limit && engine.tasks.size() > 1)
    return "an engine has more bytes than its limit";
  if (engine.joined()
      && engine.kind->places.load(engine.seat) != engine.tasks.size())
    return "the load of an engine is not the number of its tasks";
  if (!engine.batch.empty())
    return "a dispatch was not sent";
  return "";
}

std::string check(const client_record& client, const task_scheduler_config& cfg,
                  std::size_t& owned) {
  auto bytes = std::uint64_t{0};
  auto fine = all(client.tasks, bytes, [&](const task& x) {
    return x.state != task_state::none && x.client == &client
           && x.entry().id() <= client.last_number;
  });
  owned += client.tasks.size();
  if (!fine)
    return "a client holds a task that is not its own";
  if (bytes != client.bytes)
    return "the bytes of a client do not add up";
  if (client.tasks.size() > cfg.client_tasks
      || (bytes > cfg.client_bytes && client.tasks.size() > 1))
    return "a client has more outstanding than its credit";
  if (!client.batch.empty())
    return "a batch of results was not sent";
  return "";
}

} // namespace

std::string scheduler_core::validate() const {
  auto queued = std::size_t{0};
  auto dispatched = std::size_t{0};
  auto orphans = std::size_t{0};
  auto owned = std::size_t{0};
  for (auto& line : queue_.lines())
    if (auto text = check(line, queued); !text.empty())
      return text;
  for (auto& line : queue_.bound_lines())
    if (auto text = check(line, queued); !text.empty())
      return text;
  auto bytes = std::uint64_t{0};
  if (!all(held_, bytes, [](const task& x) {
        return x.state == task_state::held && x.client != nullptr
               && x.demands != nullptr && !x.demands->early;
      }))
    return "a task is held that does not wait";
  for (auto& [id, engine] : peers_.engines())
    if (auto text = check(engine, cfg_.engine_bytes, dispatched, orphans);
        !text.empty())
      return text;
  for (auto& [id, client] : peers_.clients())
    if (auto text = check(client, cfg_, owned); !text.empty())
      return text;
  if (queued != queue_.size())
    return "the length of the queue is wrong";
  if (queued + dispatched + held_.size() != tasks_.size() || !again_.empty())
    return "a task is in no list";
  if (!news_.empty())
    return "an engine was not looked at";
  if (owned + orphans != tasks_.size())
    return "a task has no client";
  return "";
}

} // namespace troupe
