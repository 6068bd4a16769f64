// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/engine_pool.hpp"

#include "troupe/scheduling/schemes/schemes.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <map>

using namespace troupe;

// What schemes do with engines of several kinds. The chances are those of
// ipyparallel's rules, worked out by hand.

namespace {

constexpr auto work = function_id{1};
constexpr auto picks = 60000;

/// Says what makes no sense.
class senseless final : public placement_scheme {
public:
  std::string_view name() const noexcept override {
    return "senseless";
  }

  unsigned draws() const noexcept override {
    return 2;
  }

  double weight(const engine_load& x) const noexcept override {
    constexpr double values[] = {std::numeric_limits<double>::quiet_NaN(), -1,
                                 std::numeric_limits<double>::infinity()};
    return values[x.hwm % 3];
  }

  double cost(const engine_load&) const noexcept override {
    return std::numeric_limits<double>::quiet_NaN();
  }
};

struct world {
  explicit world(const placement_scheme& scheme, std::uint64_t seed = 7)
    : pool(scheme, seed, 1 << 20) {
    // nop
  }

  /// Adds an engine of one of two kinds with `load` tasks.
  void add(std::uint32_t load, std::uint32_t hwm = 100) {
    auto id = engine_id{static_cast<std::uint32_t>(loads.size())};
    auto& x = *peers.add_engine(id, value(id), hwm);
    x.functions = {work};
    if (loads.size() % 2 == 1)
      x.functions.push_back(function_id{2});
    pool.join(x);
    loads.push_back(load);
    for (auto n = load; n > 0; --n)
      pool.assign(table.make(), x);
  }

  engine_record* place() {
    return pool.place(pool.knowing(work), next);
  }

  /// Picks without giving out tasks and returns how often each was picked.
  std::map<std::uint32_t, double> shares() {
    std::map<std::uint32_t, double> result;
    for (auto i = 0; i < picks; ++i)
      result[value(place()->id)] += 1.0 / picks;
    return result;
  }

  task_table table;
  peer_table peers;
  engine_pool pool;
  task next;
  std::vector<std::uint32_t> loads;
};

/// Whether a share is that of a chance, within five standard deviations.
bool about(double share, double chance) {
  return std::abs(share - chance)
         <= 5 * std::sqrt(chance * (1 - chance) / picks) + 1e-12;
}

} // namespace

BOOST_AUTO_TEST_SUITE(engine_pool_suite)

BOOST_AUTO_TEST_CASE(plainrandom_gives_all_the_same_chance) {
  world x{plainrandom_scheme()};
  for (auto load : {5u, 0u, 1u, 9u, 0u})
    x.add(load);
  for (auto& [id, share] : x.shares())
    BOOST_TEST(about(share, 0.2), "engine " << id << ": " << share);
}

BOOST_AUTO_TEST_CASE(twobin_prefers_who_was_picked_longer_ago) {
  world x{twobin_scheme()};
  for (auto i = 0; i < 4; ++i)
    x.add(0);
  // A new engine comes first: 3, 2, 1, 0. The nth of 4 is the first of two
  // draws with a chance of (2 * (4 - n) + 1) / 16, n = 1 ... 4.
  auto shares = x.shares();
  for (auto n = 1u; n <= 4; ++n)
    BOOST_TEST(about(shares[4 - n], (2 * (4 - n) + 1) / 16.0));
}

BOOST_AUTO_TEST_CASE(weighted_prefers_fewer_tasks) {
  world x{weighted_scheme()};
  for (auto load : {1u, 2u, 2u, 4u})
    x.add(load);
  const double chance[] = {1 / 2.25, 0.5 / 2.25, 0.5 / 2.25, 0.25 / 2.25};
  auto shares = x.shares();
  for (auto i = 0u; i < 4; ++i) {
    auto wins = 0.0; // against whom it wins as the first, and as the second
    for (auto j = 0u; j < 4; ++j)
      wins += chance[j]
              * ((x.loads[i] <= x.loads[j]) + (x.loads[i] < x.loads[j]));
    BOOST_TEST(about(shares[i], chance[i] * wins));
  }
}

BOOST_AUTO_TEST_CASE(weighted_takes_an_idle_engine_almost_always) {
  world x{weighted_scheme()};
  x.add(1);
  x.add(0);
  x.add(1);
  BOOST_TEST(x.shares()[1] > 0.999);
}

BOOST_AUTO_TEST_CASE(full_engines_are_never_drawn) {
  for (auto name : scheme_names()) {
    world x{*find_scheme(name)};
    x.add(2, 2);
    x.add(1, 2);
    x.add(3, 3);
    for (auto i = 0; i < 100; ++i)
      BOOST_REQUIRE((x.place()->id == engine_id{1}));
    x.pool.assign(x.table.make(), *x.place());
    BOOST_TEST(x.place() == nullptr);
  }
}

BOOST_AUTO_TEST_CASE(an_engine_without_room_is_passed_by) {
  for (auto name : scheme_names()) {
    world x{*find_scheme(name)};
    x.add(1);
    x.add(1);
    x.next.bytes = std::uint64_t{2} << 20;
    BOOST_TEST(x.place() == nullptr); // both have a task, and this one is large
    x.add(0);
    BOOST_TEST((x.place()->id == engine_id{2}));
    x.next.bytes = 1;
    BOOST_TEST(x.place() != nullptr);
  }
}

BOOST_AUTO_TEST_CASE(the_seed_alone_decides) {
  auto story = [](std::uint64_t seed) {
    world x{weighted_scheme(), seed};
    for (auto i = 0; i < 9; ++i)
      x.add(1);
    std::vector<engine_id> result;
    for (auto i = 0; i < 50; ++i)
      result.push_back(x.place()->id);
    return result;
  };
  BOOST_TEST((story(1) == story(1)));
  BOOST_TEST((story(1) != story(2)));
}

BOOST_AUTO_TEST_CASE(senseless_answers_of_a_scheme_do_no_harm) {
  senseless scheme;
  world x{scheme};
  for (auto hwm : {3u, 4u, 5u, 6u})
    x.add(0, hwm);
  for (auto i = 0; i < 18; ++i) {
    auto engine = x.place();
    BOOST_REQUIRE(engine != nullptr);
    x.pool.assign(x.table.make(), *engine);
  }
  BOOST_TEST(x.place() == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
