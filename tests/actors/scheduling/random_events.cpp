// SPDX-License-Identifier: BSL-1.0
#include "actors/scheduling/lane.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <set>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::test;

// The promises of the scheduler, held against random events: every accepted
// task is reported exactly once, whatever is lost, late, doubled or refused.

namespace {

/// What a test knows of a task.
struct known_task {
  unsigned attempts_allowed = 0;
  unsigned retries_allowed = 0;
  bool reported = false;
};

/// What a test knows of an engine.
struct known_engine {
  std::vector<function_id> functions;
  std::vector<dispatched_task> running;
};

class chaos {
public:
  chaos(unsigned seed, task_scheduler_config cfg)
    : rng_(seed), cfg_(cfg), lane_(cfg) {
    // nop
  }

  void step() {
    auto event = rng_() % 100;
    if (event < 4)
      add_engine();
    else if (event < 7)
      lose_engine();
    else if (event < 9)
      add_client();
    else if (event < 10)
      lose_client();
    else if (event < 40)
      submit();
    else if (event < 90)
      answer();
    else if (event < 93)
      answer_late();
    else if (event < 95)
      lane_.advance(std::chrono::milliseconds{rng_() % 2000});
    else if (event < 96)
      rejoin_engine();
    if (rng_() % 3 == 0)
      flush();
  }

  /// Lets everything come to its end and checks that nothing is left.
  void finish() {
    add_engine({function_id{1}, function_id{2}, function_id{3}});
    for (auto round = 0; round < 10000 && unreported() > 0; ++round) {
      flush();
      for (auto& [id, engine] : engines_)
        lane_.answer(id, std::exchange(engine.running, {}));
    }
    flush();
    BOOST_TEST(unreported() == 0u);
    auto status = lane_.core.status();
    BOOST_TEST(status.queued == 0u);
    BOOST_TEST(status.accepted == accepted_);
    BOOST_TEST(status.reported >= reported_); // some to lost clients
  }

  std::uint64_t reported() const {
    return reported_;
  }

private:
  template <class Map>
  auto any(Map& xs) {
    return std::next(xs.begin(), static_cast<int>(rng_() % xs.size()));
  }

  void add_engine() {
    if (engines_.size() > 6)
      return;
    std::vector<function_id> functions{function_id{1}};
    if (rng_() % 3 == 0)
      functions.push_back(function_id{2 + rng_() % 2});
    add_engine(std::move(functions));
  }

  void add_engine(std::vector<function_id> functions) {
    auto id = engine_id{next_engine_++};
    engines_[id].functions = functions;
    lane_.add(id, std::move(functions));
  }

  void lose_engine() {
    if (engines_.empty())
      return;
    auto i = any(engines_);
    for (auto& x : i->second.running)
      late_.emplace_back(i->first, x);
    lane_.core.lose(i->first);
    engines_.erase(i);
  }

  /// An engine loses its connection and joins from a new one, which the test
  /// names like the old one: what ran is forgotten by the scheduler.
  void rejoin_engine() {
    if (engines_.empty())
      return;
    flush();
    auto& [id, engine] = *any(engines_);
    auto other = routing_id{"in between"};
    lane_.core.receive(join_message(other, token_of(id)));
    lane_.core.receive(join_message(peer_of(id), token_of(id)));
    for (auto& x : std::exchange(engine.running, {}))
      late_.emplace_back(id, x);
    flush();
  }

  void add_client() {
    if (clients_.size() > 3)
      return;
    auto id = client_id{next_client_++};
    clients_[id];
    lane_.add(id);
  }

  void lose_client() {
    if (clients_.size() < 2)
      return;
    auto i = any(clients_);
    lane_.core.lose(i->first);
    clients_.erase(i);
  }

  void submit() {
    if (clients_.empty())
      return;
    auto& [id, known] = *any(clients_);
    std::vector<task_spec> specs;
    auto number = known.empty() ? 0 : known.rbegin()->first;
    for (auto n = 1 + rng_() % 20; n > 0; --n) {
      number += 1 + rng_() % 3;
      specs.push_back(
        {.number = number,
         .attempts = static_cast<std::uint8_t>(1 + rng_() % 3),
         .retries = static_cast<std::uint8_t>(rng_() % 3),
         .function = function_id{1 + rng_() % 4 / 2},
         .arguments = to_string(id) + "/" + std::to_string(number)});
    }
    flush();
    lane_.submit(id, specs);
    for (auto& x : specs)
      known[x.number] = {x.attempts, x.retries, false};
    accepted_ += specs.size();
    auto sent = lane_.flush();
    if (!sent.refusals.empty()) { // the credit is used up
      for (auto& x : specs)
        known.erase(x.number);
      accepted_ -= specs.size();
    }
    check(sent);
  }

  void answer() {
    if (engines_.empty())
      return;
    auto& [id, engine] = *any(engines_);
    if (engine.running.empty())
      return;
    auto n = static_cast<int>(1 + rng_() % engine.running.size());
    auto begin = engine.running.begin();
    auto outcome = rng_() % 4 == 0 ? wire::Outcome::Error : wire::Outcome::Ok;
    lane_.answer(id, {begin, begin + n}, outcome);
    if (rng_() % 10 == 0)
      lane_.answer(id, {begin, begin + n}, outcome); // doubled
    engine.running.erase(begin, begin + n);
  }

  void answer_late() {
    if (late_.empty())
      return;
    auto& [id, x] = late_[rng_() % late_.size()];
    lane_.answer(id, {x});
  }

  void flush() {
    check(lane_.flush());
  }

  known_task* find(client_id id, task_number number) {
    auto client = clients_.find(id);
    if (client == clients_.end())
      return nullptr;
    auto task = client->second.find(number);
    return task != client->second.end() ? &task->second : nullptr;
  }

  void check(const lane_output& sent) {
    for (auto& [id, xs] : sent.dispatched) {
      auto i = engines_.find(id);
      BOOST_REQUIRE(i != engines_.end()); // never to a lost engine
      for (auto& x : xs)
        check_dispatch(i->second, x);
      if (cfg_.hwm > 0)
        BOOST_REQUIRE(i->second.running.size() <= cfg_.hwm);
    }
    for (auto& [id, xs] : sent.reported) {
      BOOST_REQUIRE(clients_.contains(id)); // never to a lost client
      for (auto& x : xs)
        check_report(id, x);
    }
  }

  void check_dispatch(known_engine& engine, const dispatched_task& x) {
    BOOST_REQUIRE(std::ranges::count(engine.functions, x.function) == 1);
    BOOST_REQUIRE(keys_.insert(x.key).second); // no key serves twice
    engine.running.push_back(x);
  }

  void check_report(client_id id, const reported_task& x) {
    auto task = find(id, x.number);
    BOOST_REQUIRE(task != nullptr);
    BOOST_REQUIRE(!task->reported); // exactly once
    task->reported = true;
    ++reported_;
    BOOST_TEST(x.attempts <= task->attempts_allowed + task->retries_allowed);
    if (x.outcome == wire::Outcome::EngineLost)
      BOOST_TEST(x.attempts >= task->attempts_allowed);
    if (x.outcome == wire::Outcome::Ok)
      BOOST_TEST(x.attempts >= 1u);
  }

  std::size_t unreported() const {
    auto result = std::size_t{0};
    for (auto& [id, tasks] : clients_)
      for (auto& [number, task] : tasks)
        result += !task.reported;
    return result;
  }

  std::mt19937 rng_;
  task_scheduler_config cfg_;
  test::lane lane_;
  std::map<engine_id, known_engine> engines_;
  std::map<client_id, std::map<task_number, known_task>> clients_;
  std::vector<std::pair<engine_id, dispatched_task>> late_;
  std::set<std::uint64_t> keys_;
  std::uint32_t next_engine_ = 0;
  std::uint32_t next_client_ = 0;
  std::uint64_t accepted_ = 0;
  std::uint64_t reported_ = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(random_events_suite)

BOOST_AUTO_TEST_CASE(every_task_is_reported_exactly_once) {
  for (auto seed = 1u; seed <= 24; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      task_scheduler_config cfg;
      auto schemes = scheme_names();
      cfg.scheme = find_scheme(schemes[seed % schemes.size()]);
      cfg.seed = seed;
      cfg.hwm = seed % 5;
      cfg.client_tasks = 200;
      cfg.engine_bytes = seed % 3 == 0 ? 40 : 1 << 20;
      cfg.engine_wait = 3s;
      chaos world{seed, cfg};
      for (auto step = 0; step < 1000; ++step)
        world.step();
      world.finish();
      BOOST_TEST(world.reported() > 100u);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
