// SPDX-License-Identifier: BSL-1.0

#include <troupe/error.hpp>
#include <troupe/security.hpp>

#include <boost/test/unit_test.hpp>

using namespace troupe;

namespace {

auto keys = *key_pair::generate();

security_spec good_specs[] = {
  std::monostate{},
  no_security{},
  plain_client{"alice", "secret"},
  plain_server{[](auto, auto) { return identity_ptr{}; }},
  curve_client{keys, key_pair::generate()->public_key()},
  curve_server{keys, std::make_shared<access_list>()},
};

} // namespace

BOOST_AUTO_TEST_SUITE(security_suite)

BOOST_AUTO_TEST_CASE(passes_good_specs) {
  for (auto& how : good_specs)
    BOOST_TEST(!check_security(how));
}

BOOST_AUTO_TEST_CASE(asks_for_a_decision_on_tcp) {
  auto tcp = *endpoint::parse("tcp://127.0.0.1:*");
  auto err = check_security(std::monostate{}, tcp);
  BOOST_TEST((err == ec::bad_config));
  for (auto hint : {"tcp://127.0.0.1:*", "curve_server", "no_security{}"})
    BOOST_TEST(describe(err).find(hint) != std::string::npos, describe(err));
  for (auto& how : good_specs)
    BOOST_TEST(!check_security(how, tcp) == (how.index() != 0));
}

BOOST_AUTO_TEST_CASE(takes_anything_on_local_transports) {
  for (auto text : {"ipc:///run/x", "inproc://x"})
    for (auto& how : good_specs)
      BOOST_TEST(!check_security(how, *endpoint::parse(text)));
}

BOOST_AUTO_TEST_CASE(knows_who_asks_for_proof) {
  for (auto& how : good_specs)
    BOOST_TEST(asks_for_proof(how) == (how.index() == 3 || how.index() == 5));
}

BOOST_AUTO_TEST_CASE(fails_closed) {
  auto server_key = key_pair::generate()->public_key();
  struct {
    security_spec how;
    const char* hint;
  } cases[] = {
    {curve_server{keys, nullptr}, "access_list"},
    {curve_server{{}, std::make_shared<access_list>()}, "curve_server::keys"},
    {curve_client{{}, server_key}, "curve_client::keys"},
    {curve_client{keys, ""}, "server_key"},
    {curve_client{keys, server_key.substr(1)}, "server_key"},
    {plain_server{}, "plain_server::check"},
    {plain_client{"", "x"}, "plain_client::user"},
    {plain_client{"a b", "x"}, "plain_client::user"},
    {plain_client{"a", std::string(256, 'x')}, "password"},
    {plain_client{"a", std::string(1, '\0')}, "zero byte"},
  };
  for (auto& x : cases) {
    auto err = check_security(x.how);
    BOOST_TEST((err == ec::bad_config));
    BOOST_TEST(describe(err).find(x.hint) != std::string::npos, describe(err));
  }
}

BOOST_AUTO_TEST_SUITE_END()
