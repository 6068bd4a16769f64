// SPDX-License-Identifier: BSL-1.0

#include "troupe/client/view.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <list>

using namespace troupe;

namespace {

double root(double x) {
  return x;
}

double add(double x, double y) {
  return x + y;
}

double sum(std::span<const double>) {
  return 0;
}

double total(std::vector<double>) {
  return 0;
}

std::string_view shout(std::string_view text) {
  return text;
}

double first(std::tuple<double, double> x) {
  return std::get<0>(x);
}

int no_task(int x) {
  return x;
}

TROUPE_TASK_AS(root, "view.root");
TROUPE_TASK_AS(add, "view.add");
TROUPE_TASK_AS(shout, "view.shout");

/// Returns what arguments of the types `Ps` look like in an arena.
template <class... Ps, class... Ts>
std::vector<std::byte> encoded(Ts&&... xs) {
  std::vector<std::byte> arena;
  std::vector<buffer> frames;
  encoder out{arena, frames};
  detail::encode_arguments(std::type_identity<std::tuple<Ps...>>{}, out,
                           std::forward<Ts>(xs)...);
  BOOST_TEST(frames.empty());
  return arena;
}

template <class F>
std::string code_of(F f) {
  try {
    f();
  } catch (const error& x) {
    return to_string(x.code);
  }
  return "none";
}

} // namespace

BOOST_AUTO_TEST_SUITE(view_suite)

BOOST_AUTO_TEST_CASE(takes_what_converts_to_the_parameters) {
  static_assert(remote_callable<&root, double>);
  static_assert(remote_callable<&root, int>);
  static_assert(remote_callable<&add, int&, const float&>);
  static_assert(remote_callable<&sum, std::vector<double>&>);
  static_assert(remote_callable<&sum, array<double>>);
  static_assert(remote_callable<&sum, std::array<double, 3>&>);
  static_assert(remote_callable<&total, std::vector<double>>);
  static_assert(remote_callable<&total, std::span<const double>>);
  static_assert(remote_callable<&shout, const char*>);
  static_assert(remote_callable<&shout, std::string>);
  static_assert(remote_callable<&first, std::tuple<double, double>&>);
}

BOOST_AUTO_TEST_CASE(refuses_what_only_looks_like_an_argument) {
  static_assert(!remote_callable<&root>);
  static_assert(!remote_callable<&root, double, double>);
  static_assert(!remote_callable<&root, std::string>);
  static_assert(!remote_callable<&root, std::tuple<double>&>);
  static_assert(!remote_callable<&add, double>);
  static_assert(!remote_callable<&total, int>); // a size is no vector
  static_assert(!remote_callable<&total, std::vector<int>>);
  static_assert(!remote_callable<&shout, int>);
}

BOOST_AUTO_TEST_CASE(writes_all_forms_of_an_argument_alike) {
  std::vector<double> vector{1, 2, 3};
  auto expected = encoded<std::vector<double>>(vector);
  BOOST_TEST((encoded<std::span<const double>>(vector) == expected));
  BOOST_TEST((encoded<std::vector<double>>(std::span{vector}) == expected));
  BOOST_TEST((encoded<std::vector<double>>(array<double>{std::span{vector}})
              == expected));
  BOOST_TEST((encoded<array<double>>(std::vector{1.0, 2.0, 3.0}) == expected));
  BOOST_TEST((encoded<std::string>("abc")
              == encoded<std::string_view>(std::string{"abc"})));
}

BOOST_AUTO_TEST_CASE(writes_numbers_as_the_parameters_want_them) {
  BOOST_TEST(
    (encoded<double, float>(1, 2.0) == encoded<double, float>(1.0, 2.0f)));
  BOOST_TEST((encoded<double>(7).size()) == 8u);
}

BOOST_AUTO_TEST_CASE(a_function_without_registration_is_refused) {
  balanced_view view{nullptr};
  BOOST_TEST(code_of([&] { view.apply<&no_task>(1); })
             == "task_not_registered");
  BOOST_TEST(code_of([&] { view.map<&no_task>(std::vector{1}); })
             == "task_not_registered");
}

BOOST_AUTO_TEST_CASE(a_map_over_nothing_needs_no_cluster) {
  balanced_view view{nullptr};
  BOOST_TEST(view.map<&root>(std::vector<double>{}).get().empty());
  BOOST_TEST(view.map<&root>(std::list<int>{}).size() == 0u);
  auto pairs = view.map<&add>(std::vector<std::pair<int, double>>{});
  BOOST_TEST(pairs.size() == 0u);
  auto texts =
    view.with({.retries = 1}).map<&shout>(std::vector<std::string>{});
  static_assert(
    std::is_same_v<decltype(texts.get()), std::vector<std::string>>);
}

BOOST_AUTO_TEST_SUITE_END()
