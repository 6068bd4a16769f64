// SPDX-License-Identifier: BSL-1.0
#include "pipeline.hpp"
#include "pipeline_worker.hpp"
#include "support/deterministic_fixture.hpp"
#include <troupe/text_frames.hpp>

#include <caf/send.hpp>

#include <limits>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

const auto ann = routing_id{std::string{"\0aaaa", 5}};
const auto bob = routing_id{std::string{"\0bbbb", 5}};

std::vector<multipart> tasks(std::initializer_list<const char*> texts) {
  std::vector<multipart> result;
  for (auto text : texts)
    result.emplace_back(text_frames({text}));
  return result;
}

struct source_fixture : test::deterministic_fixture {
  source_fixture() {
    source = sys.spawn(pipeline_source, socket.as<socket_actor>());
    run();
    socket.take<atom::attach, socket_owner_actor>();
  }

  ~source_fixture() {
    caf::anon_send_exit(source, caf::exit_reason::user_shutdown);
    run();
  }

  /// Lets `worker` ask for `n` tasks.
  void ask(const routing_id& worker, std::uint64_t n) {
    auto request = multipart{worker,
                             std::vector{buffer::adopt(std::vector{n})}};
    socket->send(source, delivery{0, {request}, nullptr});
    run();
  }

  test::probe socket{sys};
  pipeline_source_actor source;
};

struct worker_fixture : test::deterministic_fixture {
  worker_fixture() {
    auto cfg = pipeline_worker_config{
      .work = [](multipart& x) { return x; }, .credit = 3, .cost = 10ms};
    worker = sys.spawn(pipeline_worker, source.as<socket_actor>(),
                       sink.as<socket_actor>(), cfg);
    run();
    source.take<atom::attach, socket_owner_actor>();
    sink.take<atom::attach, socket_owner_actor>();
  }

  ~worker_fixture() {
    caf::anon_send_exit(worker, caf::exit_reason::user_shutdown);
    run();
  }

  void connect() {
    source->send(worker, socket_event{.what = socket_event::kind::connected});
    run();
  }

  /// Takes the credit that the worker sent to the source.
  std::uint64_t take_credit() {
    auto x = std::get<0>(source.take<multipart>());
    return x.frames.front().as<std::uint64_t>().front();
  }

  test::probe source{sys};
  test::probe sink{sys};
  pipeline_worker_actor worker;
};

} // namespace

BOOST_AUTO_TEST_SUITE(pipeline_suite)

BOOST_AUTO_TEST_CASE(hands_out_no_more_than_was_asked_for) {
  pipeline_source_state state;
  BOOST_TEST(state.add(tasks({"1", "2", "3", "4", "5"})));
  BOOST_TEST(state.next().empty());
  state.grant(ann, 3);
  state.grant(bob, 1);
  auto given = state.next();
  BOOST_REQUIRE(given.size() == 4u);
  BOOST_CHECK(given[0].peer == ann);
  BOOST_CHECK(given[1].peer == bob); // in turn, as long as both have credit
  BOOST_CHECK(given[3].peer == ann);
  BOOST_TEST(text_at(given[3], 0) == "4");
  BOOST_TEST(state.next().empty());
}

BOOST_AUTO_TEST_CASE(gives_the_task_of_a_lost_worker_to_another) {
  pipeline_source_state state;
  BOOST_TEST(state.add(tasks({"1", "2"})));
  state.grant(ann, 5);
  auto given = state.next();
  BOOST_REQUIRE(given.size() == 2u);
  state.give_back(given[0]);
  BOOST_TEST(state.next().empty()); // what ann asked for is void
  state.grant(bob, 1);
  given = state.next();
  BOOST_REQUIRE(given.size() == 1u);
  BOOST_CHECK(given[0].peer == bob);
  BOOST_TEST(text_at(given[0], 0) == "1");
}

BOOST_AUTO_TEST_CASE(takes_no_more_tasks_than_it_may) {
  pipeline_source_state state;
  BOOST_TEST(
    state.add(std::vector<multipart>(pipeline_source_state::max_tasks)));
  BOOST_TEST(!state.add(tasks({"1"})));
}

BOOST_AUTO_TEST_CASE(nobody_asks_for_more_than_all) {
  pipeline_source_state state;
  for (auto i = 0; i < 2; ++i)
    state.grant(ann, std::numeric_limits<std::uint64_t>::max());
  BOOST_TEST(state.add(tasks({"1", "2"})));
  BOOST_TEST(state.next().size() == 2u);
}

BOOST_AUTO_TEST_CASE(bounds_workers_that_wait) {
  pipeline_source_state state;
  for (auto i = 0u; i < pipeline_source_state::max_workers; ++i)
    state.grant(routing_id{std::to_string(i)}, 1);
  state.grant(ann, 1);
  state.add(std::vector<multipart>(pipeline_source_state::max_workers + 1));
  BOOST_TEST(state.next().size() == pipeline_source_state::max_workers);
  state.grant(ann, 1);
  BOOST_TEST(state.next().size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(hands_out_again_what_comes_back, source_fixture) {
  ask(ann, 2);
  socket->send(source, outgoing{tasks({"1", "2", "3"})});
  run();
  auto given = std::get<0>(socket.take<outgoing>()).messages;
  BOOST_TEST(given.size() == 2u);
  ask(bob, 1);
  BOOST_TEST(std::get<0>(socket.take<outgoing>()).messages.size() == 1u);
  ask(bob, 1);
  BOOST_TEST(socket.received_nothing());
  socket->send(source, returned{0, ec::peer_gone, given[1]});
  run();
  given = std::get<0>(socket.take<outgoing>()).messages;
  BOOST_REQUIRE(given.size() == 1u);
  BOOST_CHECK(given[0].peer == bob);
  BOOST_TEST(text_at(given[0], 0) == "2");
}

BOOST_FIXTURE_TEST_CASE(asks_once_connected_and_after_each_task,
                        worker_fixture) {
  BOOST_TEST(source.received_nothing());
  connect();
  BOOST_TEST(take_credit() == 3u);
  source->send(worker, delivery{0, tasks({"1", "2"}), nullptr});
  run();
  BOOST_TEST(sink.received_nothing());
  advance(10ms);
  BOOST_TEST(text_at(std::get<0>(sink.take<multipart>()), 0) == "1");
  BOOST_TEST(take_credit() == 1u);
  BOOST_TEST(sink.received_nothing());
  advance(10ms);
  BOOST_TEST(text_at(std::get<0>(sink.take<multipart>()), 0) == "2");
  BOOST_TEST(take_credit() == 1u);
}

BOOST_FIXTURE_TEST_CASE(asks_a_new_source_for_what_still_fits, worker_fixture) {
  connect();
  BOOST_TEST(take_credit() == 3u);
  source->send(worker, delivery{0, tasks({"1", "2"}), nullptr});
  connect();
  BOOST_TEST(take_credit() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
