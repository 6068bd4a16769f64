// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/placement.hpp"

#include "troupe/scheduling/schemes/schemes.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>
#include <set>
#include <vector>

using namespace troupe;

namespace {

constexpr auto unlimited = at_most(1000000);

/// ipyparallel's own words: targets in LRU order, a new engine at the head, a
/// picked one at the tail; the first of the least loaded is taken.
class naive_placement {
public:
  explicit naive_placement(bool counts) : counts_(counts) {
    // nop
  }

  void add(placement::seat x, load_limit most) {
    targets_.insert(targets_.begin(), {x, 0, most});
  }

  void remove(placement::seat x) {
    targets_.erase(find(x));
  }

  placement::seat best() {
    auto result = targets_.end();
    for (auto i = targets_.begin(); i != targets_.end(); ++i) {
      if (i->rests || i->load >= i->most.hwm || i->suspended)
        continue;
      if (result == targets_.end() || (counts_ && i->load < result->load))
        result = i;
    }
    if (result == targets_.end())
      return placement::nobody;
    return result->seat;
  }

  void pick(placement::seat x, std::size_t waiting) {
    auto i = find(x);
    ++i->load;
    // Too few are left to fill everybody up.
    if (waiting < targets_.size() * (i->most.hwm - i->most.refill))
      i->rests = true;
    update(*i);
    std::rotate(i, i + 1, targets_.end());
  }

  void finish(placement::seat x) {
    auto i = find(x);
    --i->load;
    update(*i);
  }

  void limit(placement::seat x, load_limit most) {
    auto i = find(x);
    i->most = most;
    update(*i);
  }

  void suspend(placement::seat x, bool value) {
    find(x)->suspended = value;
  }

private:
  struct target {
    placement::seat seat;
    std::uint32_t load;
    load_limit most;
    bool rests = false;
    bool suspended = false;
  };

  /// Above its hwm an engine gets nothing until it is down to `refill`.
  static void update(target& x) {
    x.rests = (x.rests || x.load >= x.most.hwm)
              && (x.load > x.most.refill || x.load >= x.most.hwm);
  }

  std::vector<target>::iterator find(placement::seat x) {
    return std::ranges::find(targets_, x, &target::seat);
  }

  bool counts_;
  std::vector<target> targets_;
};

struct fixture {
  /// Picks `n` times and returns who was picked.
  std::vector<placement::seat> pick(placement& places, std::size_t n) {
    std::vector<placement::seat> result;
    while (n-- > 0) {
      auto best = places.best();
      BOOST_REQUIRE(best != placement::nobody);
      places.pick(best);
      result.push_back(best);
    }
    return result;
  }

  placement::rank top(const placement& places) {
    return places.rank_of(places.best());
  }

  pick_order order;
  placement least{leastload_scheme(), order};
  placement lru{lru_scheme(), order};
};

using seats = std::vector<placement::seat>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(placement_suite, fixture)

BOOST_AUTO_TEST_CASE(nobody_is_best_among_none) {
  BOOST_TEST(least.best() == placement::nobody);
  auto x = least.add(at_most(1));
  BOOST_TEST(least.best() != placement::nobody);
  least.remove(x);
  BOOST_TEST(least.best() == placement::nobody);
  BOOST_TEST(least.size() == 0u);
}

BOOST_AUTO_TEST_CASE(a_new_engine_comes_first) {
  auto a = least.add(unlimited);
  auto b = least.add(unlimited);
  auto c = least.add(unlimited);
  BOOST_TEST((pick(least, 3) == seats{c, b, a}));
}

BOOST_AUTO_TEST_CASE(leastload_takes_turns_among_equals) {
  auto a = least.add(unlimited);
  auto b = least.add(unlimited);
  BOOST_TEST((pick(least, 4) == seats{b, a, b, a}));
}

BOOST_AUTO_TEST_CASE(leastload_prefers_fewer_tasks) {
  auto a = least.add(unlimited);
  auto b = least.add(unlimited);
  pick(least, 6);
  least.finish(b, 2);
  BOOST_TEST((pick(least, 3) == seats{b, b, a}));
  BOOST_TEST(least.load(a) == 4u);
  BOOST_TEST(least.load(b) == 3u);
}

BOOST_AUTO_TEST_CASE(lru_ignores_the_load) {
  auto a = lru.add(unlimited);
  auto b = lru.add(unlimited);
  pick(lru, 3);     // b, a, b
  lru.finish(b, 2); // b is idle, but a was picked longer ago
  BOOST_TEST((pick(lru, 2) == seats{a, b}));
}

BOOST_AUTO_TEST_CASE(finishing_does_not_change_the_turn) {
  auto a = lru.add(unlimited);
  auto b = lru.add(unlimited);
  pick(lru, 2); // b, a
  lru.finish(b, 1);
  lru.finish(a, 1);
  BOOST_TEST((pick(lru, 2) == seats{b, a}));
}

BOOST_AUTO_TEST_CASE(an_engine_at_its_hwm_is_not_eligible) {
  auto a = least.add(at_most(2));
  auto b = least.add(at_most(1));
  BOOST_TEST((pick(least, 3) == seats{b, a, a}));
  BOOST_TEST(least.best() == placement::nobody);
  least.finish(b, 1);
  BOOST_TEST((pick(least, 1) == seats{b}));
}

BOOST_AUTO_TEST_CASE(a_new_hwm_counts_at_once) {
  auto a = least.add(at_most(1));
  pick(least, 1);
  least.limit(a, at_most(2));
  BOOST_TEST((pick(least, 1) == seats{a}));
  least.limit(a, at_most(1));
  BOOST_TEST(least.best() == placement::nobody);
  least.finish(a, 1);
  BOOST_TEST(least.best()
             == placement::nobody); // one of two is still outstanding
  least.finish(a, 1);
  BOOST_TEST(least.best() != placement::nobody);
}

BOOST_AUTO_TEST_CASE(a_full_engine_rests_until_it_has_few_tasks_left) {
  auto a = least.add({4, 2});
  pick(least, 3);
  least.finish(a, 1);
  BOOST_TEST((pick(least, 2) == seats{a, a})); // it was never full
  least.finish(a, 1);
  BOOST_TEST(least.best() == placement::nobody);
  least.finish(a, 1);
  BOOST_TEST((pick(least, 2) == seats{a, a}));
  BOOST_TEST(least.best() == placement::nobody);
}

BOOST_AUTO_TEST_CASE(a_smaller_limit_can_be_one_to_rest_at) {
  auto a = least.add({8, 4});
  pick(least, 6);
  least.limit(a, {4, 2});
  least.finish(a, 3);
  BOOST_TEST(least.best() == placement::nobody);
  least.limit(a, {8, 4});
  BOOST_TEST(least.best() == a);
}

BOOST_AUTO_TEST_CASE(the_last_tasks_fill_nobody_up) {
  auto a = least.add({8, 2});
  auto b = least.add({8, 2});
  least.pick(a, 12); // enough for two that lack six
  least.pick(a, 12);
  least.pick(a, 12);
  BOOST_TEST(least.eligible(a));
  least.pick(a, 11);
  BOOST_TEST(!least.eligible(a));
  for (auto left : {3, 2, 1}) {
    BOOST_TEST(least.best() == b);
    least.pick(b, static_cast<std::size_t>(left));
  }
  BOOST_TEST(least.best() == placement::nobody);
  least.finish(b, 1);
  BOOST_TEST(least.best() == b);
}

BOOST_AUTO_TEST_CASE(a_suspended_engine_is_not_eligible) {
  auto a = least.add(unlimited);
  auto b = least.add(unlimited);
  least.suspend(b);
  BOOST_TEST((pick(least, 2) == seats{a, a}));
  least.resume(b);
  BOOST_TEST((pick(least, 1) == seats{b}));
}

BOOST_AUTO_TEST_CASE(seats_are_given_away_again) {
  auto a = least.add(unlimited);
  least.add(unlimited);
  pick(least, 4);
  least.remove(a);
  auto c = least.add(unlimited);
  BOOST_TEST(c == a);
  BOOST_TEST(least.load(c) == 0u);
  BOOST_TEST(least.size() == 2u);
}

BOOST_AUTO_TEST_CASE(placements_with_one_order_can_be_compared) {
  placement other{leastload_scheme(), order};
  least.add(unlimited);
  other.add(unlimited);
  BOOST_TEST((top(other) < top(least))); // it is newer
  pick(other, 1);
  BOOST_TEST((top(least) < top(other)));
}

BOOST_AUTO_TEST_CASE(agrees_with_ipyparallel_over_random_events) {
  for (auto scheme : {&leastload_scheme(), &lru_scheme()}) {
    std::mt19937 rng{7};
    placement real{*scheme, order};
    naive_placement model{scheme == &leastload_scheme()};
    std::set<placement::seat> present;
    auto any = [&] {
      return *std::next(present.begin(),
                        static_cast<int>(rng() % present.size()));
    };
    auto any_limit = [&]() -> load_limit {
      auto hwm = static_cast<std::uint32_t>(1 + rng() % 6);
      return {hwm, static_cast<std::uint32_t>(rng() % hwm)};
    };
    for (auto step = 0; step < 20000; ++step) {
      auto event = present.empty() ? 0 : rng() % 100;
      if (event < 3) {
        auto most = any_limit();
        auto x = real.add(most);
        BOOST_REQUIRE(present.insert(x).second);
        model.add(x, most);
      } else if (event < 5) {
        auto x = any();
        real.remove(x);
        model.remove(x);
        present.erase(x);
      } else if (event < 10) {
        auto most = rng() % 6 == 0 ? at_most(0) : any_limit();
        auto x = any();
        real.limit(x, most);
        model.limit(x, most);
      } else if (event < 15) {
        auto x = any();
        auto value = rng() % 2 == 0;
        value ? real.suspend(x) : real.resume(x);
        model.suspend(x, value);
      } else if (event < 60) {
        auto x = real.best();
        BOOST_REQUIRE((x == model.best()));
        if (x != placement::nobody) {
          auto waiting = rng() % 2 == 0 ? rng() % 40 : placement::plenty;
          real.pick(x, waiting);
          model.pick(x, waiting);
        }
      } else if (auto x = any(); real.load(x) > 0) {
        real.finish(x, 1);
        model.finish(x);
      }
      BOOST_REQUIRE((real.best() == model.best()));
    }
  }
}

BOOST_AUTO_TEST_CASE(weights_lie_side_by_side) {
  placement drawn{weighted_scheme(), order};
  BOOST_TEST(drawn.weight() == 0.0);
  auto a = drawn.add(at_most(3));
  auto b = drawn.add(at_most(3));
  auto c = drawn.add(at_most(3));
  for (auto i = 0; i < 2; ++i)
    drawn.pick(a);
  drawn.pick(c); // 1/2, a million, 1
  BOOST_TEST(drawn.at(0) == a);
  BOOST_TEST(drawn.at(0.49) == a);
  BOOST_TEST(drawn.at(0.51) == b);
  BOOST_TEST(drawn.at(drawn.weight() - 0.5) == c);
  drawn.suspend(b);
  BOOST_TEST(drawn.weight() == 1.5, boost::test_tools::tolerance(1e-5));
  BOOST_TEST(drawn.at(0.51) == c);
  BOOST_TEST(drawn.at(1e9) == c); // never beyond the last one
  drawn.remove(c);
  BOOST_TEST(drawn.at(1e9) == a);
}

BOOST_AUTO_TEST_SUITE_END()
