// SPDX-License-Identifier: BSL-1.0
#include "last_value.hpp"
#include "support/deterministic_fixture.hpp"
#include <troupe/text_frames.hpp>

#include <caf/send.hpp>

using namespace troupe;

namespace {

using kind = socket_event::kind;

struct fixture : test::deterministic_fixture {
  fixture() {
    publisher = sys.spawn(last_value, socket.as<socket_actor>());
    run();
    socket.take<atom::attach, socket_owner_actor>();
  }

  ~fixture() {
    caf::anon_send_exit(publisher, caf::exit_reason::user_shutdown);
    run();
  }

  void put(const char* topic, const char* value) {
    socket->send(publisher, caf::put_atom_v, topic, value);
    run();
  }

  /// Lets somebody subscribe, and returns what is published for that.
  std::vector<multipart> join(kind what, const char* prefix) {
    socket->send(publisher, socket_event{.what = what, .text = prefix});
    run();
    if (socket.received_nothing())
      return {};
    return std::get<0>(socket.take<outgoing>()).messages;
  }

  test::probe socket{sys};
  last_value_actor publisher;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(last_value_suite, fixture)

BOOST_AUTO_TEST_CASE(publishes_each_value_at_once) {
  put("a", "1");
  auto x = std::get<0>(socket.take<multipart>());
  BOOST_TEST(text_at(x, 0) == "a");
  BOOST_TEST(text_at(x, 1) == "1");
}

BOOST_AUTO_TEST_CASE(repeats_the_last_values_of_matching_topics_only) {
  for (auto topic : {"a.x", "b.x", "b.y", "c.x"})
    put(topic, "old");
  put("b.y", "new");
  for (auto i = 0; i < 5; ++i)
    socket.take<multipart>();
  auto values = join(kind::subscribed, "b.");
  BOOST_REQUIRE(values.size() == 2u);
  BOOST_TEST(text_at(values[0], 0) == "b.x");
  BOOST_TEST(text_at(values[1], 0) == "b.y");
  BOOST_TEST(text_at(values[1], 1) == "new");
  BOOST_TEST(join(kind::subscribed, "").size() == 4u);
}

BOOST_AUTO_TEST_CASE(repeats_nothing_for_those_who_leave) {
  put("a", "1");
  socket.take<multipart>();
  BOOST_TEST(join(kind::unsubscribed, "a").empty());
}

BOOST_AUTO_TEST_CASE(repeats_all_once_slow_subscribers_are_done) {
  put("a", "1");
  put("b", "2");
  socket.take<multipart>();
  socket.take<multipart>();
  BOOST_TEST(join(kind::full, "").empty());
  auto values = join(kind::drained, "");
  BOOST_REQUIRE(values.size() == 2u);
  BOOST_TEST(text_at(values[1], 1) == "2");
}

BOOST_AUTO_TEST_CASE(bounds_the_topics_but_not_their_values) {
  last_value_state state;
  for (auto i = std::size_t{0}; i < last_value_state::max_topics; ++i)
    BOOST_REQUIRE(state.put(std::to_string(i), {}));
  BOOST_TEST(!state.put("one more", {}));
  BOOST_TEST(state.put("7", {}));
}

BOOST_AUTO_TEST_SUITE_END()
