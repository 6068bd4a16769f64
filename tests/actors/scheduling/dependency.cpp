// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/dependency.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace troupe;

namespace {

using ids = std::set<unsigned>;

bool subset(const ids& xs, const ids& ys) {
  for (auto x : xs)
    if (!ys.contains(x))
      return false;
  return true;
}

bool disjoint(const ids& xs, const ids& ys) {
  for (auto x : xs)
    if (ys.contains(x))
      return false;
  return true;
}

ids united(ids xs, const ids& ys) {
  xs.insert(ys.begin(), ys.end());
  return xs;
}

} // namespace

BOOST_AUTO_TEST_SUITE(dependency_suite)

BOOST_AUTO_TEST_CASE(agrees_with_ipyparallel_in_all_cases_of_four_tasks) {
  for (auto size = 0u; size <= 4; ++size)
    for (auto flags = 0u; flags < 8; ++flags) {
      auto any = (flags & 1) != 0;
      auto success = (flags & 2) != 0;
      auto failure = (flags & 4) != 0;
      if (!success && !failure)
        continue; // it must be at least one
      // Each task has not ended, ended well, or badly.
      auto cases = 1u;
      for (auto i = 0u; i < size; ++i)
        cases *= 3;
      for (auto x = 0u; x < cases; ++x) {
        ids all, completed, failed;
        dependency real{size, any, success, failure};
        for (auto i = 0u, rest = x; i < size; ++i, rest /= 3) {
          all.insert(i);
          if (rest % 3 == 1)
            completed.insert(i);
          else if (rest % 3 == 2)
            failed.insert(i);
          if (rest % 3 != 0)
            real.end(real.counts(rest % 3 == 1));
        }
        auto right = united(success ? completed : ids{},
                            failure ? failed : ids{});
        auto wrong = united(success ? ids{} : completed,
                            failure ? ids{} : failed);
        auto met = all.empty()
                   || (any ? !disjoint(all, right) : subset(all, right));
        auto unreachable =
          !all.empty() && (any ? subset(all, wrong) : !disjoint(all, wrong));
        BOOST_REQUIRE(real.met() == met);
        BOOST_REQUIRE(real.unreachable() == unreachable);
        BOOST_REQUIRE(real.open() == size - completed.size() - failed.size());
      }
    }
}

BOOST_AUTO_TEST_SUITE_END()
