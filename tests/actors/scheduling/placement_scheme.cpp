// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/placement_scheme.hpp"

#include "troupe/scheduling/schemes/schemes.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace troupe;

namespace {

class plain final : public placement_scheme {
public:
  explicit plain(std::string_view name) : name_(name) {
    // nop
  }

  std::string_view name() const noexcept override {
    return name_;
  }

private:
  std::string_view name_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(placement_scheme_suite)

BOOST_AUTO_TEST_CASE(knows_the_schemes_of_the_library) {
  BOOST_TEST(find_scheme("leastload") == &leastload_scheme());
  BOOST_TEST(find_scheme("lru") == &lru_scheme());
  BOOST_TEST(find_scheme("plainrandom") == &plainrandom_scheme());
  BOOST_TEST(find_scheme("twobin") == &twobin_scheme());
  BOOST_TEST(find_scheme("weighted") == &weighted_scheme());
  for (auto& name : scheme_names())
    BOOST_TEST(find_scheme(name)->name() == name);
}

BOOST_AUTO_TEST_CASE(takes_one_scheme_of_a_name) {
  BOOST_TEST(find_scheme("mine") == nullptr);
  BOOST_TEST(register_scheme(std::make_unique<plain>("mine")));
  BOOST_REQUIRE(find_scheme("mine") != nullptr);
  BOOST_TEST(std::ranges::count(scheme_names(), "mine") == 1);
  BOOST_TEST(!register_scheme(std::make_unique<plain>("mine")));
  BOOST_TEST(!register_scheme(std::make_unique<plain>("lru")));
  BOOST_TEST(find_scheme("lru") == &lru_scheme());
}

BOOST_AUTO_TEST_CASE(says_which_schemes_there_are) {
  auto text = unknown_scheme_text("best");
  BOOST_TEST(text.find("\"best\"") != std::string::npos);
  BOOST_TEST(text.find(", twobin and weighted") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
