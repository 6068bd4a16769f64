// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/scheduler_core.hpp"

#include "troupe/interfaces.hpp"
#include "troupe/protocol/pack.hpp"
#include "troupe/protocol/read.hpp"

#include <algorithm>
#include <utility>

namespace troupe {

scheduler_core::scheduler_core(const task_scheduler_config& cfg)
  : lane_core(wire::Body::Submit, cfg.client_tasks, cfg.client_bytes),
    cfg_(cfg),
    queue_(*cfg.scheme, cfg.seed, cfg.engine_bytes, peers_) {
  // nop
}

// -- peers --------------------------------------------------------------------

void scheduler_core::admit(const engine_joined& x) {
  if (auto engine = peers_.add_engine(x.id, x.token, cfg_.hwm)) {
    engine->functions = x.functions;
    std::ranges::sort(engine->functions);
    engine->means = x.means;
    for (auto& slot : x.means.slots)
      engine->free_slots.push_back(slot.amount);
  }
}

void scheduler_core::admit(client_id id, std::uint64_t token) {
  peers_.add_client(id, token, cfg_.history);
}

bool scheduler_core::joined(const engine_record& engine) const {
  return engine.joined();
}

void scheduler_core::enter(engine_record& engine) {
  reject(queue_.join(engine));
}

void scheduler_core::leave(engine_record& engine) {
  if (!engine.joined())
    return;
  auto unknown = queue_.leave(engine);
  if (!queue_.staffed())
    unstaffed_since_ = now_;
  reject(unknown);
}

void scheduler_core::lose(engine_id id) {
  auto engine = peers_.find(id);
  if (engine == nullptr)
    return;
  leave(*engine);
  strand(*engine);
  std::erase(news_, engine);
  auto stray = queue_.unbind(*engine);
  peers_.erase(*engine);
  reject(queue_.put_back(std::move(stray)));
}

void scheduler_core::lose(client_id id) {
  auto client = peers_.find(id);
  if (client == nullptr)
    return;
  while (auto x = client->tasks.front()) {
    client->tasks.erase(*x);
    x->client = nullptr;
    x->dependents = nullptr;
    if (x->state == task_state::queued)
      queue_.erase(*x);
    else if (x->state == task_state::held)
      held_.erase(*x);
    else
      continue; // released when its engine, or this round, ends
    tasks_.release(*x);
  }
  outbox_.forget(*client);
  queue_.forget(id);
  peers_.erase(*client);
}

void scheduler_core::undo(engine_record*, bool gone, multipart message) {
  auto view = message_view::make(std::move(message));
  if (!view || view->get<wire::Dispatch>() == nullptr)
    return;
  auto batch = read_tasks(*view);
  if (!batch)
    return;
  for (auto& entry : batch->entries)
    if (auto x = tasks_.find(entry.id()))
      recover(*x, gone);
}

// -- rounds -------------------------------------------------------------------

void scheduler_core::tick() {
  while (auto x = queue_.staffed() ? nullptr : queue_.oldest()) {
    if (now_ - std::max(x->accepted, unstaffed_since_) < cfg_.engine_wait)
      break;
    queue_.erase(*x);
    conclude(*x, wire::Outcome::Impossible, no_engine,
             {"no_engines", "the cluster has no engine, and none joined within "
                              + std::to_string(cfg_.engine_wait.count())
                              + " ms"});
  }
  wake_up();
  if (now_ >= balance_at_)
    balance();
  outbox_.resend();
}

bool scheduler_core::needs_tick() const noexcept {
  return outbox_.holds() || (!queue_.staffed() && queue_.size() > 0);
}

scheduler_actions scheduler_core::flush() {
  decide();
  while (!again_.empty()) {
    put_back();
    decide();
  }
  while (auto x = queue_.pop())
    dispatch(*x);
  queue_.end_round();
  hand_out_early();
  actions_.messages = outbox_.flush();
  return std::exchange(actions_, {});
}

void scheduler_core::dispatch(task& x) {
  ++x.attempts;
  auto key = tasks_.next_key(x);
  outbox_.dispatch(x, key);
  auto& engine = *x.engine;
  if (x.dependents != nullptr)
    look_behind_last(engine);
  if (engine.tasks.size() == 1) {
    engine.heard = now_;
    engine.probe = key;
    engine.probe_sent = now_;
  } else if (balance_at_ == time_point::max()) {
    balance_at_ = now_ + balance_period;
  }
}

void scheduler_core::put_back() {
  std::erase_if(again_, [this](task* x) {
    if (x->client != nullptr)
      return false;
    tasks_.release(*x);
    return true;
  });
  reject(queue_.put_back(std::exchange(again_, {})));
}

void scheduler_core::decide() {
  using verdict = constraint_graph::verdict;
  while (graph_.has_decisions())
    for (auto& x : graph_.take_decisions()) {
      if (!graph_.current(*x.who, x.id))
        continue; // it ended meanwhile, or its client is lost
      if (x.who->state != task_state::held || x.who->demands->pausing) {
        // It was handed out early, and may even wait before it runs again.
        if (x.what == verdict::ready)
          x.who->sequence = ++last_sequence_;
        continue;
      }
      held_.erase(*x.who);
      x.who->state = task_state::none;
      if (x.what == verdict::ready)
        make_ready(*x.who);
      else
        conclude(*x.who, wire::Outcome::Impossible, no_engine,
                 failure_of(x.what));
    }
}

void scheduler_core::stop_waiting(task& x) {
  if (x.state == task_state::queued)
    queue_.erase(x);
  else if (x.state == task_state::held)
    held_.erase(x);
  else
    std::erase(again_, &x);
  x.state = task_state::none;
}

void scheduler_core::wake_up() {
  while (auto timer = timers_.take(now_)) {
    auto& x = *timer->who;
    if (x.state == task_state::dispatched || x.client == nullptr)
      continue; // it runs, or nobody waits for it
    auto late = now_ >= x.demands->deadline;
    if (!late && (x.state != task_state::held || !x.demands->pausing))
      continue; // it does not wait before it runs again any more
    stop_waiting(x);
    if (late)
      conclude(x, wire::Outcome::Timeout, no_engine,
               {"queue_limit", "it was not handed out within its limit"});
    else
      again_.push_back(&x);
    if (x.demands != nullptr)
      x.demands->pausing = false;
  }
}

// -- properties ---------------------------------------------------------------

scheduler_status scheduler_core::status() const {
  scheduler_status result;
  for (auto& [id, x] : peers_.engines())
    result.engines.push_back({id, static_cast<std::uint32_t>(x.tasks.size()),
                              x.done, x.failed, x.joined()});
  std::ranges::sort(result.engines, {}, &scheduler_status::engine::id);
  result.scheme = cfg_.scheme->name();
  result.queued = queue_.size() + held_.size();
  result.accepted = accepted_;
  result.reported = reported_;
  result.redispatched = redispatched_;
  result.dropped = dropped_;
  return result;
}

} // namespace troupe
