// SPDX-License-Identifier: BSL-1.0

#include <troupe/error.hpp>
#include <troupe/socket_spec.hpp>

#include <boost/test/unit_test.hpp>

#include <functional>

using namespace troupe;

namespace {

/// Checks a good ROUTER's spec after `change`.
caf::error check_with(const std::function<void(socket_spec&)>& change) {
  socket_spec spec;
  spec.type = socket_type::router;
  spec.bind = {"tcp://127.0.0.1:*"};
  spec.security = no_security{};
  change(spec);
  return check(spec);
}

} // namespace

BOOST_AUTO_TEST_SUITE(socket_spec_suite)

BOOST_AUTO_TEST_CASE(passes_good_specs) {
  BOOST_TEST(!check_with([](auto&) {}));
  BOOST_TEST(!check_with([](auto& x) {
    x.type = socket_type::sub;
    x.subscriptions = {""};
    x.connect = {"tcp://127.0.0.1:5555", "ipc:///run/x", "inproc://x"};
  }));
}

BOOST_AUTO_TEST_CASE(finds_subscriptions_that_break_connections) {
  for (auto size : {0u, 1u, 245u, 246u, 250u, 255u, 256u, 1000u}) {
    auto err = check_with([=](auto& x) {
      x.type = socket_type::sub;
      x.subscriptions = {"", std::string(size, 'x')};
    });
    if (size < 246 || size > 255)
      BOOST_TEST(!err, size);
    else
      BOOST_TEST(describe(err).find("245 bytes") != std::string::npos, size);
  }
}

BOOST_AUTO_TEST_CASE(finds_settings_that_make_no_sense) {
  using std::chrono::milliseconds;
  const std::function<void(socket_spec&)> changes[] = {
    [](auto& x) { x.bind.clear(); },
    [](auto& x) { x.subscriptions = {""}; },
    [](auto& x) { x.type = socket_type::sub; },
    [](auto& x) { x.options.send_hwm = 0; },
    [](auto& x) { x.max_frame = 0; },
    [](auto& x) {
      x.type = socket_type::stream;
      x.security = plain_client{"alice", ""};
    },
    [](auto& x) { x.max_frame = std::size_t{1} << 63; },
    [](auto& x) { x.max_frames = 0; },
    [](auto& x) { x.max_message = 0; },
    [](auto& x) { x.max_unhandled_deliveries = 0; },
    [](auto& x) { x.max_batch = 0; },
    [](auto& x) { x.options.linger = milliseconds{-1}; },
    [](auto& x) { x.options.linger = std::chrono::hours{2}; },
  };
  for (auto& change : changes) {
    auto err = check_with(change);
    BOOST_TEST((err == ec::bad_config));
    BOOST_TEST(describe(err).starts_with("bad socket: "), describe(err));
  }
}

BOOST_AUTO_TEST_CASE(finds_bad_endpoints) {
  for (auto text : {"", "nonsense", "udp://127.0.0.1:1"}) {
    BOOST_TEST((check_with([&](auto& x) { x.bind.push_back(text); })
                == ec::bad_endpoint));
    BOOST_TEST((check_with([&](auto& x) { x.connect.push_back(text); })
                == ec::bad_endpoint));
  }
}

BOOST_AUTO_TEST_CASE(asks_for_a_decision_about_tcp) {
  auto undecided = [](auto& x) { x.security = {}; };
  auto err = check_with(undecided);
  BOOST_TEST((err == ec::bad_config));
  BOOST_TEST(describe(err).find("no_security{}") != std::string::npos);
  err = check_with([&](auto& x) {
    undecided(x);
    x.bind.clear();
    x.connect = {"tcp://127.0.0.1:5555"};
  });
  BOOST_TEST((err == ec::bad_config));
  BOOST_TEST(!check_with([&](auto& x) {
    undecided(x);
    x.bind = {"ipc:///run/x", "inproc://x"};
  }));
  BOOST_TEST((check_with([](auto& x) { x.security = plain_server{}; })
              == ec::bad_config));
}

BOOST_AUTO_TEST_CASE(connects_to_no_wildcard) {
  for (auto text : {"tcp://127.0.0.1:*", "tcp://127.0.0.1:0", "tcp://*:5555",
                    "ipc://*", "inproc://*"}) {
    auto err = check_with([&](auto& x) { x.connect = {text}; });
    BOOST_TEST((err == ec::bad_endpoint));
    BOOST_TEST(describe(err).find("wildcard") != std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()
