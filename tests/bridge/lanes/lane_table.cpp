// SPDX-License-Identifier: BSL-1.0

#include <troupe/lanes/lane_table.hpp>

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using namespace troupe;

namespace {

constexpr auto alice = link_id{1, 1};
constexpr auto bob = link_id{2, 2};

routing_id connection(char name) {
  return routing_id{{'\0', '\0', '\0', '\0', name}};
}

std::string show(const std::vector<lane_change>& changes) {
  std::string result;
  for (auto& x : changes)
    result += (result.empty() ? "" : ", ") + std::string{to_string(x.what)}
              + " " + std::to_string(static_cast<int>(x.peer));
  return result;
}

struct fixture {
  std::string hello(lane via, char name, link_id link,
                    identity_ptr user = nullptr) {
    changes = table.hello(via, connection(name), link, std::move(user), now);
    return show(changes);
  }

  /// Lets all lanes say hello, each over a connection of its own.
  std::string join(char name, link_id link) {
    std::string result;
    for (auto via : all_lanes)
      result += hello(via, name, link);
    return result;
  }

  std::string lost(lane via, char name) {
    changes = table.lost(via, connection(name), ec::peer_gone, "it broke");
    return show(changes);
  }

  lane_table table{{5s, 3, 4}};
  lane_table::time_point now{};
  std::vector<lane_change> changes;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(lane_table_suite, fixture)

BOOST_AUTO_TEST_CASE(joins_when_all_lanes_said_hello) {
  BOOST_TEST(hello(lane::bulk, 'a', alice) == "");
  BOOST_TEST(hello(lane::control, 'b', alice) == "");
  BOOST_TEST(table.joining() == 1);
  BOOST_TEST((table.peer_of(lane::bulk, connection('a')) == peer_id{}));
  BOOST_TEST(hello(lane::task, 'c', alice) == "joined 1");
  BOOST_TEST(table.joining() == 0);
  BOOST_TEST((table.peer_of(lane::bulk, connection('a')) == peer_id{1}));
  BOOST_TEST((table.peer_of(lane::control, connection('b')) == peer_id{1}));
  BOOST_TEST((table.peer_of(lane::task, connection('b')) == peer_id{}));
  BOOST_TEST((*table.connection_to(peer_id{1}, lane::task) == connection('c')));
}

BOOST_AUTO_TEST_CASE(keeps_links_apart) {
  join('a', alice);
  BOOST_TEST(join('b', bob) == "joined 2");
  BOOST_TEST((*table.connection_to(peer_id{2}, lane::bulk) == connection('b')));
}

BOOST_AUTO_TEST_CASE(loses_a_peer_once_when_one_lane_breaks) {
  join('a', alice);
  BOOST_TEST(lost(lane::task, 'a') == "left 1");
  BOOST_TEST(changes[0].text == "it broke");
  BOOST_TEST(lost(lane::task, 'a') == "");
  BOOST_TEST(lost(lane::bulk, 'a') == "");
  BOOST_TEST(table.connection_to(peer_id{1}, lane::bulk) == nullptr);
  BOOST_TEST(table.connections(lane::bulk).empty());
}

BOOST_AUTO_TEST_CASE(never_uses_a_peer_id_again) {
  join('a', alice);
  lost(lane::bulk, 'a');
  BOOST_TEST(join('b', bob) == "joined 2");
}

BOOST_AUTO_TEST_CASE(remembers_who_left) {
  join('a', alice);
  lost(lane::bulk, 'a');
  BOOST_TEST((table.past_peer_of(lane::task, connection('a')) == peer_id{1}));
  BOOST_TEST((table.past_peer_of(lane::task, connection('x')) == peer_id{}));
}

BOOST_AUTO_TEST_CASE(forgets_links_that_take_too_long) {
  hello(lane::task, 'a', alice);
  BOOST_TEST((table.deadline() == now + 5s));
  BOOST_TEST(show(table.expire(now + 4s)) == "");
  changes = table.expire(now + 5s);
  BOOST_TEST(show(changes) == "refused 0");
  BOOST_TEST((changes[0].connections[lane::task] == connection('a')));
  BOOST_TEST(table.joining() == 0);
  BOOST_TEST((table.deadline() == lane_table::time_point::max()));
  BOOST_TEST(hello(lane::bulk, 'b', alice) == ""); // a new beginning
}

BOOST_AUTO_TEST_CASE(never_expires_a_peer) {
  join('a', alice);
  BOOST_TEST(show(table.expire(now + 1h)) == "");
}

BOOST_AUTO_TEST_CASE(forgets_a_link_that_broke_before_it_joined) {
  hello(lane::task, 'a', alice);
  BOOST_TEST(lost(lane::task, 'a') == "refused 0");
  BOOST_TEST(table.joining() == 0);
}

BOOST_AUTO_TEST_CASE(bounds_links_that_are_joining) {
  for (auto i = 0; i < 3; ++i)
    hello(lane::task, static_cast<char>('a' + i), link_id{7, 1u + i});
  BOOST_TEST(hello(lane::task, 'x', alice) == "refused 0");
  BOOST_TEST((changes[0].reason == ec::limit_reached));
  BOOST_TEST(table.joining() == 3);
}

BOOST_AUTO_TEST_CASE(bounds_peers) {
  for (auto i = 0; i < 4; ++i)
    join(static_cast<char>('a' + i), link_id{7, 1u + i});
  BOOST_TEST(hello(lane::task, 'x', alice) == "refused 0");
  BOOST_TEST((changes[0].reason == ec::limit_reached));
}

BOOST_AUTO_TEST_CASE(turns_away_who_takes_a_lane_that_is_taken) {
  hello(lane::task, 'a', alice);
  BOOST_TEST(hello(lane::task, 'x', alice) == "refused 0");
  BOOST_TEST((changes[0].connections[lane::task] == connection('x')));
  hello(lane::control, 'b', alice);
  BOOST_TEST(hello(lane::bulk, 'c', alice) == "joined 1"); // unharmed
}

BOOST_AUTO_TEST_CASE(ends_the_link_of_a_connection_that_says_hello_again) {
  join('a', alice);
  BOOST_TEST(hello(lane::task, 'a', bob) == "left 1");
  BOOST_TEST((changes[0].reason == ec::unexpected_message));
}

BOOST_AUTO_TEST_CASE(wants_the_same_user_on_all_lanes) {
  auto user = [](const char* name) {
    return std::make_shared<const identity>(identity{name, "engine"});
  };
  hello(lane::task, 'a', alice, user("alice"));
  BOOST_TEST(hello(lane::bulk, 'b', alice, user("mallory")) == "refused 0");
  BOOST_TEST(hello(lane::bulk, 'c', alice) == "refused 0");
  hello(lane::bulk, 'd', alice, user("alice")); // another object, same user
  BOOST_TEST(hello(lane::control, 'e', alice, user("alice")) == "joined 1");
  BOOST_TEST(changes[0].user->name == "alice");
}

BOOST_AUTO_TEST_CASE(waits_for_the_goodbye_of_all_lanes) {
  join('a', alice);
  auto goodbye = [this](lane via) {
    return show(table.goodbye(via, connection('a'), now));
  };
  BOOST_TEST(goodbye(lane::control) == "");
  BOOST_TEST(goodbye(lane::control) == "");
  BOOST_TEST(lost(lane::control, 'a') == ""); // it said so
  BOOST_TEST(goodbye(lane::bulk) == "");
  BOOST_TEST(goodbye(lane::task) == "left 1");
  BOOST_TEST(goodbye(lane::task) == "");
  join('a', alice);
  goodbye(lane::control);
  BOOST_TEST(lost(lane::bulk, 'a') == "left 2");
}

BOOST_AUTO_TEST_CASE(waits_for_the_last_goodbye_for_some_time) {
  join('a', alice);
  table.goodbye(lane::control, connection('a'), now);
  BOOST_TEST((table.deadline() == now + 6s));
  table.goodbye(lane::task, connection('a'), now + 1s);
  BOOST_TEST((table.deadline() == now + 6s));
  BOOST_TEST(show(table.expire(now + 5s)) == "");
  changes = table.expire(now + 6s);
  BOOST_TEST(show(changes) == "left 1");
  BOOST_TEST((changes[0].reason == ec::closed));
  BOOST_TEST((table.deadline() == lane_table::time_point::max()));
}

BOOST_AUTO_TEST_CASE(forgets_when_it_waited_for_the_last_goodbye) {
  join('a', alice);
  table.goodbye(lane::control, connection('a'), now);
  lost(lane::bulk, 'a');
  BOOST_TEST((table.deadline() == lane_table::time_point::max()));
  hello(lane::control, 'b', bob);
  table.goodbye(lane::control, connection('b'), now);
  hello(lane::task, 'b', bob);
  BOOST_TEST(hello(lane::bulk, 'b', bob) == "joined 2");
  BOOST_TEST(show(table.expire(now + 5s)) == "left 2");
}

BOOST_AUTO_TEST_CASE(drops_a_peer_at_will) {
  join('a', alice);
  BOOST_TEST(show(table.drop(peer_id{1}, ec::closed, "")) == "left 1");
  BOOST_TEST(show(table.drop(peer_id{1}, ec::closed, "")) == "");
}

BOOST_AUTO_TEST_SUITE_END()
