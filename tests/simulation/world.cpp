// SPDX-License-Identifier: BSL-1.0
#include "simulation/world.hpp"

#include "simulation/peers.hpp"
#include "simulation/scheduler.hpp"
#include "simulation/timeline.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <ostream>
#include <sstream>

namespace troupe::simulation {

namespace {

// What random numbers are drawn for.
constexpr auto for_delay = std::uint64_t{11};
constexpr auto for_duplicate = std::uint64_t{12};
constexpr auto for_full = std::uint64_t{13};
constexpr auto for_return = std::uint64_t{14};
constexpr auto for_detection = std::uint64_t{15};
constexpr auto for_control = std::uint64_t{16};

constexpr auto tick_period = 5 * millisecond;

/// How long after the last event everything must have come to its end.
constexpr auto patience = instant{100'000} * millisecond;

task_scheduler_config config_of(const story& x) {
  task_scheduler_config result;
  result.scheme = find_scheme(x.world.scheme);
  result.seed = x.seed;
  result.hwm = x.world.hwm;
  result.client_tasks = x.world.client_tasks;
  result.engine_bytes = x.world.engine_bytes;
  result.engine_wait =
    std::chrono::milliseconds{x.world.engine_wait / millisecond};
  result.period = std::chrono::milliseconds{tick_period / millisecond};
  return result;
}

/// Reads what `resources_of` wrote.
void read_resources(const resources& from, means& to) {
  for (auto& tag : from.tags)
    to.tags |= 1u << (tag.back() - '0');
  for (auto& slot : from.slots)
    to.slots = static_cast<std::uint32_t>(slot.amount);
}

/// One end of the task lane is the scheduler, this is the other one.
struct connection {
  bool engine = false;
  bool open = true;
  std::uint32_t who = 0;
  std::uint64_t messages = 0;
  instant last_in = 0;
  instant last_out = 0;
};

class world {
public:
  world(const story& x, const run_options& options)
    : story_(x),
      rules_(x.world),
      options_(options),
      scheduler_(options.through_actor ? make_actor(config_of(x))
                                       : make_rules(config_of(x))),
      oracle_(x.world),
      connections_(1) {
    for (std::uint32_t i = 0; i < x.events.size(); ++i)
      timeline_.add(x.events[i].at, step_kind::story, i);
    if (!x.events.empty())
      end_ = x.events.back().at;
    // Whatever happened, someone comes who can run all that is left.
    rescue_ = {
      .at = end_ + 20 * millisecond, .kind = event_kind::add_engine, .who = 0};
    for (auto& y : x.events)
      if (y.kind == event_kind::add_engine)
        rescue_.who = std::max(rescue_.who, y.who + 1);
    rescue_.with = {all_functions, all_tags, most_slots};
    last_engine_ = rescue_.who + 1;
    timeline_.add(rescue_.at, step_kind::story,
                  static_cast<std::uint32_t>(x.events.size()));
  }

  ending run() {
    while (!timeline_.empty() && fine())
      round();
    if (fine() && oracle_.missing() > 0)
      fail(std::to_string(oracle_.missing()) + " tasks are never reported");
    result_.violation = violation();
    result_.duration = now_;
    result_.dispatches = oracle_.dispatches();
    return result_;
  }

private:
  // -- violations -------------------------------------------------------------

  const std::string& violation() const {
    return failure_.empty() ? oracle_.violation() : failure_;
  }

  bool fine() const {
    return violation().empty();
  }

  void fail(const std::string& text) {
    if (fine())
      failure_ = text;
  }

  // -- time -------------------------------------------------------------------

  /// Hands over all that happens at one time, or one event, and ends the round.
  void round() {
    now_ = timeline_.next().at;
    scheduler_->advance(now_);
    do
      happen(timeline_.take());
    while (!scheduler_->acts_at_once() && !timeline_.empty()
           && timeline_.next().at == now_);
    oracle_.begin_flush();
    auto actions = scheduler_->flush();
    for (auto& x : actions.messages)
      send(std::move(x));
    for (auto& [id, what] : actions.revoked)
      send(value(id), std::move(what));
    for (auto id : actions.gone_engines)
      suspect(engines_[value(id)].alive, step_kind::lose_engine, value(id));
    for (auto id : actions.gone_clients)
      suspect(clients_[value(id)].alive, step_kind::lose_client, value(id));
    oracle_.end_round();
    ++result_.rounds;
    if (options_.validate_every > 0
        && result_.rounds % options_.validate_every == 0)
      if (auto text = scheduler_->validate(); !text.empty())
        fail("validate: " + text);
    if (scheduler_->needs_tick() && !std::exchange(ticking_, true))
      timeline_.add(now_ + tick_period, step_kind::tick, 0);
    plan_tick();
    if (now_ > end_ + patience && oracle_.missing() > 0)
      fail("the cluster does not come to an end");
    if (!fine() && options_.trace != nullptr)
      say("VIOLATION: " + violation());
  }

  /// Has the scheduler look at its timers when the first one is due.
  void plan_tick() {
    auto due = scheduler_->next_due();
    if (!due)
      return;
    auto at = std::max(*due, now_ + 1);
    if (next_tick_ > now_ && next_tick_ <= at)
      return;
    next_tick_ = at;
    timeline_.add(at, step_kind::due, 0);
  }

  void tick() {
    oracle_.tick(now_);
    scheduler_->tick();
  }

  void happen(const step& x) {
    switch (x.kind) {
      case step_kind::story:
        return happen(x.who < story_.events.size() ? story_.events[x.who]
                                                   : rescue_);
      case step_kind::to_scheduler:
        return arrive(x.who, timeline_.release(x.message));
      case step_kind::to_peer:
        return deliver(x.who, timeline_.release(x.message));
      case step_kind::back_gone:
        return come_back(x.who, ec::peer_gone, timeline_.release(x.message));
      case step_kind::back_full:
        return come_back(x.who, ec::peer_full, timeline_.release(x.message));
      case step_kind::work:
        return work(x.who);
      case step_kind::lose_engine:
        say("the scheduler gives up engine " + std::to_string(x.who));
        oracle_.lose_engine(x.who);
        return scheduler_->lose(engine_id{x.who});
      case step_kind::lose_client:
        say("the scheduler gives up client " + std::to_string(x.who));
        oracle_.lose_client(x.who);
        return scheduler_->lose(client_id{x.who});
      case step_kind::tick:
        ticking_ = false;
        return tick();
      case step_kind::due:
        return tick();
      case step_kind::revoke:
        return revoke(x.who, timeline_.take_revocation(x.message));
      case step_kind::cancel:
        return cancel(story_.events[x.who]);
      case step_kind::restart_engine:
        return restart_engine(x.who);
    }
  }

  // -- events of the story ----------------------------------------------------

  template <class Peers>
  bool alive(const Peers& peers, std::uint32_t id) const {
    return id < peers.size() && peers[id].alive;
  }

  /// A cancel reaches the scheduler: not on the way that tasks take.
  void cancel(const event& x) {
    cancel_request what{1, x.mode, {{x.first, x.count}}};
    auto counts = scheduler_->cancel(client_id{x.who}, what);
    oracle_.cancel(x.who, what, counts);
    mix(counts.dequeued ^ counts.asked << 20 ^ counts.killed << 40);
    say("client " + std::to_string(x.who)
        + " cancelled: " + std::to_string(counts.dequeued) + " waiting, "
        + std::to_string(counts.asked) + " asked to stop, "
        + std::to_string(counts.killed) + " to be killed");
  }

  void restart_engine(std::uint32_t id) {
    event next{.at = now_, .kind = event_kind::add_engine};
    next.with = engines_[id].with;
    next.who = last_engine_++;
    happen(next);
  }

  void happen(const event& x) {
    if (options_.trace != nullptr)
      *options_.trace << to_string(x) << '\n';
    switch (x.kind) {
      case event_kind::add_engine:
        return add_engine(x);
      case event_kind::add_client:
        return add_client(x.who);
      case event_kind::kill_engine:
        if (alive(engines_, x.who))
          kill(engines_[x.who], step_kind::lose_engine, x.who);
        return;
      case event_kind::kill_client:
        if (alive(clients_, x.who))
          kill(clients_[x.who], step_kind::lose_client, x.who);
        return;
      case event_kind::cut_engine:
        if (alive(engines_, x.who)) {
          connections_[engines_[x.who].connection].open = false;
          connect_engine(x.who);
        }
        return;
      case event_kind::submit:
        if (alive(clients_, x.who)) {
          clients_[x.who].backlog.push_back(x);
          submit(clients_[x.who]);
        }
        return;
      case event_kind::cancel:
        if (alive(clients_, x.who))
          timeline_.add(off_lane(x.who), step_kind::cancel,
                        static_cast<std::uint32_t>(&x - story_.events.data()));
    }
  }

  /// When a message arrives that does not travel on the task lane. At that time
  /// nothing from there arrives.
  instant off_lane(std::uint64_t who) {
    auto range = rules_.most_delay - rules_.least_delay + 1;
    auto at = now_ + rules_.least_delay
              + draw(story_.seed, for_control, who, now_) % range;
    return at / rules_.grid * rules_.grid + 1;
  }

  void add_engine(const event& x) {
    if (x.who >= engines_.size())
      engines_.resize(x.who + 1);
    engines_[x.who].alive = true;
    engines_[x.who].with = x.with;
    engine_joined hello;
    hello.id = engine_id{x.who};
    hello.token = 1 + std::uint64_t{x.who};
    for (auto f = 1u; f <= 3; ++f)
      if ((x.with.functions >> (f - 1) & 1) != 0)
        hello.functions.push_back(function_id{f});
    hello.means = resources_of(x.with);
    scheduler_->admit(hello);
    oracle_.admit_engine(x.who, x.with);
    connect_engine(x.who);
  }

  void connect_engine(std::uint32_t id) {
    engines_[id].connection = connect(true, id);
    auto number = engines_[id].connection; // they ascend
    post(number, {{}, {pack_join(1 + std::uint64_t{id}, number)}});
  }

  void add_client(std::uint32_t id) {
    constexpr auto tokens = std::uint64_t{1} << 40;
    if (id >= clients_.size())
      clients_.resize(id + 1);
    clients_[id].alive = true;
    clients_[id].id = id;
    clients_[id].connection = connect(false, id);
    scheduler_->admit(client_id{id}, tokens + id);
    oracle_.admit_client(id);
    post(clients_[id].connection, {{}, {pack_join(tokens + id)}});
  }

  template <class Peer>
  void kill(Peer& x, step_kind notice, std::uint32_t id) {
    x.alive = false;
    connections_[x.connection].open = false;
    auto delay = draw(story_.seed, for_detection, id) % rules_.detection;
    timeline_.add(now_ + delay, notice, id);
  }

  /// The hub looks at who cannot be reached: the dead are given up at once.
  void suspect(bool alive, step_kind notice, std::uint32_t id) {
    if (!alive)
      timeline_.add(now_ + 1, notice, id);
  }

  // -- connections ------------------------------------------------------------

  std::uint32_t connect(bool engine, std::uint32_t who) {
    connections_.push_back({.engine = engine, .who = who});
    return static_cast<std::uint32_t>(connections_.size() - 1);
  }

  bool chance(std::uint64_t what, std::uint32_t connection,
              std::uint32_t per_mille) {
    return draw(story_.seed, what, connection,
                connections_[connection].messages)
             % 1000
           < per_mille;
  }

  /// When a message arrives that leaves now: not before those ahead of it.
  instant arrival(std::uint32_t connection, instant& last) {
    auto& x = connections_[connection];
    auto range = rules_.most_delay - rules_.least_delay + 1;
    auto at = now_ + rules_.least_delay
              + draw(story_.seed, for_delay, connection, ++x.messages) % range;
    at = (at + rules_.grid - 1) / rules_.grid * rules_.grid;
    return last = std::max(last, at);
  }

  /// A peer sends.
  void post(std::uint32_t connection, multipart x) {
    x.peer = routing_id{std::to_string(connection)};
    auto at = arrival(connection, connections_[connection].last_in);
    auto twice = connections_[connection].engine
                 && chance(for_duplicate, connection, rules_.duplicates);
    if (twice)
      timeline_.add(at, step_kind::to_scheduler, connection, timeline_.keep(x));
    timeline_.add(at, step_kind::to_scheduler, connection,
                  timeline_.keep(std::move(x)));
  }

  /// The scheduler sends.
  void send(multipart x) {
    auto connection = std::uint32_t{0};
    auto text = x.peer.bytes();
    std::from_chars(text.data(), text.data() + text.size(), connection);
    auto view = message_view::make(x);
    if (!view)
      return fail("the scheduler sends what cannot be read");
    auto carries = note(connection, *view);
    auto at = arrival(connection, connections_[connection].last_out);
    auto full = carries && chance(for_full, connection, rules_.full);
    timeline_.add(at, full ? step_kind::back_full : step_kind::to_peer,
                  connection, timeline_.keep(std::move(x)));
  }

  /// The hub tells an engine about cancelled tasks.
  void send(std::uint32_t engine, revocation what) {
    for (auto key : what.keys)
      oracle_.revoked(engine, key);
    timeline_.add(off_lane(~std::uint64_t{engine}), step_kind::revoke, engine,
                  timeline_.keep(std::move(what)));
  }

  /// Compares what the scheduler sends. Returns whether it carries tasks or
  /// results.
  bool note(std::uint32_t connection, const message_view& x) {
    if (auto batch = read_tasks(x)) {
      auto limits = *read_limits(x);
      for (auto& entry : batch->entries) {
        auto place = static_cast<std::uint32_t>(&entry - batch->entries.data());
        auto limited = !limits.empty() && limits.front().task() == place;
        note_dispatch(connection, entry, name_of(batch->bytes_of(entry)),
                      limited ? limits.front().run_ms() : 0);
        limits = limits.subspan(limited ? 1 : 0);
      }
      return true;
    }
    if (auto batch = read_results(x)) {
      for (auto& entry : batch->entries)
        note_report(connections_[connection].who, entry);
      return true;
    }
    auto refusal = x.get<wire::Refusal>();
    if (refusal != nullptr && refusal->code() != wire::RefusalCode::UnknownPeer)
      fail("refused: " + refusal->text()->str());
    return false;
  }

  void note_dispatch(std::uint32_t connection, const wire::TaskEntry& entry,
                     const task_name& task, std::uint32_t run_ms) {
    auto who = connections_[connection].who;
    auto early = entry.priority() == dispatch_marks::early;
    result_.early += early;
    oracle_.dispatched(who, connection, entry.id(),
                       {task.client, task.number, entry.attempts()}, run_ms,
                       early);
    mix(entry.id() ^ task.number << 20 ^ std::uint64_t{who} << 40);
    if (options_.trace != nullptr)
      say("task " + std::to_string(task.client) + "/"
          + std::to_string(task.number) + " to engine " + std::to_string(who)
          + ", attempt " + std::to_string(entry.attempts())
          + (early ? ", early" : ""));
    if (options_.most_dispatches > 0
        && entry.attempts() >= options_.most_dispatches)
      fail("a task is handed out " + std::to_string(entry.attempts())
           + " times");
  }

  void note_report(std::uint32_t who, const wire::ResultEntry& entry) {
    auto outcome = wire::Outcome{entry.status()};
    oracle_.reported({who, entry.id(), entry.attempts()}, outcome);
    mix(entry.id() << 8 ^ entry.status() ^ std::uint64_t{who} << 40);
    if (options_.trace != nullptr)
      say("task " + std::to_string(who) + "/" + std::to_string(entry.id())
          + " is reported: " + wire::EnumNameOutcome(outcome));
  }

  void mix(std::uint64_t x) {
    result_.hash = draw(result_.hash, now_, x);
  }

  void say(const std::string& text) {
    if (options_.trace == nullptr)
      return;
    char time[32];
    std::snprintf(time, sizeof(time), "%8.2f ms    ",
                  static_cast<double>(now_) / millisecond);
    *options_.trace << time << text << '\n';
  }

  // -- arrivals ---------------------------------------------------------------

  /// A message reaches the scheduler.
  void arrive(std::uint32_t connection, multipart message) {
    auto& from = connections_[connection];
    auto view = message_view::make(message);
    if (view->get<wire::Join>() != nullptr) {
      if (from.engine)
        oracle_.join_engine(from.who, connection);
    } else if (auto results = read_results(*view)) {
      for (auto& x : results->entries)
        note_result(connection, x, results->bytes_of(x));
    } else if (view->get<wire::Leave>() != nullptr) {
      oracle_.leave_engine(from.who, connection);
    } else if (auto tasks = read_tasks(*view)) {
      note_submit(from.who, *tasks, *read_demands(*view, *tasks));
    }
    scheduler_->receive(std::move(message));
  }

  void note_result(std::uint32_t connection, const wire::ResultEntry& x,
                   std::span<const std::byte> bytes) {
    auto outcome = wire::Outcome{x.status()};
    auto pause = outcome == wire::Outcome::Rejected
                   ? read_rejection(bytes).retry_after
                   : std::chrono::milliseconds{0};
    oracle_.result(connections_[connection].who, connection, x.id(), outcome,
                   static_cast<instant>(pause.count()) * millisecond, now_);
  }

  void note_submit(std::uint32_t client, const task_batch_view& tasks,
                   const demand_view& demands) {
    auto next = demands.demands.begin();
    for (auto& x : tasks.entries) {
      event how;
      auto after = task_number{0};
      how.with.functions = 1u << (x.function() - 1);
      how.attempts = x.attempts();
      how.retries = x.retries();
      how.priority = x.priority();
      how.bytes = x.size();
      auto place = static_cast<std::uint32_t>(&x - tasks.entries.data());
      if (next != demands.demands.end() && next->task() == place) {
        how.queue_ms = next->queue_ms();
        how.run_ms = next->run_ms();
        how.retry_ms = next->retry_ms();
        how.retry_elsewhere = (next->flags() & demand_flags::retry_elsewhere)
                              != 0;
        if (auto others = demands.after(*next); !others.empty())
          after = others.front().value();
        read_resources(*demands.needs(*next++), how.with);
      }
      oracle_.submit(client, x.id(), how, after, now_);
      ++result_.tasks;
    }
  }

  /// A message reaches a peer, if it is still there.
  void deliver(std::uint32_t connection, multipart message) {
    auto& to = connections_[connection];
    if (!to.open) {
      if (chance(for_return, connection, rules_.returned))
        come_back(connection, ec::peer_gone, std::move(message));
      return;
    }
    auto view = message_view::make(std::move(message));
    if (to.engine) {
      if (auto tasks = read_tasks(*view)) {
        engines_[to.who].take(*tasks, *read_limits(*view),
                              view->get<wire::Dispatch>()->behind());
        begin_work(to.who);
      }
      if (auto wish = view->get<wire::GiveBack>())
        give_back(to.who, wish->tasks());
      return;
    }
    auto& client = clients_[to.who];
    if (auto credit = view->get<wire::Credit>())
      client.credit = credit->tasks();
    if (auto results = read_results(*view))
      for (auto& x : results->entries) {
        oracle_.received(to.who, x.id());
        --client.outstanding;
      }
    submit(client);
  }

  void come_back(std::uint32_t connection, ec reason, multipart message) {
    auto& to = connections_[connection];
    auto view = message_view::make(message);
    if (auto tasks = read_tasks(*view)) {
      std::vector<std::uint64_t> keys;
      for (auto& x : tasks->entries)
        keys.push_back(x.id());
      oracle_.take_back_dispatch(to.who, connection, reason == ec::peer_gone,
                                 keys);
    } else if (auto results = read_results(*view)) {
      for (auto& x : results->entries)
        oracle_.take_back_result(to.who, reason == ec::peer_gone, x.id());
    }
    scheduler_->take_back(reason, std::move(message));
  }

  // -- peers ------------------------------------------------------------------

  void submit(client& x) {
    for (auto& message : x.submits())
      post(x.connection, std::move(message));
  }

  void begin_work(std::uint32_t id) {
    auto& x = engines_[id];
    if (x.working > 0 || x.tasks.empty())
      return;
    timeline_.add(now_ + x.begin(story_.seed, rules_), step_kind::work, id);
  }

  void give_back(std::uint32_t id, std::size_t count) {
    auto& x = engines_[id];
    auto before = x.tasks.size();
    auto results = x.give_back(count);
    result_.given_back += before - x.tasks.size();
    if (!results.frames.empty())
      post(x.connection, std::move(results));
  }

  void work(std::uint32_t id) {
    auto& x = engines_[id];
    if (!x.alive)
      return;
    if (std::exchange(x.stuck, false))
      return end_engine(id, wire::Outcome::Timeout);
    std::vector<engine::run> ran;
    auto results = x.finish(story_.seed, ran);
    for (auto& y : ran)
      oracle_.ran(y.task.client, y.task.number, y.well);
    post(x.connection, std::move(results));
    begin_work(id);
  }

  /// The process of an engine ends with the task that it works on; the nanny
  /// starts another one.
  void end_engine(std::uint32_t id, wire::Outcome outcome) {
    constexpr auto restart = 5 * millisecond;
    auto& x = engines_[id];
    say("engine " + std::to_string(id) + " ends with its task");
    post(x.connection, x.give_up(outcome));
    post(x.connection, {{}, {pack_leave()}});
    kill(x, step_kind::lose_engine, id);
    if (now_ < rescue_.at)
      timeline_.add(now_ + restart, step_kind::restart_engine, id);
  }

  void revoke(std::uint32_t id, const revocation& what) {
    if (alive(engines_, id) && engines_[id].revoke(story_.seed, rules_, what))
      end_engine(id, wire::Outcome::Aborted);
  }

  const story& story_;
  const settings& rules_;
  run_options options_;
  event rescue_;
  timeline timeline_;
  std::unique_ptr<scheduler> scheduler_;
  oracle oracle_;
  std::vector<connection> connections_;
  std::vector<engine> engines_;
  std::vector<client> clients_;
  instant now_ = 0;
  instant end_ = 0;
  bool ticking_ = false;
  instant next_tick_ = 0;
  std::uint32_t last_engine_ = 0;
  std::string failure_;
  ending result_;
};

} // namespace

ending run(const story& x, const run_options& options) {
  return world{x, options}.run();
}

} // namespace troupe::simulation
