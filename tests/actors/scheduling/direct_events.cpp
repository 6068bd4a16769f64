// SPDX-License-Identifier: BSL-1.0
#include "actors/scheduling/tree_lane.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <type_traits>

using namespace troupe;
using namespace troupe::test;

// The promises of the direct scheduler, held against random events: every call
// has one result per engine, engines run the calls of a client in order, and
// coalesced results come together. The same for one scheduler and for trees.

namespace {

/// A call as its client knows it.
struct known_call {
  std::vector<std::uint32_t> engines;
  bool coalesced = false;
  std::size_t reported = 0;
  std::uint64_t round = 0;
};

/// @tparam Lane is `cast_lane` or `tree_lane`
template <class Lane>
class chaos {
public:
  template <class... Ts>
  explicit chaos(unsigned seed, Ts... xs) : rng_(seed), lane_(config(), xs...) {
    add_client();
    for (auto i = 0; i < 3; ++i)
      add_engine();
  }

  void step() {
    auto event = rng_() % 100;
    if (event < 3)
      add_engine();
    else if (event < 6)
      lose_engine();
    else if (event < 8)
      add_client();
    else if (event < 9)
      lose_client();
    else if (event < 40)
      submit();
    else if (event < 90)
      answer();
    else if (event < 93)
      bounce();
    else if (event < 96)
      cancel();
    else if (event < 97)
      leave();
    else
      lane_.core.tick();
    if (rng_() % 3 == 0)
      flush();
  }

  void finish() {
    for (auto round = 0; round < 1000 && !calls_.empty(); ++round) {
      lane_.core.tick();
      flush();
      for (auto& [id, running] : engines_)
        lane_.answer(id, std::exchange(running, {}));
    }
    flush();
    BOOST_TEST(calls_.empty());
    auto status = lane_.core.status();
    BOOST_TEST(status.queued == 0u);
    BOOST_TEST(status.accepted == accepted_);
    BOOST_TEST(status.reported >= reported_); // some to lost clients
  }

  std::uint64_t reported() const {
    return reported_;
  }

  std::uint64_t cancelled() const {
    return cancelled_;
  }

private:
  static direct_scheduler_config config() {
    direct_scheduler_config cfg;
    cfg.client_tasks = 200;
    cfg.client_bytes = 10000;
    cfg.engine_calls = 7;
    cfg.engine_bytes = 400;
    return cfg;
  }

  template <class Map>
  auto any(Map& xs) {
    return std::next(xs.begin(), static_cast<int>(rng_() % xs.size()));
  }

  void add_engine() {
    if (engines_.size() > 6)
      return;
    auto id = engine_id{next_engine_++};
    engines_[id];
    lane_.add(id);
  }

  void lose_engine() {
    if (engines_.empty())
      return;
    auto i = any(engines_);
    auto late = i->second;
    auto id = i->first;
    lane_.core.lose(id);
    engines_.erase(i);
    lane_.answer(id, late); // nobody waits for these
  }

  /// An engine whose process ends with a call.
  void leave() {
    if (engines_.empty())
      return;
    auto i = any(engines_);
    flush();
    lane_.core.receive({peer_of(i->first), {pack_leave()}});
    lane_.core.lose(i->first);
    lane_.answer(i->first, i->second);
    engines_.erase(i);
  }

  /// Cancels some results, also of calls that do not exist yet. Engines leave
  /// half of those out that they were told of.
  void cancel() {
    if (clients_.empty())
      return;
    auto& [id, next] = *any(clients_);
    auto first = 1 + rng_() % (next + 5);
    auto mode = static_cast<cancel_mode>(rng_() % 3);
    lane_.core.cancel(id, {1, mode, {{first | direct_number, rng_() % 20}}});
    for (auto& [engine, what] : flush().revoked) {
      auto i = engines_.find(engine);
      BOOST_REQUIRE(i != engines_.end());
      for (auto key : what.keys) {
        auto x = std::ranges::find(i->second, direct_key(key),
                                   &dispatched_task::key);
        BOOST_REQUIRE(x != i->second.end());
        if (rng_() % 2)
          continue;
        lane_.answer(engine, {*x}, wire::Outcome::Aborted);
        i->second.erase(x);
      }
    }
  }

  void add_client() {
    if (clients_.size() > 3)
      return;
    auto id = client_id{next_client_++};
    clients_[id] = 1;
    lane_.add(id);
  }

  void lose_client() {
    if (clients_.empty())
      return;
    auto i = any(clients_);
    flush();
    lane_.core.lose(i->first);
    std::erase_if(calls_, [&](auto& x) { return x.first.first == i->first; });
    clients_.erase(i);
  }

  void submit() {
    if (clients_.empty())
      return;
    auto& [id, next] = *any(clients_);
    std::vector<cast_spec> batch;
    std::size_t open = 0;
    for (auto& [key, call] : calls_)
      if (key.first == id)
        open += call.engines.size();
    for (auto count = 1 + rng_() % 5; count > 0; --count) {
      std::vector<std::uint32_t> engines;
      for (auto n = 1 + rng_() % 4; n > 0; --n)
        engines.push_back(static_cast<std::uint32_t>(
          rng_() % (next_engine_ + 1))); // some are gone, one never was
      open += engines.size();
      if (open > 180)
        break;
      std::uint8_t flags = rng_() % 2 ? cast_flags::coalesce : 0;
      batch.push_back(
        {.number = next,
         .engines = engines,
         .arguments = std::to_string(value(id)) + " " + std::to_string(next),
         .flags = flags});
      calls_[{id, next}] = {engines, flags != 0};
      next += engines.size();
      accepted_ += engines.size();
    }
    if (!batch.empty())
      lane_.submit(id, batch);
  }

  void answer() {
    if (engines_.empty())
      return;
    auto& [id, running] = *any(engines_);
    auto count = std::min<std::size_t>(running.size(), 1 + rng_() % 3);
    std::vector<dispatched_task> first{
      running.begin(), running.begin() + static_cast<int>(count)};
    running.erase(running.begin(), running.begin() + static_cast<int>(count));
    lane_.answer(id, first,
                 rng_() % 4 ? wire::Outcome::Ok : wire::Outcome::Error);
  }

  /// Gives back a message for which there was no room.
  void bounce() {
    lane_output sent = flush();
    for (auto& message : sent.messages) {
      auto view = message_view::make(message);
      if (!view || view->get<wire::Results>() == nullptr)
        continue;
      lane_.core.take_back(ec::peer_full, message);
      take_back_reports(*view);
      return;
    }
  }

  /// They will be reported again.
  void take_back_reports(const message_view& view) {
    auto batch = read_results(view);
    for (auto& [id, next] : clients_)
      if (peer_of(id) == view.peer())
        for (auto& x : batch->entries)
          returned_.insert({id, x.id()});
  }

  lane_output flush() {
    auto sent = lane_.flush();
    ++round_;
    for (auto& [peer, code] : sent.refusals)
      BOOST_REQUIRE(peer.starts_with("engine")); // one that was given up
    for (auto& [id, xs] : sent.dispatched)
      for (auto& x : xs) {
        check_order(id, x.arguments);
        engines_[id].push_back(x);
      }
    for (auto& [id, xs] : sent.reported)
      for (auto& x : xs)
        report(id, x);
    return sent;
  }

  void check_order(engine_id id, const std::string& arguments) {
    auto space = arguments.find(' ');
    auto client = arguments.substr(0, space);
    auto number = std::stoull(arguments.substr(space));
    auto& last = order_[{id, client}];
    BOOST_REQUIRE(number >= last); // a call may name an engine twice
    last = number;
  }

  void report(client_id id, const reported_task& x) {
    if (returned_.erase({id, x.number}) > 0)
      return; // was counted when it came first
    auto i = calls_.upper_bound({id, x.number});
    BOOST_REQUIRE(i != calls_.begin());
    --i;
    auto& call = i->second;
    BOOST_REQUIRE((i->first.first == id));
    auto k = x.number - i->first.second;
    BOOST_REQUIRE(k < call.engines.size());
    BOOST_REQUIRE(seen_.insert({id, x.number}).second);
    auto engine = engine_id{call.engines[k]};
    BOOST_REQUIRE((x.engine == engine || x.outcome == wire::Outcome::Impossible
                   || x.outcome == wire::Outcome::Aborted));
    cancelled_ += x.outcome == wire::Outcome::Aborted;
    if (call.coalesced) { // all at once, and without a tree in order
      BOOST_REQUIRE((call.reported == 0 || call.round == round_));
      if constexpr (std::is_same_v<Lane, cast_lane>)
        BOOST_REQUIRE(k == call.reported);
      call.round = round_;
    }
    ++reported_;
    if (++call.reported == call.engines.size())
      calls_.erase(i);
  }

  std::mt19937 rng_;
  Lane lane_;
  std::uint32_t next_engine_ = 0;
  std::uint32_t next_client_ = 1;
  std::map<engine_id, std::vector<dispatched_task>> engines_;
  std::map<client_id, task_number> clients_; // next numbers
  std::map<std::pair<client_id, task_number>, known_call> calls_;
  std::set<std::pair<client_id, task_number>> seen_;
  std::set<std::pair<client_id, task_number>> returned_;
  std::map<std::pair<engine_id, std::string>, std::uint64_t> order_;
  std::uint64_t accepted_ = 0;
  std::uint64_t reported_ = 0;
  std::uint64_t cancelled_ = 0;
  std::uint64_t round_ = 0;
};

/// Lets worlds of 60 seeds go on for a while.
template <class Lane, class... Ts>
void run_worlds(Ts... xs) {
  std::uint64_t reported = 0;
  std::uint64_t cancelled = 0;
  for (unsigned seed = 1; seed <= 60; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      chaos<Lane> world{seed, xs...};
      for (auto i = 0; i < 400; ++i)
        world.step();
      world.finish();
      reported += world.reported();
      cancelled += world.cancelled();
    }
  }
  BOOST_TEST(reported > 5000u);
  BOOST_TEST(cancelled > 500u);
}

} // namespace

BOOST_AUTO_TEST_SUITE(direct_events_suite)

BOOST_AUTO_TEST_CASE(every_call_has_one_result_per_engine) {
  run_worlds<cast_lane>();
}

BOOST_AUTO_TEST_CASE(the_same_holds_for_trees) {
  for (std::uint32_t leaves : {1, 2, 4})
    run_worlds<tree_lane>(leaves);
}

BOOST_AUTO_TEST_SUITE_END()
