// SPDX-License-Identifier: BSL-1.0
#include "ring_all_reduce.hpp"
#include "support/deterministic_fixture.hpp"

#include <caf/send.hpp>

#include <numeric>

using namespace troupe;

namespace {

/// An array of `count` times `value`.
buffer array(std::size_t count, double value) {
  return buffer::adopt(std::vector<double>(count, value));
}

/// Puts the chunks of a node together.
std::vector<double> joined(const std::vector<buffer>& chunks) {
  std::vector<double> result;
  for (auto& x : chunks)
    for (auto number : x.as<double>())
      result.push_back(number);
  return result;
}

/// Runs a whole ring over arrays of `count` numbers, in memory.
std::vector<ring_sum> run(std::size_t nodes, std::size_t count) {
  std::vector<ring_sum> ring(nodes);
  std::vector<std::optional<buffer>> sent;
  for (auto i = std::size_t{0}; i < nodes; ++i) {
    ring[i].place(i, nodes);
    std::vector<double> numbers(count);
    std::iota(numbers.begin(), numbers.end(), 100.0 * i);
    sent.push_back(ring[i].start(buffer::adopt(std::move(numbers))));
  }
  while (sent.front()) {
    std::vector<std::optional<buffer>> next;
    for (auto i = std::size_t{0}; i < nodes; ++i)
      next.push_back(*ring[i].take(*sent[(i + nodes - 1) % nodes]));
    sent = std::move(next);
  }
  return ring;
}

struct fixture : test::deterministic_fixture {
  fixture() {
    node = sys.spawn(ring_node, left.as<socket_actor>(),
                     right.as<socket_actor>(), 0u, 2u);
    run();
    left.take<atom::attach, socket_owner_actor>();
    right.take<atom::attach, socket_owner_actor>();
  }

  ~fixture() {
    caf::anon_send_exit(node, caf::exit_reason::user_shutdown);
    run();
  }

  void add(buffer numbers) {
    asker->send(node, caf::add_atom_v, multipart{std::move(numbers)});
    run();
  }

  void deliver(buffer chunk) {
    left->send(node, delivery{0, {multipart{std::move(chunk)}}, nullptr});
    run();
  }

  double take_sent() {
    auto x = std::get<0>(right.take<multipart>());
    return x.frames.front().as<double>().front();
  }

  test::probe left{sys};
  test::probe right{sys};
  test::probe asker{sys};
  ring_node_actor node;
};

} // namespace

BOOST_AUTO_TEST_SUITE(ring_sum_suite)

BOOST_AUTO_TEST_CASE(gives_each_node_all_sums) {
  for (auto nodes : {1u, 2u, 3u, 8u}) {
    for (auto count : {1u, 7u, 64u}) {
      for (auto& node : run(nodes, count)) {
        auto sums = joined(node.chunks());
        BOOST_TEST(node.done());
        BOOST_REQUIRE(sums.size() == count);
        for (auto i = 0u; i < count; ++i)
          BOOST_TEST(sums[i] == nodes * i + 100.0 * nodes * (nodes - 1) / 2);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(sends_its_own_memory_first) {
  ring_sum x;
  x.place(1, 2);
  auto numbers = array(10, 1);
  auto sent = x.start(numbers);
  BOOST_REQUIRE(sent);
  BOOST_TEST(sent->data() == numbers.data() + 5 * sizeof(double));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(ring_node_suite, fixture)

BOOST_AUTO_TEST_CASE(adds_what_it_gets_and_passes_sums_on) {
  add(array(2, 1));
  BOOST_TEST(take_sent() == 1);
  deliver(array(1, 10));
  BOOST_TEST(take_sent() == 11);
  BOOST_TEST(asker.received_nothing());
  deliver(array(1, 12));
  auto sums = std::get<0>(asker.take<multipart>());
  BOOST_REQUIRE(sums.frames.size() == 2u);
  BOOST_TEST(sums.frames[0].as<double>()[0] == 12);
  BOOST_TEST(sums.frames[1].as<double>()[0] == 11);
  BOOST_TEST(right.received_nothing());
}

BOOST_AUTO_TEST_CASE(keeps_what_comes_too_early) {
  deliver(array(1, 10));
  BOOST_TEST(right.received_nothing());
  add(array(2, 1));
  BOOST_TEST(take_sent() == 1);
  BOOST_TEST(take_sent() == 11);
}

BOOST_AUTO_TEST_CASE(refuses_chunks_that_do_not_fit) {
  add(array(2, 1));
  deliver(array(3, 1));
  BOOST_CHECK(std::get<0>(asker.take<caf::error>()) == ec::bad_frames);
}

BOOST_AUTO_TEST_CASE(fails_when_the_next_node_is_gone) {
  add(array(2, 1));
  auto sent = std::get<0>(right.take<multipart>());
  right->send(node, returned{0, ec::peer_gone, sent});
  run();
  BOOST_CHECK(std::get<0>(asker.take<caf::error>()) == ec::peer_gone);
}

BOOST_AUTO_TEST_CASE(a_failure_ends_the_ring) {
  add(array(2, 1));
  BOOST_TEST(take_sent() == 1);
  deliver(array(3, 1));
  BOOST_CHECK(std::get<0>(asker.take<caf::error>()) == ec::bad_frames);
  BOOST_TEST(!std::get<0>(right.take<multipart>()).frames[0].fits<double>());
  deliver(array(1, 10)); // of the sum that failed
  add(array(2, 1));
  BOOST_CHECK(std::get<0>(asker.take<caf::error>()) == ec::bad_frames);
  BOOST_TEST(right.received_nothing());
}

BOOST_AUTO_TEST_CASE(bounds_what_comes_too_early) {
  for (auto i = 0; i < 3; ++i)
    deliver(array(1, 10));
  add(array(2, 1));
  BOOST_CHECK(std::get<0>(asker.take<caf::error>()) == ec::limit_reached);
}

BOOST_AUTO_TEST_CASE(adds_one_array_at_a_time) {
  add(array(2, 1));
  add(array(2, 1));
  BOOST_CHECK(std::get<0>(asker.take<caf::error>()) == ec::limit_reached);
}

BOOST_AUTO_TEST_SUITE_END()
