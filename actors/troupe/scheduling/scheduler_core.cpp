// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/scheduler_core.hpp"

#include "troupe/interfaces.hpp"
#include "troupe/protocol/pack.hpp"
#include "troupe/protocol/read.hpp"

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

std::uint64_t bytes_of(const task_batch_view& tasks, const wire::TaskEntry& x) {
  auto result = std::uint64_t{x.size()};
  for (auto& frame : tasks.frames_of(x))
    result += frame.size();
  return result;
}

} // namespace

scheduler_core::scheduler_core(const task_scheduler_config& cfg)
  : cfg_(cfg), queue_(*cfg.scheme, cfg.seed, cfg.engine_bytes) {
  // nop
}

// -- peers --------------------------------------------------------------------

void scheduler_core::admit(const engine_joined& x) {
  if (auto engine = peers_.add_engine(x.id, x.token, cfg_.hwm)) {
    engine->functions = x.functions;
    std::ranges::sort(engine->functions);
  }
}

void scheduler_core::admit(client_id id, std::uint64_t token) {
  peers_.add_client(id, token);
}

void scheduler_core::join(const routing_id& peer, std::uint64_t token) {
  auto x = peers_.find_token(token);
  if (!x) {
    ++dropped_;
    refuse(peer, wire::RefusalCode::UnknownPeer,
           "the token is not valid (any more), say hello again");
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
  peers_.erase(*engine);
}

void scheduler_core::lose(client_id id) {
  auto client = peers_.find(id);
  if (client == nullptr)
    return;
  while (auto x = client->tasks.front()) {
    client->tasks.erase(*x);
    x->client = nullptr;
    if (x->state != task_state::queued)
      continue; // released when its engine, or this round, ends
    queue_.erase(*x);
    tasks_.release(*x);
  }
  outbox_.forget(*client);
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
    join(view->peer(), body->token());
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

// -- submissions --------------------------------------------------------------

void scheduler_core::submit(client_record& client, message_view message) {
  auto tasks = read_tasks(message);
  if (!tasks || !plausible(client, *tasks)) {
    ++dropped_;
    refuse(client.peer, wire::RefusalCode::Malformed,
           tasks ? "numbers of tasks must ascend, attempts be at least 1"
                 : describe(tasks.error()));
    return;
  }
  if (!has_credit(client, *tasks)) {
    ++dropped_;
    refuse(client.peer, wire::RefusalCode::Limit,
           "more tasks or bytes outstanding than the credit allows");
    return;
  }
  if (!tasks->entries.empty())
    accept(client, std::make_shared<const submission>(
                     submission{std::move(message), *tasks}));
}

bool scheduler_core::plausible(const client_record& client,
                               const task_batch_view& tasks) {
  auto last = client.last_number;
  for (auto& entry : tasks.entries) {
    if (entry.id() <= last || entry.attempts() == 0)
      return false;
    last = entry.id();
  }
  return true;
}

bool scheduler_core::has_credit(const client_record& client,
                                const task_batch_view& tasks) const {
  auto count = client.tasks.size() + tasks.entries.size();
  auto bytes = client.bytes;
  for (auto& entry : tasks.entries)
    bytes += bytes_of(tasks, entry);
  return count <= cfg_.client_tasks
         && (bytes <= cfg_.client_bytes || count == 1);
}

void scheduler_core::accept(client_record& client,
                            std::shared_ptr<const submission> batch) {
  auto index = std::uint32_t{0};
  for (auto& entry : batch->tasks.entries) {
    auto& x = tasks_.make();
    x.batch = batch;
    x.index = index++;
    x.client = &client;
    x.sequence = ++last_sequence_;
    x.accepted = now_;
    x.bytes = bytes_of(batch->tasks, entry);
    x.losses_left = static_cast<std::uint8_t>(entry.attempts() - 1);
    x.retries_left = entry.retries();
    client.tasks.push_back(x);
    client.bytes += x.bytes;
    client.last_number = entry.id();
    ++accepted_;
    if (!queue_.push(x))
      reject({&x});
  }
}

// -- results ------------------------------------------------------------------

void scheduler_core::collect(engine_record& engine,
                             const message_view& message) {
  auto results = read_results(message);
  if (!results) {
    ++dropped_;
    return;
  }
  for (auto& entry : results->entries)
    collect(engine, entry, *results);
  if (engine.joined())
    engine.kind->places.limit(engine.seat, engine.pace.hwm());
}

void scheduler_core::collect(engine_record& engine,
                             const wire::ResultEntry& entry,
                             const result_batch_view& results) {
  auto x = tasks_.find(entry.id());
  auto outcome = wire::Outcome{entry.status()};
  if (x == nullptr || x->engine != &engine
      || outcome > wire::Outcome::Timeout) {
    ++dropped_;
    return;
  }
  engine.pace.record(entry.run_ns());
  ++(outcome == wire::Outcome::Ok ? engine.done : engine.failed);
  queue_.finish(*x);
  if (x->client == nullptr) {
    tasks_.release(*x);
  } else if (outcome == wire::Outcome::Error && x->retries_left > 0) {
    --x->retries_left;
    retry(*x);
  } else {
    report(*x,
           {x->entry().id(), entry.run_ns(), entry.started_ns(), 0, 0, 0, 0,
            value(engine.id), entry.status(), attempt_number(*x),
            entry.encoding(), 0},
           results.bytes_of(entry), results.frames_of(entry));
  }
}

void scheduler_core::strand(engine_record& engine) {
  while (auto x = engine.tasks.front())
    recover(*x, false);
}

void scheduler_core::recover(task& x, bool undelivered) {
  auto engine = x.engine->id;
  queue_.finish(x);
  if (x.client == nullptr) {
    tasks_.release(x);
  } else if (undelivered) {
    --x.attempts;
    retry(x);
  } else if (x.losses_left > 0) {
    --x.losses_left;
    retry(x);
  } else {
    conclude(x, wire::Outcome::EngineLost, engine,
             {"engine_lost", to_string(engine) + " was lost in attempt "
                               + std::to_string(x.attempts)
                               + ", the last one allowed"});
  }
}

void scheduler_core::retry(task& x) {
  ++redispatched_;
  again_.push_back(&x);
}

void scheduler_core::reject(const std::vector<task*>& xs) {
  for (auto x : xs)
    conclude(*x, wire::Outcome::Impossible, no_engine,
             {"unknown_function", "no engine knows the function"});
}

void scheduler_core::conclude(task& x, wire::Outcome outcome, engine_id engine,
                              const failure& why) {
  scratch_.clear();
  pack_failure(why, scratch_);
  report(x,
         {x.entry().id(), 0, 0, 0, 0, 0, 0, value(engine),
          static_cast<std::uint8_t>(outcome), attempt_number(x), 0, 0},
         scratch_, {});
}

void scheduler_core::report(task& x, const wire::ResultEntry& entry,
                            std::span<const std::byte> inline_bytes,
                            std::span<const buffer> frames) {
  auto& client = *x.client;
  outbox_.report(client, entry, inline_bytes, frames);
  ++reported_;
  client.tasks.erase(x);
  client.bytes -= x.bytes;
  tasks_.release(x);
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
  outbox_.resend();
}

bool scheduler_core::needs_tick() const noexcept {
  return outbox_.holds() || (!queue_.staffed() && queue_.size() > 0);
}

scheduler_actions scheduler_core::flush() {
  if (!again_.empty()) {
    std::erase_if(again_, [this](task* x) {
      if (x->client != nullptr)
        return false;
      tasks_.release(*x);
      return true;
    });
    reject(queue_.put_back(std::exchange(again_, {})));
  }
  while (auto x = queue_.pop())
    dispatch(*x);
  queue_.end_round();
  actions_.messages = outbox_.flush();
  return std::exchange(actions_, {});
}

void scheduler_core::dispatch(task& x) {
  ++x.attempts;
  outbox_.dispatch(x, tasks_.next_key(x));
}

// -- properties ---------------------------------------------------------------

scheduler_status scheduler_core::status() const {
  scheduler_status result;
  for (auto& [id, x] : peers_.engines())
    result.engines.push_back({id, static_cast<std::uint32_t>(x.tasks.size()),
                              x.done, x.failed, x.joined()});
  std::ranges::sort(result.engines, {}, &scheduler_status::engine::id);
  result.scheme = cfg_.scheme->name();
  result.queued = queue_.size();
  result.accepted = accepted_;
  result.reported = reported_;
  result.redispatched = redispatched_;
  result.dropped = dropped_;
  return result;
}

} // namespace troupe
