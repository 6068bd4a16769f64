// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/scheduler_core.hpp"

#include "troupe/interfaces.hpp"
#include "troupe/protocol/pack.hpp"
#include "troupe/protocol/read.hpp"

#include <algorithm>
#include <utility>

namespace troupe {

scheduler_core::scheduler_core(const task_scheduler_config& cfg)
  : cfg_(cfg), queue_(*cfg.scheme, cfg.seed, cfg.engine_bytes, peers_) {
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

void scheduler_core::join(const routing_id& peer, const wire::Join& message) {
  auto x = peers_.find_token(message.token());
  if (!x) {
    ++dropped_;
    refuse(peer, wire::RefusalCode::UnknownPeer,
           "the token is not valid (any more), say hello again");
    return;
  }
  if (!renew(x, message.connection())) {
    ++dropped_;
    return;
  }
  auto current = peers_.find(peer);
  if (current && current != x)
    withdraw(current);
  if (x.engine != nullptr)
    join(*x.engine, peer);
  else
    join(*x.client, peer);
}

bool scheduler_core::renew(peer_ref x, std::uint32_t connection) {
  auto& known = x.engine != nullptr ? x.engine->connection
                                    : x.client->connection;
  if (connection != 0 && connection < known)
    return false;
  known = connection;
  return true;
}

void scheduler_core::join(engine_record& engine, const routing_id& peer) {
  // What it had may be lost with the old connection, or came back.
  if (engine.peer != peer || !engine.joined())
    strand(engine);
  if (engine.peer != peer)
    peers_.connect({.engine = &engine}, peer);
  if (!engine.joined())
    reject(queue_.join(engine));
}

void scheduler_core::join(client_record& client, const routing_id& peer) {
  client.away = false;
  if (client.peer != peer)
    peers_.connect({.client = &client}, peer);
  outbox_.send(peer, pack_credit(cfg_.client_tasks, cfg_.client_bytes));
  outbox_.deliver_held(client);
}

void scheduler_core::withdraw(peer_ref x) {
  if (x.engine != nullptr)
    leave(*x.engine);
  else
    x.client->away = true;
  peers_.disconnect(x);
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

void scheduler_core::refuse(const routing_id& peer, wire::RefusalCode code,
                            std::string_view text) {
  outbox_.send(peer, pack_refusal(code, text));
}

// -- messages -----------------------------------------------------------------

void scheduler_core::receive(multipart message) {
  auto view = message_view::make(std::move(message));
  if (!view) {
    ++dropped_;
    return;
  }
  if (auto body = view->get<wire::Join>()) {
    join(view->peer(), *body);
    return;
  }
  auto sender = peers_.find(view->peer());
  if (!sender) {
    ++dropped_;
    refuse(view->peer(), wire::RefusalCode::UnknownPeer,
           "nobody joined from this connection");
  } else if (sender.client != nullptr && view->get<wire::Submit>() != nullptr) {
    submit(*sender.client, std::move(*view));
  } else if (sender.engine != nullptr
             && view->get<wire::Results>() != nullptr) {
    collect(*sender.engine, *view);
  } else if (sender.engine != nullptr && view->get<wire::Leave>() != nullptr) {
    withdraw(*sender.engine);
  } else {
    ++dropped_;
    refuse(view->peer(), wire::RefusalCode::Malformed,
           "this message does not belong on the task lane");
  }
}

void scheduler_core::take_back(ec reason, multipart message) {
  auto sender = peers_.find(message.peer);
  auto gone = reason == ec::peer_gone || reason == ec::unknown_peer;
  if (auto client = sender.client) {
    if (gone && !std::exchange(client->away, true))
      actions_.gone_clients.push_back(client->id);
    if (auto view = message_view::make(message);
        !view || view->get<wire::Results>() == nullptr)
      return;
    outbox_.hold(*client, std::move(message));
    return;
  }
  if (sender.engine != nullptr && sender.engine->joined() && gone) {
    actions_.gone_engines.push_back(sender.engine->id);
    leave(*sender.engine);
  }
  undo(message, gone);
}

void scheduler_core::undo(const multipart& message, bool undelivered) {
  auto view = message_view::make(message);
  if (!view || view->get<wire::Dispatch>() == nullptr)
    return;
  auto batch = read_tasks(*view);
  if (!batch)
    return;
  for (auto& entry : batch->entries)
    if (auto x = tasks_.find(entry.id()))
      recover(*x, undelivered);
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
