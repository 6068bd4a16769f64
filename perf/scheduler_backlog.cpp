// SPDX-License-Identifier: BSL-1.0

#include "scheduler_backlog.hpp"

#include "harness/clock.hpp"
#include "harness/compete.hpp"
#include "harness/statistics.hpp"
#include "raw_dispatcher.hpp"
#include "scheduler_rounds.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <vector>

namespace troupe::perf {

namespace {

constexpr auto batch = scheduler_rounds::batch;

/// Times of the rounds of one run, in seconds.
struct round_times {
  /// From the first message to the last.
  std::vector<double> all;

  /// Of these, what it takes to hand out tasks.
  std::vector<double> dispatch;

  /// A round that something else interrupted counts as little as any other.
  measurement result() const {
    auto tasks = static_cast<double>(batch);
    return {{"rate_per_s", tasks / median(all)},
            {"dispatch_ns", median(dispatch) / tasks * 1e9}};
  }
};

class actor_rounds {
public:
  actor_rounds(std::size_t engines, std::size_t queued, std::size_t size)
    : rounds_(engines, size) {
    rounds_.queue(queued + batch);
  }

  void run(round_times& times) {
    auto results = rounds_.next_results();
    auto submit = rounds_.next_submit();
    stopwatch watch;
    rounds_.receive(std::move(results), std::move(submit));
    auto received = watch.seconds();
    auto actions = rounds_.flush();
    times.all.push_back(watch.seconds());
    times.dispatch.push_back(times.all.back() - received);
    if (rounds_.note(std::move(actions)) != batch)
      throw std::runtime_error("the actor path did not hand out all tasks");
  }

private:
  scheduler_rounds rounds_;
};

class raw_rounds {
public:
  raw_rounds(std::size_t engines, std::size_t queued, std::size_t size)
    : dispatcher_(engines, std::max<std::size_t>(batch / engines, 1)),
      arguments_(size) {
    for (std::size_t i = 0; i < queued + batch; i += batch)
      dispatcher_.submit(next_submit());
    sent_ = dispatcher_.flush();
  }

  void run(round_times& times) {
    std::vector<raw_dispatcher::bytes> results;
    sent_.pop_back(); // is the client's
    for (const auto& message : sent_)
      results.push_back(answer(message));
    auto submit = next_submit();
    stopwatch watch;
    for (const auto& message : results)
      dispatcher_.collect(message);
    dispatcher_.submit(submit);
    auto received = watch.seconds();
    sent_ = dispatcher_.flush();
    times.all.push_back(watch.seconds());
    times.dispatch.push_back(times.all.back() - received);
    if (numbers_in(sent_.back()).size() != batch)
      throw std::runtime_error("the raw path did not hand out all tasks");
  }

private:
  raw_dispatcher::bytes next_submit() {
    raw_dispatcher::bytes result;
    for (std::size_t i = 0; i < batch; ++i)
      append_entry(result, next_++, arguments_.data(), arguments_.size());
    return result;
  }

  raw_dispatcher::bytes answer(const raw_dispatcher::bytes& dispatch) {
    raw_dispatcher::bytes result;
    for (auto number : numbers_in(dispatch))
      append_entry(result, number, arguments_.data(), arguments_.size());
    return result;
  }

  raw_dispatcher dispatcher_;
  std::vector<std::byte> arguments_;
  std::uint64_t next_ = 1;
  std::vector<raw_dispatcher::bytes> sent_;
};

/// A contender that sets up its queue anew for each run: where things lie in
/// memory makes a difference, which runs have to show.
template <class Rounds>
contender make_contender(row key, std::size_t count) {
  auto engines = number(key, "engines").value_or(1);
  auto queued = number(key, "queued").value_or(0);
  auto size = number(key, "size").value_or(0);
  return {std::move(key), [=] {
            Rounds on{static_cast<std::size_t>(engines),
                      static_cast<std::size_t>(queued),
                      static_cast<std::size_t>(size)};
            round_times times;
            for (std::size_t i = 0; i < count; ++i)
              on.run(times);
            return times.result();
          }};
}

} // namespace

void run_scheduler_backlog(const options& with, std::size_t engines,
                           std::size_t queued, std::size_t size, report& out) {
  // More engines than that do not get a task each.
  engines = std::min(engines, batch);
  auto count = std::size_t{with.quick ? 400u : 2'000u};
  row key;
  key.set("bench", "backlog").set("path", "raw").set("part", "scheduler");
  key.set("engines", engines).set("queued", queued).set("size", size);
  std::vector<contender> contenders;
  if (with.runs_raw())
    contenders.push_back(make_contender<raw_rounds>(key, count));
  key.set("path", "actor");
  if (with.runs_actor())
    contenders.push_back(make_contender<actor_rounds>(key, count));
  compete(contenders, with.repeat, out);
}

} // namespace troupe::perf
