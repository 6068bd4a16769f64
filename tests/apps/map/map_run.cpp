// SPDX-License-Identifier: BSL-1.0

#include "map/map_run.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <functional>
#include <stdexcept>

using namespace troupe;
using namespace troupe::apps;

namespace {

/// Items that end as soon as somebody takes them.
class fake_batch : public batch {
public:
  fake_batch(std::vector<item> items, std::function<bool(std::size_t)> ready)
    : items_(std::move(items)), ready_(std::move(ready)) {
    // nop
  }

  std::size_t size() const override {
    return items_.size();
  }

  std::size_t done() const override {
    return items_.size();
  }

  bool ready(std::size_t index) const override {
    return ready_(items_[index].number);
  }

  std::optional<item> take(std::size_t index, duration) override {
    if (!ready(index))
      return std::nullopt;
    return items_[index];
  }

private:
  std::vector<item> items_;
  std::function<bool(std::size_t)> ready_;
};

/// Echoes inputs; `bad` fails, `usage` and `throw` are refused.
class fake_job : public map_job {
public:
  std::unique_ptr<batch> submit(std::vector<std::string> inputs,
                                std::size_t first) override {
    std::vector<item> items;
    for (auto& input : inputs) {
      if (input == "usage")
        throw error{errc::usage, "a bad row"};
      if (input == "throw")
        throw error{errc::failed, "all is bad"};
      item x{.input = input, .number = first + items.size(), .out = input};
      x.status = input == "bad" ? 1 : 0;
      if (input == "lost")
        x.problem = error{errc::engine_lost, "lost"};
      if (input == "gone")
        x.problem = error{errc::no_cluster, "the cluster is gone"};
      items.push_back(std::move(x));
    }
    submitted += items.size();
    most_together = std::max(most_together, items.size());
    return std::make_unique<fake_batch>(std::move(items), ready);
  }

  std::function<bool(std::size_t)> ready = [](std::size_t) { return true; };
  std::atomic<std::size_t> submitted = 0;
  std::size_t most_together = 0;
};

class fake_sink : public item_sink {
public:
  bool put(const item& x) override {
    text += x.out + (x.ok() ? " " : "! ");
    numbers.push_back(x.number);
    return numbers.size() < most;
  }

  void idle(const progress& x) override {
    last = x;
    on_idle();
  }

  std::string text;
  std::vector<std::size_t> numbers;
  std::size_t most = 1'000'000;
  progress last;
  std::function<void()> on_idle = [] {};
};

struct fixture {
  map_summary map(std::vector<std::string> list, map_limits limits = {}) {
    input_reader inputs{std::move(list)};
    return map_run{job, inputs, sink, stop, limits}.run();
  }

  fake_job job;
  fake_sink sink;
  stop_event stop;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(map_run_suite, fixture)

BOOST_AUTO_TEST_CASE(does_nothing_without_inputs) {
  auto summary = map({});
  BOOST_TEST(summary.inputs == 0u);
  BOOST_TEST(!summary.stopped);
}

BOOST_AUTO_TEST_CASE(puts_items_in_the_order_of_inputs) {
  auto summary = map({"a", "bad", "c", "lost"});
  BOOST_TEST(sink.text == "a bad! c lost! ");
  BOOST_TEST((sink.numbers == std::vector<std::size_t>{1, 2, 3, 4}));
  BOOST_TEST(summary.inputs == 4u);
  BOOST_TEST(summary.failed == 2u);
  BOOST_TEST(summary.lost == 1u);
}

BOOST_AUTO_TEST_CASE(submits_bounded_groups) {
  map(std::vector<std::string>(1000, "x"), {.together = 7});
  BOOST_TEST(sink.numbers.size() == 1000u);
  BOOST_TEST(job.most_together == 7u);
}

BOOST_AUTO_TEST_CASE(counts_the_bytes_of_a_group) {
  map(std::vector<std::string>(10, "xxx"), {.bytes_together = 6});
  BOOST_TEST(job.most_together == 2u);
}

BOOST_AUTO_TEST_CASE(submits_no_more_than_may_be_outstanding) {
  auto idles = 0;
  job.ready = [&](std::size_t) { return idles >= 3; };
  sink.on_idle = [&] {
    ++idles;
    BOOST_TEST(job.submitted - sink.numbers.size() <= 12u);
  };
  map(std::vector<std::string>(100, "x"), {.outstanding = 10, .together = 3});
  BOOST_TEST(sink.numbers.size() == 100u);
}

BOOST_AUTO_TEST_CASE(reports_progress_in_items) {
  auto idles = 0;
  job.ready = [&](std::size_t number) { return number < 3 || idles >= 2; };
  sink.on_idle = [&] { ++idles; };
  map({"a", "bad", "c", "d"});
  BOOST_TEST(sink.last.total == 4u);
  BOOST_TEST(sink.last.done == 4u); // of which two were put
  BOOST_TEST(sink.last.failed == 1u);
}

BOOST_AUTO_TEST_CASE(stops_when_the_sink_wants_no_more) {
  sink.most = 2;
  auto summary = map(std::vector<std::string>(100'000, "x"));
  BOOST_TEST(summary.cut);
  BOOST_TEST(!summary.stopped);
  BOOST_TEST(sink.numbers.size() == 2u);
}

BOOST_AUTO_TEST_CASE(stops_when_it_is_told) {
  job.ready = [](std::size_t number) { return number < 3; };
  sink.on_idle = [&] {
    if (!sink.numbers.empty())
      stop.raise();
  };
  auto summary = map({"a", "b", "c"});
  BOOST_TEST(summary.stopped);
  BOOST_TEST(summary.inputs == 2u);
}

BOOST_AUTO_TEST_CASE(throws_what_refuses_the_first_input) {
  BOOST_CHECK_EXCEPTION(map({"usage", "a"}), error,
                        [](const error& e) { return e.code == errc::usage; });
  BOOST_TEST(sink.text == "");
}

BOOST_AUTO_TEST_CASE(fails_single_inputs_that_are_refused_later) {
  auto summary = map({"a", "usage", "b"});
  BOOST_TEST(sink.text == "a ! b ");
  BOOST_TEST((sink.numbers == std::vector<std::size_t>{1, 2, 3}));
  BOOST_TEST(summary.failed == 1u);
}

BOOST_AUTO_TEST_CASE(puts_what_was_submitted_before_it_throws) {
  BOOST_CHECK_THROW(map({"a", "b", "throw", "c"}, {.together = 1}), error);
  BOOST_TEST(sink.text == "a b ");
}

BOOST_AUTO_TEST_CASE(throws_at_once_if_the_cluster_is_gone) {
  BOOST_CHECK_EXCEPTION(map({"a", "gone", "c"}), error, [](const error& e) {
    return e.code == errc::no_cluster;
  });
  BOOST_TEST(sink.text == "a ");
}

BOOST_AUTO_TEST_SUITE_END()
