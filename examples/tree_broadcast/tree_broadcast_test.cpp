// SPDX-License-Identifier: BSL-1.0
#include "support/deterministic_fixture.hpp"
#include "tree_broadcast.hpp"
#include <troupe/text_frames.hpp>

#include <caf/send.hpp>

using namespace troupe;

namespace {

using number = std::optional<std::uint64_t>;

struct fixture : test::deterministic_fixture {
  ~fixture() {
    caf::anon_send_exit(node, caf::exit_reason::user_shutdown);
    run();
  }

  /// Spawns a node with two children.
  void spawn(bool root) {
    tree_node_config cfg{
      .up = root ? socket_actor{} : up.as<socket_actor>(),
      .down = {ann.as<socket_actor>(), bob.as<socket_actor>()},
      .take = [this](const multipart& x) { taken.push_back(x); }};
    node = sys.spawn(tree_node, std::move(cfg));
    run();
    for (auto socket : {&up, &ann, &bob})
      if (!root || socket != &up)
        socket->take<atom::attach, socket_owner_actor>();
  }

  void deliver(std::uint32_t tag, multipart x) {
    up->send(node, delivery{tag, {std::move(x)}, nullptr});
    run();
  }

  void confirm(std::uint32_t tag, std::uint64_t nodes) {
    deliver(tag, multipart{buffer::adopt(std::vector{nodes})});
  }

  test::probe up{sys};
  test::probe ann{sys};
  test::probe bob{sys};
  std::vector<multipart> taken;
  tree_node_actor node;
};

} // namespace

BOOST_AUTO_TEST_SUITE(receipts_suite)

BOOST_AUTO_TEST_CASE(counts_a_leaf_at_once) {
  BOOST_CHECK(receipts{}.start() == number{1});
}

BOOST_AUTO_TEST_CASE(waits_for_all_children) {
  receipts x{3};
  BOOST_CHECK(!x.start());
  BOOST_CHECK(!x.confirm(0, 1));
  BOOST_CHECK(!x.confirm(2, 5));
  BOOST_CHECK(x.confirm(1, 1) == number{8});
}

BOOST_AUTO_TEST_CASE(keeps_messages_apart) {
  receipts x{2};
  x.start();
  x.start();
  BOOST_CHECK(!x.confirm(0, 1));
  BOOST_CHECK(!x.confirm(0, 10)); // its second
  BOOST_CHECK(x.confirm(1, 1) == number{3});
  BOOST_CHECK(x.confirm(1, 10) == number{21});
}

BOOST_AUTO_TEST_CASE(ignores_receipts_for_nothing) {
  receipts x{1};
  BOOST_CHECK(!x.confirm(0, 1));
  BOOST_CHECK(!x.confirm(7, 1));
  x.start();
  BOOST_CHECK(x.confirm(0, 1) == number{2});
  BOOST_CHECK(!x.confirm(0, 1));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(tree_node_suite, fixture)

BOOST_AUTO_TEST_CASE(shares_one_payload_among_all_below) {
  spawn(false);
  multipart payload{text_frames({"a payload"})};
  deliver(0, payload);
  auto first = std::get<0>(ann.take<multipart>());
  auto second = std::get<0>(bob.take<multipart>());
  BOOST_TEST(first.frames[0].data() == payload.frames[0].data());
  BOOST_TEST(second.frames[0].data() == payload.frames[0].data());
  BOOST_REQUIRE(taken.size() == 1u);
  BOOST_TEST(text_at(taken[0], 0) == "a payload");
  BOOST_TEST(up.received_nothing());
}

BOOST_AUTO_TEST_CASE(confirms_upward_for_all_below) {
  spawn(false);
  deliver(0, multipart{text_frames({"a payload"})});
  confirm(1, 3);
  BOOST_TEST(up.received_nothing());
  confirm(2, 4);
  auto sum = std::get<0>(up.take<multipart>());
  BOOST_TEST(sum.frames[0].as<std::uint64_t>()[0] == 8u);
}

BOOST_AUTO_TEST_CASE(the_root_answers_whoever_asked) {
  spawn(true);
  up->send(node, multipart{text_frames({"a payload"})});
  run();
  BOOST_TEST(up.received_nothing());
  confirm(1, 3);
  confirm(2, 4);
  BOOST_TEST(up.received(std::uint64_t{8}));
}

BOOST_AUTO_TEST_CASE(only_the_root_starts) {
  spawn(false);
  up->send(node, multipart{text_frames({"a payload"})});
  run();
  BOOST_CHECK(std::get<0>(up.take<caf::error>()) == ec::unexpected_message);
  BOOST_TEST(taken.empty());
}

BOOST_AUTO_TEST_SUITE_END()
