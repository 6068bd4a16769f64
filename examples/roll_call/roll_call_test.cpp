// SPDX-License-Identifier: BSL-1.0
#include "roll_call.hpp"
#include "support/deterministic_fixture.hpp"
#include <troupe/text_frames.hpp>

#include <caf/send.hpp>

using namespace troupe;

namespace {

const auto alice = routing_id{std::string{"\0aaaa", 5}};
const auto bob = routing_id{std::string{"\0bbbb", 5}};

struct fixture : test::deterministic_fixture {
  fixture() {
    service = sys.spawn(roll_call, socket.as<socket_actor>());
    run();
    socket.take<atom::attach, socket_owner_actor>();
  }

  ~fixture() {
    caf::anon_send_exit(service, caf::exit_reason::user_shutdown);
    run();
  }

  /// Lets the socket deliver names together, and returns the answers.
  std::vector<multipart>
  deliver(std::vector<std::pair<routing_id, std::string>> names) {
    delivery arrived;
    for (auto& [peer, name] : names)
      arrived.messages.emplace_back(peer, text_frames({name}));
    socket->send(service, std::move(arrived));
    run();
    return std::get<0>(socket.take<outgoing>()).messages;
  }

  test::probe socket{sys};
  roll_call_actor service;
};

} // namespace

BOOST_AUTO_TEST_SUITE(roll_call_suite)

BOOST_AUTO_TEST_CASE(counts_each_name_by_itself) {
  roll_call_state state;
  BOOST_TEST(state.call("alice") == 1u);
  BOOST_TEST(state.call("bob") == 1u);
  BOOST_TEST(state.call("alice") == 2u);
  BOOST_TEST(state.names() == 2u);
}

BOOST_AUTO_TEST_CASE(remembers_so_many_names_and_no_more) {
  roll_call_state state;
  for (auto i = std::size_t{0}; i < roll_call_state::max_names; ++i)
    state.call(std::to_string(i));
  BOOST_TEST(state.call("one more") == 0u);
  BOOST_TEST(state.call("0") == 2u);
  BOOST_TEST(state.names() == roll_call_state::max_names);
}

BOOST_FIXTURE_TEST_CASE(answers_a_delivery_with_one_message, fixture) {
  auto answers = deliver({{alice, "a"}, {bob, "b"}, {bob, "a"}});
  BOOST_REQUIRE(answers.size() == 3u);
  BOOST_CHECK(answers[0].peer == alice);
  BOOST_TEST(answers[0].frames[0].text() == "1");
  BOOST_CHECK(answers[2].peer == bob);
  BOOST_TEST(answers[2].frames[0].text() == "2");
  BOOST_TEST(socket.received_nothing());
}

BOOST_FIXTURE_TEST_CASE(answers_a_request_in_its_envelope, fixture) {
  auto request = multipart{alice, text_frames({"id", "", "a"})};
  socket->send(service, delivery{0, {request}, nullptr});
  run();
  auto answer = std::get<0>(socket.take<outgoing>()).messages.at(0);
  BOOST_CHECK(answer.peer == alice);
  BOOST_REQUIRE(answer.frames.size() == 3u);
  BOOST_TEST(text_at(answer, 0) == "id");
  BOOST_TEST(text_at(answer, 2) == "1");
}

BOOST_AUTO_TEST_SUITE_END()
