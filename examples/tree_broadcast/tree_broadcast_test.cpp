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

  void confirm(std::uint32_t tag, std::uint64_t nodes,
               std::uint64_t number = 1) {
    deliver(tag, multipart{buffer::adopt(std::vector{number, nodes})});
  }

  /// Message 1 as it comes from above.
  static multipart payload() {
    return multipart{frame_list{buffer::adopt(std::vector{std::uint64_t{1}}),
                                buffer::copy_of("a payload")}};
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
  BOOST_CHECK(receipts{}.start(1) == number{1});
}

BOOST_AUTO_TEST_CASE(waits_for_all_children) {
  receipts x{3};
  BOOST_CHECK(!x.start(1));
  BOOST_CHECK(!x.confirm(0, 1, 1));
  BOOST_CHECK(!x.confirm(2, 1, 5));
  BOOST_CHECK(!x.confirm(2, 1, 5)); // once is enough
  BOOST_CHECK(x.confirm(1, 1, 1) == number{8});
}

BOOST_AUTO_TEST_CASE(keeps_messages_apart) {
  receipts x{2};
  x.start(1);
  x.start(2);
  BOOST_CHECK(!x.confirm(0, 2, 10)); // the first was lost
  BOOST_CHECK(x.confirm(1, 2, 10) == number{21});
  BOOST_CHECK(!x.confirm(1, 1, 1));
}

BOOST_AUTO_TEST_CASE(ignores_receipts_for_nothing) {
  receipts x{1};
  BOOST_CHECK(!x.confirm(0, 1, 1));
  x.start(1);
  BOOST_CHECK(!x.confirm(7, 1, 1));
  BOOST_CHECK(x.confirm(0, 1, 1) == number{2});
  BOOST_CHECK(!x.confirm(0, 1, 1));
}

BOOST_AUTO_TEST_CASE(gives_up_the_oldest_message) {
  receipts x{1};
  for (auto i = 0u; i <= receipts::max_open; ++i)
    x.start(i);
  BOOST_CHECK(!x.confirm(0, 0, 1));
  BOOST_CHECK(x.confirm(0, 1, 1) == number{2});
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(tree_node_suite, fixture)

BOOST_AUTO_TEST_CASE(shares_one_payload_among_all_below) {
  spawn(false);
  auto message = payload();
  deliver(0, message);
  auto first = std::get<0>(ann.take<multipart>());
  auto second = std::get<0>(bob.take<multipart>());
  BOOST_TEST(first.frames[1].data() == message.frames[1].data());
  BOOST_TEST(second.frames[1].data() == message.frames[1].data());
  BOOST_REQUIRE(taken.size() == 1u);
  BOOST_TEST(text_at(taken[0], 0) == "a payload");
  BOOST_TEST(up.received_nothing());
}

BOOST_AUTO_TEST_CASE(confirms_upward_for_all_below) {
  spawn(false);
  deliver(0, payload());
  confirm(1, 3);
  BOOST_TEST(up.received_nothing());
  confirm(2, 4);
  auto sum = std::get<0>(up.take<multipart>());
  BOOST_TEST(sum.frames[0].as<std::uint64_t>()[1] == 8u);
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

BOOST_AUTO_TEST_CASE(a_lost_receipt_spoils_no_other_message) {
  spawn(true);
  for (auto i = 0; i < 2; ++i)
    up->send(node, multipart{text_frames({"a payload"})});
  run();
  confirm(1, 3, 1);
  confirm(1, 30, 2);
  confirm(2, 40, 2);
  BOOST_TEST(up.received(std::uint64_t{71}));
  BOOST_TEST(up.received_nothing());
}

BOOST_AUTO_TEST_CASE(askers_without_receipts_are_bounded) {
  spawn(true);
  for (auto i = 0u; i <= receipts::max_open; ++i)
    up->send(node, multipart{text_frames({"a payload"})});
  run();
  BOOST_CHECK(std::get<0>(up.take<caf::error>()) == ec::timed_out);
  BOOST_TEST(up.received_nothing());
}

BOOST_AUTO_TEST_CASE(ignores_messages_without_a_number) {
  spawn(false);
  for (auto tag : {0u, 1u, 9u})
    deliver(tag, multipart{text_frames({"x"})});
  BOOST_TEST(taken.empty());
  BOOST_TEST(up.received_nothing());
}

BOOST_AUTO_TEST_CASE(only_the_root_starts) {
  spawn(false);
  up->send(node, multipart{text_frames({"a payload"})});
  run();
  BOOST_CHECK(std::get<0>(up.take<caf::error>()) == ec::unexpected_message);
  BOOST_TEST(taken.empty());
}

BOOST_AUTO_TEST_SUITE_END()
