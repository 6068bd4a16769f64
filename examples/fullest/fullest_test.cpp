// SPDX-License-Identifier: BSL-1.0
#include "fullest.hpp"
#include <troupe/scheduling/placement.hpp>

#include <boost/test/unit_test.hpp>

using troupe::placement;

namespace {

struct fixture {
  placement::seat pick() {
    auto x = places.best();
    BOOST_REQUIRE(x != placement::nobody);
    places.pick(x);
    return x;
  }

  fullest scheme;
  troupe::pick_order order;
  placement places{scheme, order};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(fullest_suite, fixture)

BOOST_AUTO_TEST_CASE(fills_one_engine_after_the_other) {
  places.add(troupe::at_most(2));
  places.add(troupe::at_most(2));
  auto first = pick();
  BOOST_TEST(pick() == first);
  auto second = pick();
  BOOST_TEST(second != first);
  BOOST_TEST(pick() == second);
  BOOST_TEST(places.best() == placement::nobody);
}

BOOST_AUTO_TEST_CASE(goes_on_with_the_engine_that_has_more) {
  places.add(troupe::at_most(3));
  places.add(troupe::at_most(3));
  for (auto i = 0; i < 5; ++i)
    pick(); // three and two
  auto x = places.load(0) == 3 ? placement::seat{0} : placement::seat{1};
  places.finish(x, 2);
  BOOST_TEST(pick() != x);
}

BOOST_AUTO_TEST_SUITE_END()
