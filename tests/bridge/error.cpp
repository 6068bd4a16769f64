// SPDX-License-Identifier: BSL-1.0

#include <troupe/error.hpp>

#include <caf/sec.hpp>

#include <boost/test/unit_test.hpp>

#include <set>

using namespace troupe;

BOOST_AUTO_TEST_SUITE(error_suite)

BOOST_AUTO_TEST_CASE(has_a_name_for_each_code) {
  std::set<std::string> names;
  auto last = static_cast<int>(ec::handshake_failed);
  for (auto i = 1; i <= last; ++i) {
    auto name = to_string(static_cast<ec>(i));
    BOOST_TEST(name.find("ec_") == std::string::npos);
    BOOST_TEST(names.insert(name).second, name);
  }
  BOOST_TEST(to_string(ec::peer_gone) == "peer_gone");
  BOOST_TEST(to_string(static_cast<ec>(200)) == "ec_200");
}

BOOST_AUTO_TEST_CASE(carries_a_sentence) {
  auto err = make_error(ec::closed, "the shop is closed");
  BOOST_TEST((err == ec::closed));
  BOOST_TEST((err != ec::peer_gone));
  BOOST_TEST(describe(err) == "the shop is closed");
}

BOOST_AUTO_TEST_CASE(describes_errors_without_a_sentence) {
  BOOST_TEST(describe(caf::make_error(ec::peer_full)) == "peer_full");
  BOOST_TEST(describe(caf::error{}) == "no error");
  auto foreign = describe(caf::make_error(caf::sec::request_timeout));
  BOOST_TEST(foreign.find("error") != std::string::npos, foreign);
}

BOOST_AUTO_TEST_SUITE_END()
