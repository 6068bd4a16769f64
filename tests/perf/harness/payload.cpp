// SPDX-License-Identifier: BSL-1.0

#include "harness/payload.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>

using namespace troupe::perf;

BOOST_AUTO_TEST_SUITE(payload_suite)

BOOST_AUTO_TEST_CASE(payloads_have_the_size_and_differ) {
  auto xs = make_payloads(1000, 16);
  BOOST_TEST(xs.size() == 1000u);
  BOOST_TEST(std::all_of(xs.begin(), xs.end(),
                         [](const auto& x) { return x.size() == 16; }));
  BOOST_TEST(std::set<std::string>(xs.begin(), xs.end()).size() == 1000u);
}

BOOST_AUTO_TEST_CASE(right_answers_in_any_order_complete_the_check) {
  auto xs = make_payloads(100, 16);
  answer_check check{xs};
  for (auto i = xs.rbegin(); i != xs.rend(); ++i) {
    BOOST_TEST(!check.complete());
    BOOST_TEST(check.take(*i));
  }
  BOOST_TEST(check.complete());
}

BOOST_AUTO_TEST_CASE(an_answer_that_comes_twice_fails_the_check) {
  auto xs = make_payloads(2, 16);
  answer_check check{xs};
  BOOST_TEST(check.take(xs[0]));
  BOOST_TEST(!check.take(xs[0]));
  BOOST_TEST(!check.complete());
}

BOOST_AUTO_TEST_CASE(a_changed_answer_fails_the_check) {
  auto xs = make_payloads(2, 16);
  answer_check check{xs};
  auto changed = xs[1];
  changed.back() ^= 1;
  BOOST_TEST(!check.take(changed));
  BOOST_TEST(check.take(xs[0]));
  BOOST_TEST(!check.complete());
}

BOOST_AUTO_TEST_CASE(one_answer_too_many_fails_the_check) {
  auto xs = make_payloads(1, 0);
  answer_check check{xs};
  BOOST_TEST(check.take(""));
  BOOST_TEST(check.complete());
  BOOST_TEST(!check.take(""));
  BOOST_TEST(!check.complete());
}

BOOST_AUTO_TEST_CASE(short_answers_are_compared_by_their_sum) {
  auto xs = make_payloads(300, 1);
  answer_check right{xs};
  answer_check wrong{xs};
  for (const auto& x : xs) {
    BOOST_TEST(right.take(x));
    wrong.take(xs[1]);
  }
  BOOST_TEST(right.complete());
  BOOST_TEST(!wrong.complete());
}

BOOST_AUTO_TEST_CASE(an_answer_of_another_size_fails_the_check) {
  auto xs = make_payloads(1, 4);
  answer_check check{xs};
  BOOST_TEST(!check.take("123"));
}

BOOST_AUTO_TEST_SUITE_END()
