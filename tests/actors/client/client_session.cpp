// SPDX-License-Identifier: BSL-1.0

#include "troupe/client/client_session.hpp"

#include "play_scheduler.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <numeric>
#include <random>

using namespace troupe;
using namespace troupe::test;

namespace {

using status = task_outcome::status;
using numbers = std::vector<task_number>;

constexpr std::size_t all = 1000;

struct fixture {
  /// Submits `count` small calls and returns their group.
  task_group_ptr submit(std::size_t count) {
    auto group = make_group(count);
    session.submit({group, numbered_calls(count)});
    return group;
  }

  task_group_ptr submit_large(std::size_t count, std::size_t bytes) {
    auto group = make_group(count);
    session.submit({group, large_calls(count, bytes)});
    return group;
  }

  numbers sent(std::size_t max_messages = all) {
    return numbers_in(session.take_submits(max_messages));
  }

  caf::error answer(const numbers& xs) {
    return session.results(view_of(results_of(xs)));
  }

  client_session session;
};

numbers range(task_number first, std::size_t count) {
  numbers result(count);
  std::iota(result.begin(), result.end(), first);
  return result;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(client_session_suite, fixture)

// -- sending ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(sends_nothing_without_credit) {
  submit(3);
  BOOST_TEST(sent().empty());
  session.credit(10, 1000);
  BOOST_TEST(sent() == range(1, 3));
  BOOST_TEST(sent().empty());
}

BOOST_AUTO_TEST_CASE(numbers_tasks_upward_over_all_groups) {
  session.credit(100, 10000);
  submit(3);
  submit(2);
  BOOST_TEST(sent() == range(1, 5));
  submit(1);
  BOOST_TEST(sent() == range(6, 1));
}

BOOST_AUTO_TEST_CASE(sends_no_more_tasks_than_the_credit_allows) {
  session.credit(2, 1000);
  submit(5);
  BOOST_TEST(sent() == range(1, 2));
  BOOST_TEST(session.in_flight() == 2u);
  BOOST_TEST(!answer({2}));
  BOOST_TEST(sent() == range(3, 1));
  session.credit(10, 1000);
  BOOST_TEST(sent() == range(4, 2));
}

BOOST_AUTO_TEST_CASE(sends_no_more_bytes_than_the_credit_allows) {
  session.credit(100, 5000);
  submit_large(4, 2000); // and 8 bytes each for the length
  BOOST_TEST(sent() == range(1, 2));
  BOOST_TEST(session.bytes_in_flight() == 2u * 2008);
  BOOST_TEST(!answer({1}));
  BOOST_TEST(sent() == range(3, 1));
}

BOOST_AUTO_TEST_CASE(sends_one_task_beyond_the_credit_when_nothing_is_out) {
  session.credit(100, 100);
  submit_large(2, 5000);
  BOOST_TEST(sent() == range(1, 1));
  BOOST_TEST(sent().empty());
  BOOST_TEST(!answer({1}));
  BOOST_TEST(sent() == range(2, 1));
}

BOOST_AUTO_TEST_CASE(keeps_the_order_when_a_large_task_has_to_wait) {
  session.credit(100, 6000);
  submit(1);
  submit_large(1, 7000);
  submit(1);
  BOOST_TEST(sent() == range(1, 1));
  BOOST_TEST(!answer({1}));
  BOOST_TEST(sent() == range(2, 1));
}

BOOST_AUTO_TEST_CASE(goes_on_after_credit_was_taken_away) {
  session.credit(10, 1000);
  submit(4);
  BOOST_TEST(sent(1).size() == 4u);
  session.credit(1, 1000);
  submit(1);
  BOOST_TEST(!answer({1, 2, 3}));
  BOOST_TEST(sent().empty());
  BOOST_TEST(!answer({4}));
  BOOST_TEST(sent() == range(5, 1));
}

BOOST_AUTO_TEST_CASE(fills_messages_up_to_the_limit_of_a_batch) {
  session.credit(10000, 1 << 30);
  submit(limits::batch_tasks + 1);
  auto messages = session.take_submits(all);
  BOOST_REQUIRE(messages.size() == 2u);
  BOOST_TEST(numbers_in(messages[0]).size() == limits::batch_tasks);
  BOOST_TEST(numbers_in(messages[1]).size() == 1u);
}

BOOST_AUTO_TEST_CASE(sends_calls_of_several_groups_in_one_message) {
  session.credit(100, 10000);
  submit(1);
  submit(1);
  BOOST_TEST(session.take_submits(all).size() == 1u);
}

BOOST_AUTO_TEST_CASE(stops_after_the_messages_it_was_asked_for) {
  session.credit(10000, 1 << 30);
  submit(3 * limits::batch_tasks);
  BOOST_TEST(sent(2) == range(1, 2 * limits::batch_tasks));
  BOOST_TEST(sent(2).size() == limits::batch_tasks);
}

BOOST_AUTO_TEST_CASE(writes_the_options_of_calls_into_entries) {
  auto calls = numbered_calls(1);
  calls.attempts = 0;
  calls.retries = 4;
  calls.text = true;
  session.submit({make_group(1), std::move(calls)});
  session.credit(1, 100);
  auto messages = session.take_submits(all);
  BOOST_REQUIRE(messages.size() == 1u);
  auto view = view_of(messages[0]);
  auto batch = read_tasks(view);
  BOOST_REQUIRE(batch);
  auto& x = batch->entries[0];
  BOOST_TEST(x.function() == value(function_id_of("root")));
  BOOST_TEST(x.signature() == 7u);
  BOOST_TEST(+x.attempts() == 1);
  BOOST_TEST(+x.retries() == 4);
  BOOST_TEST(x.encoding() == static_cast<std::uint8_t>(wire::Encoding::Text));
  BOOST_TEST(batch->bytes_of(x).size() == 8u);
}

BOOST_AUTO_TEST_CASE(writes_what_calls_demand_once_per_message) {
  session.credit(10000, 1 << 20);
  auto first = make_group(3);
  session.submit({first, numbered_calls(3)});
  BOOST_TEST(first->first_number() == 1u);
  auto calls = numbered_calls(2);
  calls.priority = -3;
  auto demands = std::make_shared<call_demands>();
  demands->header = {.after = 1, .targets = 1, .queue_ms = 9};
  demands->references = {{first, 2}, {nullptr, 7}};
  calls.demands = demands;
  session.submit({make_group(2), std::move(calls)});
  auto messages = session.take_submits(all);
  BOOST_REQUIRE(messages.size() == 1u);
  auto view = view_of(messages[0]);
  auto batch = read_tasks(view);
  BOOST_REQUIRE(batch);
  BOOST_TEST(+batch->entries[4].priority() == -3);
  auto x = read_demands(view, *batch);
  BOOST_REQUIRE(x);
  BOOST_REQUIRE(x->demands.size() == 2u);
  BOOST_TEST(x->references.size() == 2u);
  for (auto& demand : x->demands) {
    BOOST_TEST(demand.queue_ms() == 9u);
    BOOST_TEST(x->after(demand)[0].value() == 3u);
    BOOST_TEST(x->targets(demand)[0].value() == 7u);
  }
  BOOST_TEST(x->demands[1].task() == 4u);
  BOOST_TEST(session.bytes_in_flight()
             == 5 * 8 + 2 * 2 * limits::reference_bytes);
}

BOOST_AUTO_TEST_CASE(sends_arrays_by_reference_and_forgets_them) {
  auto released = false;
  std::vector<char> memory(5000);
  encoded_calls calls;
  calls.add([&](encoder& out) {
    out.bytes(
      buffer::borrow(memory.data(), memory.size(), [&] { released = true; }));
  });
  session.submit({make_group(1), std::move(calls)});
  session.credit(1, 10000);
  {
    auto messages = session.take_submits(all);
    BOOST_REQUIRE(messages.size() == 1u);
    auto frame = messages[0].frames.at(1).data();
    BOOST_TEST(static_cast<const void*>(frame)
               == static_cast<const void*>(memory.data()));
    BOOST_TEST(!released);
  }
  BOOST_TEST(released);
  BOOST_TEST(session.in_flight() == 1u);
}

// -- calls that no message can carry ------------------------------------------

namespace {

/// A buffer that claims more bytes than there are. Nobody reads them.
buffer oversized() {
  static const std::byte nothing{};
  return buffer{nullptr, std::span{&nothing, limits::task_frame_bytes + 1}};
}

encoded_calls with_oversized_second() {
  auto calls = numbered_calls(1);
  calls.add([](encoder& out) { out.bytes(oversized()); });
  calls.add([](encoder& out) { out.scalar(1); });
  return calls;
}

} // namespace

BOOST_AUTO_TEST_CASE(fails_an_oversized_argument_and_sends_the_others) {
  auto group = make_group(3);
  session.submit({group, with_oversized_second()});
  BOOST_TEST(group->done() == 1u);
  BOOST_REQUIRE(group->ready(1));
  auto err = group->error_of(1);
  BOOST_TEST((err.code == errc::too_large));
  BOOST_TEST(std::string{err.what()}
             == "root: arguments of 1024 MiB exceed the limit of 1024 MiB");
  session.credit(10, 1000);
  BOOST_TEST(sent() == (numbers{1, 3}));
  BOOST_TEST(!answer({1, 2, 3}));
  BOOST_TEST(session.dropped() == 1u);
  BOOST_TEST(group->done() == 3u);
  BOOST_TEST(session.groups() == 0u);
}

BOOST_AUTO_TEST_CASE(goes_on_behind_a_group_of_oversized_calls) {
  encoded_calls calls;
  calls.add([](encoder& out) { out.bytes(oversized()); });
  auto group = make_group(1);
  session.submit({group, std::move(calls)});
  BOOST_TEST(group->failed() == 1u);
  BOOST_TEST(session.groups() == 0u);
  submit(1);
  session.credit(10, 1000);
  BOOST_TEST(sent() == range(2, 1));
}

BOOST_AUTO_TEST_CASE(goes_on_when_only_oversized_calls_are_left_unsent) {
  encoded_calls calls;
  calls.add([](encoder& out) { out.scalar(1); });
  calls.add([](encoder& out) { out.bytes(oversized()); });
  auto group = make_group(2);
  session.submit({group, std::move(calls)});
  session.credit(1, 1000);
  BOOST_TEST(sent() == range(1, 1));
  BOOST_TEST(!answer({1}));
  BOOST_TEST(session.groups() == 0u);
  submit(1);
  BOOST_TEST(sent() == range(3, 1));
}

// -- outcomes -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(hands_outcomes_to_the_group_that_asked) {
  session.credit(100, 10000);
  auto first = submit(2);
  auto second = submit(3);
  sent();
  BOOST_TEST(!answer({4, 1, 5, 2, 3}));
  BOOST_REQUIRE(first->done() == 2u);
  BOOST_REQUIRE(second->done() == 3u);
  BOOST_TEST(number_in(first->at(0)) == 1u);
  BOOST_TEST(number_in(first->at(1)) == 2u);
  BOOST_TEST(number_in(second->at(0)) == 3u);
  BOOST_TEST(number_in(second->at(2)) == 5u);
  BOOST_TEST(session.groups() == 0u);
  BOOST_TEST(session.in_flight() == 0u);
  BOOST_TEST(session.bytes_in_flight() == 0u);
}

BOOST_AUTO_TEST_CASE(drops_outcomes_that_nobody_waits_for) {
  session.credit(2, 10000);
  auto group = submit(4);
  sent();
  BOOST_TEST(!answer({0, 1, 1, 3, 4, 5, 99}));
  BOOST_TEST(session.dropped() == 6u);
  BOOST_TEST(group->done() == 1u);
  BOOST_TEST(session.in_flight() == 1u);
}

BOOST_AUTO_TEST_CASE(drops_a_second_outcome_after_the_group_is_complete) {
  session.credit(2, 10000);
  auto group = submit(1);
  sent();
  BOOST_TEST(!answer({1}));
  BOOST_TEST(!answer({1}));
  BOOST_TEST(session.dropped() == 1u);
  BOOST_TEST(number_in(group->at(0)) == 1u);
}

BOOST_AUTO_TEST_CASE(forgets_groups_as_soon_as_they_are_complete) {
  session.credit(10, 10000);
  std::weak_ptr<task_group> group = submit(1);
  sent();
  BOOST_TEST(!group.expired());
  BOOST_TEST(!answer({1}));
  BOOST_TEST(group.expired());
}

BOOST_AUTO_TEST_CASE(keeps_results_where_they_arrived) {
  session.credit(10, 10000);
  auto group = submit(1);
  sent();
  result_batch_builder builder{batch_kind::results};
  auto large = buffer::adopt(std::vector<double>(1000, 2.0));
  auto small = task_number{77};
  builder.add(result_entry(1), std::as_bytes(std::span{&small, 1}),
              std::span{&large, 1});
  auto message = view_of(builder.finish({}));
  auto& header = message.header();
  BOOST_TEST(!session.results(message));
  auto& outcome = group->at(0);
  BOOST_TEST((outcome.bytes.owner() == header.owner()));
  BOOST_TEST((outcome.bytes.data() > header.data()));
  BOOST_REQUIRE(outcome.frames.size() == 1u);
  BOOST_TEST((outcome.frames[0].data() == large.data()));
  BOOST_TEST(number_in(outcome) == 77u);
}

BOOST_AUTO_TEST_CASE(an_empty_result_keeps_no_message_alive) {
  session.credit(10, 10000);
  auto group = submit(1);
  sent();
  result_batch_builder builder{batch_kind::results};
  builder.add(result_entry(1), {}, {});
  BOOST_TEST(!session.results(view_of(builder.finish({}))));
  BOOST_TEST((group->at(0).bytes.owner() == nullptr));
}

BOOST_AUTO_TEST_CASE(tells_where_and_how_long_a_task_ran) {
  session.credit(10, 10000);
  auto group = submit(1);
  sent();
  BOOST_TEST(!answer({1}));
  auto& outcome = group->at(0);
  BOOST_TEST((outcome.engine == engine_id{3}));
  BOOST_TEST(+outcome.attempts == 1);
  BOOST_TEST(outcome.run_ns == 1000u);
  BOOST_TEST(outcome.started_ns == 5u);
}

BOOST_AUTO_TEST_CASE(translates_all_outcomes) {
  const std::map<wire::Outcome, status> expected{
    {wire::Outcome::Ok, status::ok},
    {wire::Outcome::Error, status::failed},
    {wire::Outcome::Aborted, status::aborted},
    {wire::Outcome::Timeout, status::timed_out},
    {wire::Outcome::Impossible, status::impossible},
    {wire::Outcome::EngineLost, status::engine_lost},
    {static_cast<wire::Outcome>(200), status::failed},
  };
  session.credit(100, 10000);
  for (auto& [outcome, state] : expected) {
    auto group = submit(1);
    auto number = sent().at(0);
    auto message = failure_of(number, outcome, {"", "text"});
    BOOST_TEST(!session.results(view_of(std::move(message))));
    BOOST_TEST((group->at(0).state == state));
  }
}

BOOST_AUTO_TEST_CASE(refuses_a_message_that_is_no_batch_of_results) {
  auto err = session.results(view_of(pack_ready()));
  BOOST_TEST((err == ec::unexpected_message));
}

// -- ends ---------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(fails_what_could_not_be_sent) {
  session.credit(2, 10000);
  auto group = submit(3);
  auto messages = session.take_submits(all);
  session.returned(std::move(messages.at(0)), "no way out");
  BOOST_TEST(group->failed() == 2u);
  BOOST_TEST((group->error_of(0).code == errc::no_cluster));
  BOOST_TEST(std::string{group->error_of(1).what()} == "no way out");
  BOOST_TEST(sent() == range(3, 1));
}

BOOST_AUTO_TEST_CASE(ignores_a_returned_message_that_is_no_submit) {
  session.returned(multipart{std::vector{pack_join(1)}}, "x");
  session.returned(multipart{std::vector{buffer::copy_of("garbage")}}, "x");
  session.returned(multipart{}, "x");
  BOOST_TEST(session.dropped() == 0u);
}

BOOST_AUTO_TEST_CASE(fails_tasks_in_flight_and_keeps_the_others) {
  session.credit(3, 10000);
  auto first = submit(2);
  auto second = submit(3);
  sent();
  BOOST_TEST(!answer({1}));
  session.fail_in_flight("forgotten");
  BOOST_TEST(first->failed() == 1u);
  BOOST_TEST(second->failed() == 1u);
  BOOST_TEST(second->done() == 1u);
  BOOST_TEST(session.in_flight() == 0u);
  BOOST_TEST(sent().empty());
  session.credit(10, 10000);
  BOOST_TEST(sent() == range(4, 2));
  BOOST_TEST(!answer({2, 3, 4, 5}));
  BOOST_TEST(session.dropped() == 2u);
  BOOST_TEST(second->done() == 3u);
}

BOOST_AUTO_TEST_CASE(fails_everything_at_the_end) {
  session.credit(2, 10000);
  auto first = submit(3);
  auto second = submit(1);
  sent();
  BOOST_TEST(!answer({1}));
  session.fail_all("gone");
  BOOST_TEST(first->failed() == 2u);
  BOOST_TEST(second->failed() == 1u);
  BOOST_TEST((second->error_of(0).code == errc::no_cluster));
  BOOST_TEST(session.groups() == 0u);
  BOOST_TEST(session.in_flight() == 0u);
  BOOST_TEST(sent().empty());
  BOOST_TEST(!answer({2}));
  BOOST_TEST(session.dropped() == 1u);
}

// -- properties ---------------------------------------------------------------

namespace {

/// Plays a scheduler that gives credit, answers in any order, repeats itself
/// and invents numbers.
struct random_scheduler : fixture {
  explicit random_scheduler(unsigned seed) : random(seed) {
    // nop
  }

  std::size_t up_to(std::size_t n) {
    return std::uniform_int_distribution<std::size_t>{0, n}(random);
  }

  void submit_some() {
    auto count = up_to(400);
    auto group = up_to(3) > 0 ? submit(count) : submit_large(count % 9, 3000);
    groups.emplace_back(next, group);
    next += group->size();
  }

  void change_credit() {
    tasks = static_cast<std::uint32_t>(1 + up_to(600));
    bytes = 1 + up_to(20000);
    session.credit(tasks, bytes);
  }

  void take() {
    auto before = session.in_flight();
    auto xs = sent(1 + up_to(3));
    BOOST_TEST_REQUIRE(std::is_sorted(xs.begin(), xs.end()));
    if (!xs.empty()) {
      BOOST_TEST_REQUIRE(session.in_flight() <= tasks);
      BOOST_TEST_REQUIRE(
        (before + xs.size() == 1 || session.bytes_in_flight() <= bytes));
      BOOST_TEST_REQUIRE(xs.front() == last_sent + 1);
      BOOST_TEST_REQUIRE(xs.back() - xs.front() + 1 == xs.size());
      last_sent = xs.back();
    }
    out.insert(out.end(), xs.begin(), xs.end());
  }

  void answer_some() {
    std::shuffle(out.begin(), out.end(), random);
    auto count = std::min({up_to(300), out.size(), limits::batch_tasks - 20});
    numbers xs(out.end() - static_cast<std::ptrdiff_t>(count), out.end());
    out.resize(out.size() - count);
    for (auto i = up_to(5); i > 0; --i, ++expected_drops)
      xs.push_back(last_sent + 1 + up_to(1000));
    if (auto i = up_to(3); i > 0 && !xs.empty()) {
      auto copies = std::min(i, xs.size());
      xs.insert(xs.end(), xs.begin(),
                xs.begin() + static_cast<std::ptrdiff_t>(copies));
      expected_drops += copies;
    }
    if (xs.empty())
      return;
    auto err = answer(xs);
    BOOST_REQUIRE_MESSAGE(!err, describe(err));
  }

  void check_at_the_end() {
    for (auto& [first, group] : groups) {
      BOOST_TEST_REQUIRE(group->done() == group->size());
      for (std::size_t i = 0; i < group->size(); ++i)
        BOOST_TEST_REQUIRE(number_in(group->at(i)) == first + i);
    }
    BOOST_TEST(session.dropped() == expected_drops);
    BOOST_TEST(session.groups() == 0u);
    BOOST_TEST(session.in_flight() == 0u);
    BOOST_TEST(session.bytes_in_flight() == 0u);
  }

  std::mt19937 random;
  task_number next = 1;
  task_number last_sent = 0;
  std::uint32_t tasks = 0;
  std::uint64_t bytes = 0;
  std::uint64_t expected_drops = 0;
  numbers out;
  std::vector<std::pair<task_number, task_group_ptr>> groups;
};

} // namespace

BOOST_AUTO_TEST_CASE(reports_each_task_once_whatever_the_scheduler_does) {
  for (auto seed = 1u; seed <= 20; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      random_scheduler world{seed};
      for (auto step = 0; step < 60; ++step) {
        switch (world.up_to(4)) {
          case 0:
            world.submit_some();
            break;
          case 1:
            world.change_credit();
            break;
          case 2:
            world.answer_some();
            break;
          default:
            world.take();
        }
      }
      world.session.credit(world.tasks = 1000, world.bytes = 1 << 30);
      while (world.session.groups() > 0) {
        world.take();
        world.answer_some();
      }
      world.check_at_the_end();
    }
  }
}

// -- cancelling ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_group_that_is_not_here_is_not_cancelled) {
  auto group = submit(3);
  auto direct = make_group(3);
  direct->number(group->first_number());
  auto spared = session.cancel(*direct, 0, 3);
  BOOST_TEST(spared.dequeued == 0u);
  BOOST_TEST(spared.rest.empty());
  BOOST_TEST(session.cancel(*group, 0, 3).dequeued == 3u);
  BOOST_TEST(group->failed() == 3u);
}

BOOST_AUTO_TEST_CASE(what_ended_here_is_not_left_to_the_scheduler) {
  session.credit(49, 100000);
  auto group = submit(100);
  BOOST_TEST(sent() == range(1, 49));
  BOOST_TEST(session.cancel(*group, 0, 100).dequeued == 51u);
  BOOST_TEST(sent().empty()); // the others are passed over
  auto again = session.cancel(*group, 0, 100);
  BOOST_TEST(again.dequeued == 0u);
  BOOST_REQUIRE(again.rest.size() == 1u);
  BOOST_TEST(again.rest[0].first == 1u);
  BOOST_TEST(again.rest[0].count == 49u);
  BOOST_TEST(!answer({1, 2, 4}));
  again = session.cancel(*group, 0, 100);
  BOOST_REQUIRE(again.rest.size() == 1u);
  BOOST_TEST(again.rest[0].first == 3u);
  BOOST_TEST(again.rest[0].count == 47u);
  BOOST_TEST(session.cancel(*group, 60, 10).rest.empty());
}

// -- through a device ---------------------------------------------------------

BOOST_AUTO_TEST_CASE(cuts_what_it_sends_to_a_device) {
  session.credit(1000, 100000);
  session.deal_to(5);
  submit(100);
  auto messages = session.take_submits(all);
  BOOST_TEST(messages.size() == 20u); // four for each engine
  for (auto& x : messages) {
    BOOST_TEST(numbers_in(x).size() == 5u);
    BOOST_CHECK(view_of(x).kind() == wire::Body::Dispatch);
  }
  BOOST_TEST(numbers_in(messages) == range(1, 100));
  BOOST_TEST(session.last_sent() == 100u);
  submit(1);
  submit(1);
  BOOST_TEST(session.take_submits(all).size() == 2u);
  submit(100'000);
  BOOST_TEST(numbers_in(session.take_submits(1)).size() == 512u);
}

BOOST_AUTO_TEST_CASE(tells_a_device_nothing_of_options) {
  session.credit(10, 1000);
  session.deal_to(1);
  auto calls = numbered_calls(1);
  calls.attempts = 3; // the default: there will not be more than one
  session.submit({make_group(1), calls});
  auto message = session.take_submits(all).at(0);
  auto view = view_of(message);
  auto batch = read_tasks(view);
  BOOST_REQUIRE(batch);
  BOOST_TEST(batch->entries[0].attempts() == 1u);
  BOOST_TEST(batch->entries[0].priority() == 0);
  BOOST_TEST(batch->entries[0].retries() == 0u);
}

BOOST_AUTO_TEST_CASE(gives_up_tasks_up_to_a_number) {
  session.credit(3, 1000);
  auto first = submit(2);
  auto second = submit(2);
  sent();
  BOOST_TEST(!answer({1}));
  session.give_up(2, status::engine_lost, {"engine_gone", "bad luck"});
  BOOST_TEST(first->done() == 2u);
  BOOST_TEST(second->done() == 0u);
  BOOST_CHECK(first->at(1).state == status::engine_lost);
  BOOST_TEST(session.in_flight() == 1u);
  BOOST_TEST(sent() == range(4, 1)); // their credit is back
  BOOST_TEST(!answer({2}));          // too late
  BOOST_TEST(session.dropped() == 1u);
  session.give_up(100, status::engine_lost, {"engine_gone", "bad luck"});
  BOOST_TEST(second->done() == 2u);
  BOOST_TEST(session.groups() == 0u);
}

BOOST_AUTO_TEST_CASE(knows_whether_tasks_are_in_flight) {
  session.credit(3, 1000);
  submit(4);
  BOOST_TEST(!session.in_flight({{1, 4}}));
  sent();
  BOOST_TEST(session.in_flight({{1, 4}}));
  BOOST_TEST(!session.in_flight({{4, 1}}));
  BOOST_TEST(!answer({1, 2}));
  BOOST_TEST(!session.in_flight({{1, 2}}));
  BOOST_TEST(session.in_flight({{2, 2}}));
  BOOST_TEST(!session.in_flight({{77, 2}}));
}

BOOST_AUTO_TEST_CASE(reports_a_rejection_that_nobody_heeds) {
  session.credit(1, 1000);
  auto group = submit(1);
  sent();
  std::vector<std::byte> bytes;
  pack_rejection({std::chrono::milliseconds{5}, {"", "no licence"}}, bytes);
  result_batch_builder builder{batch_kind::results};
  builder.add(result_entry(1, wire::Outcome::Rejected), bytes, {});
  BOOST_TEST(!session.results(view_of(builder.finish({}))));
  auto& outcome = group->at(0);
  BOOST_CHECK(outcome.state == status::impossible);
  auto why = read_failure(outcome.bytes.bytes());
  BOOST_TEST(why.type == "rejected");
  BOOST_TEST(why.message.find("no licence") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
