// SPDX-License-Identifier: BSL-1.0

#include <troupe/socket_options.hpp>

#include <boost/test/unit_test.hpp>

#include <functional>
#include <string>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

using change = std::function<void(socket_options&)>;

/// Returns what is wrong after `how`, or nothing.
std::string complaint(const change& how) {
  socket_options options;
  how(options);
  auto what = bad_option(options);
  return what == nullptr ? "" : what;
}

struct row {
  change how;
  const char* part; // of the complaint
};

} // namespace

BOOST_AUTO_TEST_SUITE(socket_options_suite)

BOOST_AUTO_TEST_CASE(has_good_defaults) {
  BOOST_TEST(complaint([](auto&) {}) == "");
}

BOOST_AUTO_TEST_CASE(makes_no_heartbeats_unless_told) {
  // They lose large messages on slow links.
  BOOST_TEST((socket_options{}.heartbeat.interval == 0ms));
}

BOOST_AUTO_TEST_CASE(passes_extreme_values) {
  const change good[] = {
    [](auto& x) { x.linger = 0ms; },
    [](auto& x) { x.linger = 1h; },
    [](auto& x) { x.send_hwm = x.receive_hwm = 1; },
    [](auto& x) { x.send_buffer = x.receive_buffer = 0; },
    [](auto& x) { x.reconnect_max = 0ms; },
    [](auto& x) { x.reconnect_max = x.reconnect_min = 0ms; },
    [](auto& x) {
      x.keep_alive = {false, 0s, 0s, 0};
    },
    [](auto& x) {
      x.heartbeat = {1ms, 0ms, 6'553'500ms};
    },
    [](auto& x) { x.tos = 255; },
    [](auto& x) { x.routing_id = std::string(255, 'x'); },
  };
  for (auto& how : good)
    BOOST_TEST(complaint(how) == "");
}

BOOST_AUTO_TEST_CASE(finds_values_that_make_no_sense) {
  const row rows[] = {
    {[](auto& x) { x.send_hwm = 0; }, "send_hwm"},
    {[](auto& x) { x.receive_hwm = 0; }, "receive_hwm"},
    {[](auto& x) { x.send_buffer = -2; }, "send_buffer"},
    {[](auto& x) { x.receive_buffer = -2; }, "receive_buffer"},
    {[](auto& x) { x.linger = -1ms; }, "linger"},
    {[](auto& x) { x.linger = 1h + 1ms; }, "linger"},
    {[](auto& x) { x.handshake_timeout = -1ms; }, "time"},
    {[](auto& x) { x.connect_timeout = -1ms; }, "time"},
    {[](auto& x) { x.retransmit_timeout = 600h; }, "time"},
    {[](auto& x) { x.reconnect_min = -1ms; }, "time"},
    {[](auto& x) { x.reconnect_max = 99ms; }, "reconnect_max"},
    {[](auto& x) { x.keep_alive.idle = 0s; }, "keep_alive"},
    {[](auto& x) { x.keep_alive.interval = 0s; }, "keep_alive"},
    {[](auto& x) { x.keep_alive.count = 0; }, "keep_alive"},
    {[](auto& x) { x.heartbeat.interval = -1ms; }, "heartbeat"},
    {[](auto& x) { x.heartbeat.timeout = 1s; }, "heartbeat.timeout"},
    {[](auto& x) {
       x.heartbeat = {1s, 1s, 6'553'501ms};
     },
     "heartbeat.ttl"},
    {[](auto& x) { x.tos = -1; }, "tos"},
    {[](auto& x) { x.tos = 256; }, "tos"},
    {[](auto& x) { x.backlog = 0; }, "backlog"},
    {[](auto& x) { x.routing_id = std::string(256, 'x'); }, "routing_id"},
    {[](auto& x) { x.routing_id = std::string(5, '\0'); }, "routing_id"},
  };
  for (auto& x : rows)
    BOOST_TEST(complaint(x.how).find(x.part) != std::string::npos,
               "no complaint about " << x.part << " but '" << complaint(x.how)
                                     << "'");
}

BOOST_AUTO_TEST_SUITE_END()
