// SPDX-License-Identifier: BSL-1.0

#include "bridge/loopback.hpp"
#include <troupe/socket/open_requests.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

using strings = std::vector<std::string>;
using time_point = open_requests::time_point;
using std::chrono::seconds;

struct fixture {
  open_requests::number add(int deadline, std::string text = "x") {
    return requests.add({std::nullopt, time_point{} + seconds{deadline},
                         message({std::move(text)}), false});
  }

  /// First frames of the messages of `xs`.
  static strings names(const std::vector<open_request>& xs) {
    strings result;
    for (auto& x : xs)
      result.push_back(texts(x.message).front());
    return result;
  }

  open_requests requests{3};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(open_requests_suite, fixture)

BOOST_AUTO_TEST_CASE(is_full_at_its_bound) {
  BOOST_TEST(requests.empty());
  for (auto i = 0; i < 3; ++i) {
    BOOST_TEST(!requests.full());
    add(1);
  }
  BOOST_TEST(requests.full());
  requests.take_front();
  BOOST_TEST(!requests.full());
}

BOOST_AUTO_TEST_CASE(keeps_the_order) {
  for (auto name : {"a", "b", "c"})
    add(1, name);
  BOOST_TEST(texts(requests.front().message).front() == "a");
  BOOST_TEST(texts(requests.take_front().message).front() == "a");
  BOOST_TEST(names(requests.take_all()) == (strings{"b", "c"}),
             boost::test_tools::per_element());
  BOOST_TEST(requests.empty());
}

BOOST_AUTO_TEST_CASE(finds_a_request_by_its_number_once) {
  auto a = add(1, "a");
  auto b = add(1, "b");
  BOOST_TEST(requests.open(b));
  auto found = requests.take(b);
  BOOST_REQUIRE(found.has_value());
  BOOST_TEST(texts(found->message).front() == "b");
  BOOST_TEST(!requests.open(b));
  BOOST_TEST(!requests.take(b));
  BOOST_TEST(requests.open(a));
}

BOOST_AUTO_TEST_CASE(takes_out_what_expired) {
  BOOST_TEST((requests.deadline() == time_point::max()));
  for (auto i : {1, 2, 3})
    add(i, std::to_string(i));
  BOOST_TEST((requests.deadline() == time_point{} + seconds{1}));
  auto late = time_point{} + seconds{2};
  BOOST_TEST(requests.take_expired(late - seconds{2}).empty());
  BOOST_TEST(names(requests.take_expired(late)) == (strings{"1", "2"}),
             boost::test_tools::per_element());
  BOOST_TEST((requests.deadline() == time_point{} + seconds{3}));
}

BOOST_AUTO_TEST_CASE(takes_out_what_was_sent_to_a_peer_that_went) {
  auto a = add(1, "a");
  add(1, "b");
  auto c = add(1, "c");
  requests.mark_sent(a);
  requests.mark_sent(c);
  requests.mark_sent(c + 1); // unknown
  BOOST_TEST(requests.take_lost().empty());
  requests.mark_lost();
  requests.mark_sent(a + 1); // to the next peer
  BOOST_TEST(names(requests.take_lost()) == (strings{"a", "c"}),
             boost::test_tools::per_element());
  BOOST_TEST(requests.take_lost().empty());
  BOOST_TEST(texts(requests.front().message).front() == "b");
}

BOOST_AUTO_TEST_CASE(puts_the_number_in_front_as_rep_sockets_want_it) {
  auto id = add(1);
  auto x = message({"body", ""});
  open_requests::write(id, x);
  BOOST_REQUIRE(x.frames.size() == 4u);
  BOOST_TEST(x.frames[0].size() == 8u);
  BOOST_TEST(x.frames[1].empty());
  BOOST_TEST((requests.read(x) == id));
  open_requests::strip(x);
  BOOST_TEST(texts(x) == (strings{"body", ""}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(knows_numbers_that_it_once_gave) {
  auto id = add(1);
  auto mine = message({"x"});
  open_requests::write(id, mine);
  requests.take_front();
  BOOST_TEST((requests.read(mine) == id)); // late, but a reply
}

BOOST_AUTO_TEST_CASE(takes_nothing_else_for_a_reply) {
  auto id = add(1);
  BOOST_TEST(!requests.read(multipart{}));
  BOOST_TEST(!requests.read(message({"12345678"})));
  BOOST_TEST(!requests.read(message({"12345678", "", "x"})));
  for (auto other : {id - 1, id + 1}) {
    auto x = message({"x"});
    open_requests::write(other, x);
    BOOST_TEST(!requests.read(x));
  }
  auto x = message({"x"});
  open_requests::write(id, x);
  x.frames[1] = buffer::copy_of("not empty");
  BOOST_TEST(!requests.read(x));
}

BOOST_AUTO_TEST_CASE(numbers_of_two_sockets_differ) {
  open_requests other{3};
  auto x = message({"x"});
  open_requests::write(add(1), x);
  other.add({});
  BOOST_TEST(!other.read(x));
}

BOOST_AUTO_TEST_SUITE_END()
