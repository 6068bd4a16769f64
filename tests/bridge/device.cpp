// SPDX-License-Identifier: BSL-1.0

#include "troupe/device.hpp"

#include "bridge/loopback.hpp"
#include "support/temp_dir.hpp"

#include <zmq.h>

#include <map>
#include <sys/resource.h>

using namespace troupe;
using namespace troupe::test;

namespace {

using frames = std::vector<std::string>;

device_spec loopback_spec() {
  return {.front = "tcp://127.0.0.1:*", .back = "tcp://127.0.0.1:*"};
}

std::unique_ptr<device> start(device_spec spec = loopback_spec()) {
  auto result = device::start(std::move(spec));
  if (!result)
    BOOST_FAIL(describe(result.error()));
  return std::move(*result);
}

std::string start_error(device_spec spec) {
  auto result = device::start(std::move(spec));
  BOOST_REQUIRE(!result);
  return describe(result.error());
}

struct dealer : plain_peer {
  explicit dealer(const std::string& where) : plain_peer(ZMQ_DEALER) {
    connect(where);
  }
};

/// Waits until the device dropped `count` messages.
bool drops(const device& x, std::uint64_t count) {
  return wait_until([&] { return x.counters().dropped == count; });
}

} // namespace

BOOST_AUTO_TEST_SUITE(device_suite)

BOOST_AUTO_TEST_CASE(carries_messages_there_and_back) {
  auto uut = start();
  dealer client{uut->front()};
  dealer other{uut->front()};
  dealer engine{uut->back()};
  BOOST_REQUIRE(client.send({"question", "payload"}));
  auto x = engine.receive();
  BOOST_REQUIRE(x.size() == 3u);
  BOOST_TEST(x[1] == "question");
  BOOST_TEST(x[2] == "payload");
  BOOST_REQUIRE(other.send({"another"}));
  auto y = engine.receive();
  BOOST_REQUIRE(y.size() == 2u);
  BOOST_TEST(x[0] != y[0]);
  BOOST_REQUIRE(engine.send({y[0], "to the other"}));
  BOOST_REQUIRE(engine.send({x[0], "answer", std::string(100'000, 'x')}));
  BOOST_TEST(other.receive() == frames{"to the other"});
  auto answer = client.receive();
  BOOST_REQUIRE(answer.size() == 2u);
  BOOST_TEST(answer[0] == "answer");
  BOOST_TEST(answer[1].size() == 100'000u);
  BOOST_TEST(uut->counters().requests == 2u);
  BOOST_TEST(uut->counters().replies == 2u);
  BOOST_TEST(uut->counters().dropped == 0u);
}

BOOST_AUTO_TEST_CASE(deals_out_in_turn) {
  auto uut = start();
  dealer client{uut->front()};
  std::vector<std::unique_ptr<dealer>> engines;
  for (auto i = 0; i < 3; ++i)
    engines.push_back(std::make_unique<dealer>(uut->back()));
  // Until all of them are there.
  std::map<dealer*, int> seen;
  auto look = [&] {
    for (auto& engine : engines)
      while (engine->try_receive())
        ++seen[engine.get()];
  };
  BOOST_REQUIRE(wait_until([&] {
    client.send({"probe"});
    look();
    return seen.size() == engines.size();
  }));
  auto sent = uut->counters().requests;
  auto total = [&] {
    auto result = std::uint64_t{0};
    for (auto& [engine, n] : seen)
      result += static_cast<std::uint64_t>(n);
    return result;
  };
  BOOST_REQUIRE(wait_until([&] {
    look();
    auto all = uut->counters().requests;
    return std::exchange(sent, all) == all && total() == all;
  }));
  seen.clear();
  for (auto i = 0; i < 300; ++i)
    BOOST_REQUIRE(client.send({"task"}));
  BOOST_REQUIRE(wait_until([&] {
    look();
    return total() >= 300;
  }));
  // One probe that came late may be among them.
  for (auto& [engine, n] : seen)
    BOOST_TEST(std::abs(n - 100) <= 1);
}

BOOST_AUTO_TEST_CASE(keeps_messages_until_somebody_takes_them) {
  auto uut = start();
  dealer client{uut->front()};
  for (auto i = 0; i < 10; ++i)
    BOOST_REQUIRE(client.send({std::to_string(i)}));
  dealer engine{uut->back()};
  for (auto i = 0; i < 10; ++i) {
    auto x = engine.receive();
    BOOST_REQUIRE(x.size() == 2u);
    BOOST_TEST(x[1] == std::to_string(i));
  }
}

BOOST_AUTO_TEST_CASE(ends_while_messages_wait) {
  auto uut = start();
  dealer client{uut->front()};
  for (auto i = 0; i < 10; ++i)
    BOOST_REQUIRE(client.send({"never taken"}));
  auto begin = std::chrono::steady_clock::now();
  uut.reset();
  BOOST_TEST((std::chrono::steady_clock::now() - begin < patience));
}

BOOST_AUTO_TEST_CASE(drops_answers_to_nobody) {
  auto uut = start();
  dealer engine{uut->back()};
  auto client = std::make_unique<dealer>(uut->front());
  BOOST_REQUIRE(client->send({"question"}));
  auto x = engine.receive();
  client.reset();
  BOOST_REQUIRE(x.size() == 2u);
  BOOST_REQUIRE(wait_until([&] { // its end may take a moment to be noticed
    engine.send({x[0], "answer"});
    return uut->counters().dropped > 0;
  }));
}

BOOST_AUTO_TEST_CASE(drops_messages_of_peers_that_chose_their_routing_id) {
  auto uut = start();
  plain_peer chooser{ZMQ_DEALER};
  chooser.set(ZMQ_ROUTING_ID, "me");
  chooser.connect(uut->front());
  BOOST_REQUIRE(chooser.send({"question"}));
  BOOST_TEST(drops(*uut, 1));
  BOOST_TEST(uut->counters().requests == 0u);
}

BOOST_AUTO_TEST_CASE(drops_messages_beyond_its_bounds) {
  auto spec = loopback_spec();
  spec.max_frames = 3;
  spec.max_message = 1000;
  auto uut = start(spec);
  dealer client{uut->front()};
  dealer engine{uut->back()};
  BOOST_REQUIRE(client.send({"one", "two", "three"}));
  BOOST_REQUIRE(client.send({"1", "2", "3", "4", "5", "6"}));
  BOOST_REQUIRE(client.send({std::string(1000, 'x')}));
  BOOST_REQUIRE(client.send({"one", "two"}));
  auto x = engine.receive();
  BOOST_REQUIRE(x.size() == 3u);
  BOOST_TEST(x[2] == "two");
  BOOST_TEST(drops(*uut, 3));
  BOOST_REQUIRE(engine.send({x[0], "1", "2", "3"}));
  BOOST_REQUIRE(engine.send({x[0]}));
  BOOST_REQUIRE(engine.send({x[0], "fine"}));
  BOOST_TEST(client.receive() == frames{"fine"});
  BOOST_TEST(drops(*uut, 5));
}

BOOST_AUTO_TEST_CASE(disconnects_who_sends_a_frame_beyond_its_bound) {
  auto spec = loopback_spec();
  spec.max_frame = 1000;
  auto uut = start(spec);
  dealer client{uut->front()};
  dealer engine{uut->back()};
  BOOST_REQUIRE(client.send({std::string(100'000, 'x')}));
  dealer other{uut->front()};
  BOOST_REQUIRE(other.send({"small"}));
  auto x = engine.receive();
  BOOST_REQUIRE(x.size() == 2u);
  BOOST_TEST(x[1] == "small");
}

BOOST_AUTO_TEST_CASE(works_over_ipc) {
  temp_dir dir;
  auto uut = start({.front = dir.ipc("front"), .back = dir.ipc("back")});
  BOOST_TEST(uut->front() == dir.ipc("front"));
  dealer client{uut->front()};
  dealer engine{uut->back()};
  BOOST_REQUIRE(client.send({"question"}));
  BOOST_TEST(engine.receive().size() == 2u);
  auto again =
    start_error({.front = dir.ipc("front"), .back = dir.ipc("other")});
  BOOST_TEST(again.find("in use") != again.npos);
}

BOOST_AUTO_TEST_CASE(refuses_endpoints_that_others_can_reach) {
  for (auto where : {"tcp://*:*", "tcp://0.0.0.0:*", "tcp://192.0.2.1:5555"}) {
    auto front = loopback_spec();
    front.front = where;
    BOOST_TEST(start_error(front).find("loopback") != std::string::npos);
    auto back = loopback_spec();
    back.back = where;
    BOOST_TEST(start_error(back).find("loopback") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong_with_a_spec) {
  auto bad = loopback_spec();
  bad.front = "nonsense";
  BOOST_TEST(!start_error(bad).empty());
  bad = loopback_spec();
  bad.max_frames = 1;
  BOOST_TEST(start_error(bad).find("two frames") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(does_not_start_what_it_could_not_end) {
  rlimit usual{};
  getrlimit(RLIMIT_NOFILE, &usual);
  auto none = rlimit{0, usual.rlim_max};
  setrlimit(RLIMIT_NOFILE, &none);
  auto result = device::start(loopback_spec());
  setrlimit(RLIMIT_NOFILE, &usual);
  BOOST_REQUIRE(!result);
  BOOST_TEST((result.error() == ec::limit_reached));
  auto text = describe(result.error());
  BOOST_TEST(text.find("end its thread") != text.npos, text);
}

BOOST_AUTO_TEST_SUITE_END()
