// SPDX-License-Identifier: BSL-1.0
#include "troupe/client/call_book.hpp"

#include "troupe/client/outcomes.hpp"

#include <iterator>
#include <limits>

namespace troupe {

// -- submissions --------------------------------------------------------------

void call_book::add(queued_calls x, std::size_t fan, std::uint64_t extra,
                    std::vector<std::uint64_t> references) {
  auto count = x.calls.calls.size();
  if (count == 0 || fan == 0)
    return;
  auto i = batches_.emplace_hint(
    batches_.end(), next_,
    batch{next_, std::move(x.group), std::move(x.calls), fan,
          std::vector<std::uint64_t>(count), std::move(references)});
  auto& added = i->second;
  added.open = added.results();
  if (fan > 1) {
    added.left.resize(count, static_cast<std::uint32_t>(fan));
    added.results_ended.resize(added.open);
  }
  added.group->number(next_, client_);
  next_ += added.open;
  waiting_ += count;
  auto& calls = added.calls;
  for (std::size_t n = 0; n < count; ++n)
    added.costs[n] = calls.calls[n].size + extra
                     + size_of(frames_of(calls, calls.calls[n]));
  if (unsent_ == batches_.end())
    unsent_ = i;
  fail_oversized(i);
}

void call_book::fail_oversized(batch_map::iterator i) {
  auto& x = i->second;
  run current{i};
  for (std::size_t n = 0; n < x.costs.size(); ++n) {
    auto text = obstacle(x.calls, x.calls.calls[n]);
    if (text.empty())
      continue;
    auto outcome = failed_outcome(task_outcome::status::failed,
                                  {too_large_failure, text});
    for (auto index = n * x.fan; index < (n + 1) * x.fan; ++index) {
      x.end(index);
      current.outcomes.emplace_back(index, outcome);
    }
  }
  flush(current);
}

void call_book::credit(std::uint32_t results, std::uint64_t bytes) noexcept {
  credit_results_ = results;
  credit_bytes_ = bytes;
}

bool call_book::affordable(std::size_t fan, std::uint64_t cost) const noexcept {
  if (credit_results_ == 0)
    return false;
  return in_flight_ == 0
         || (in_flight_ + fan <= credit_results_
             && bytes_in_flight_ <= credit_bytes_
             && cost <= credit_bytes_ - bytes_in_flight_);
}

// -- cancelling ---------------------------------------------------------------

call_book::cancelling call_book::cancel(const task_group& group,
                                        std::size_t first, std::size_t count) {
  cancelling result;
  auto i = find(group.first_number());
  if (group.first_number() == 0 || i == batches_.end())
    return result; // all ended
  auto& x = i->second;
  if (x.group.get() != &group)
    return result; // a group of another lane, with a number of its own
  auto end = std::min(first + count, x.results());
  // Of what was cancelled before, the scheduler would wait for calls that are
  // never sent.
  auto leave = [&](std::size_t begin, std::size_t until) {
    while (begin < until && x.has_ended(begin))
      ++begin;
    while (begin < until && x.has_ended(until - 1))
      --until;
    if (begin < until)
      result.rest.push_back({x.first + begin, until - begin});
  };
  // Calls that were not sent and all of whose results are meant end here.
  auto begin = std::max(x.sent, (first + x.fan - 1) / x.fan) * x.fan;
  auto whole = std::max(begin, end / x.fan * x.fan);
  leave(first, std::min(begin, end));
  leave(whole, end);
  run current{i};
  auto outcome = failed_outcome(task_outcome::status::aborted,
                                {"cancelled", "it was not sent yet"});
  for (auto index = begin; index < whole; ++index) {
    if (x.has_ended(index))
      continue;
    x.end(index);
    ++result.dequeued;
    current.outcomes.emplace_back(index, outcome);
  }
  flush(current);
  return result;
}

bool call_book::in_flight(const std::vector<task_range>& xs) {
  return std::ranges::any_of(xs, [this](const task_range& range) {
    auto i = find(range.first);
    if (i == batches_.end())
      return false;
    auto& x = i->second;
    auto begin = range.first - x.first;
    auto end = std::min<std::uint64_t>(begin + range.count, x.sent * x.fan);
    for (auto index = begin; index < end; ++index)
      if (!x.has_ended(index))
        return true;
    return false;
  });
}

bool call_book::holds_back(task_number number) {
  auto i = find(number);
  if (i == batches_.end())
    return false;
  auto& x = i->second;
  auto index = number - x.first;
  return index >= x.sent * x.fan && !x.has_ended(index);
}

// -- outcomes -----------------------------------------------------------------

std::uint64_t call_book::batch::end(std::size_t index) {
  --open;
  if (fan == 1)
    return std::exchange(costs[index], ended);
  results_ended[index] = true;
  auto n = index / fan;
  return --left[n] == 0 ? std::exchange(costs[n], ended) : 0;
}

call_book::batch_map::iterator call_book::find(task_number number) {
  auto holds = [&](batch_map::iterator i) {
    return i != batches_.end() && number >= i->first
           && number - i->first < i->second.results();
  };
  if (holds(recent_))
    return recent_;
  auto i = batches_.upper_bound(number);
  if (i == batches_.begin() || !holds(std::prev(i)))
    return batches_.end();
  return recent_ = std::prev(i);
}

bool call_book::settle(batch& x, std::size_t index) {
  if (index >= x.sent * x.fan || x.has_ended(index))
    return false;
  bytes_in_flight_ -= x.end(index);
  --in_flight_;
  return true;
}

void call_book::settle(task_number number, task_outcome&& outcome,
                       run& current) {
  auto i = find(number);
  auto index = i != batches_.end() ? number - i->first : 0;
  if (i == batches_.end() || !settle(i->second, index)) {
    ++dropped_;
    return;
  }
  if (i != current.target) {
    flush(current);
    current.target = i;
  }
  current.outcomes.emplace_back(index, std::move(outcome));
}

void call_book::flush(run& current) {
  if (current.outcomes.empty())
    return;
  auto i = current.target;
  i->second.group->complete(current.outcomes);
  current.outcomes.clear();
  if (i->second.open > 0)
    return;
  if (recent_ == i)
    recent_ = batches_.end();
  if (unsent_ == i)
    ++unsent_; // nothing of it is left to be sent
  waiting_ -= i->second.costs.size() - i->second.sent;
  batches_.erase(i);
}

caf::error call_book::results(const message_view& message) {
  auto batch = read_results(message);
  if (!batch)
    return std::move(batch.error());
  run current{batches_.end(), std::move(outcomes_)};
  for (auto& x : batch->entries)
    settle(x.id(), outcome_of(message, *batch, x), current);
  flush(current);
  outcomes_ = std::move(current.outcomes);
  return caf::none;
}

void call_book::fail(const std::vector<task_range>& xs,
                     const std::string& sentence) {
  auto outcome = failed_outcome(task_outcome::status::no_cluster,
                                {"", sentence});
  run current{batches_.end()};
  for (auto& x : xs)
    for (task_number k = 0; k < x.count; ++k)
      settle(x.first + k, task_outcome{outcome}, current);
  flush(current);
}

void call_book::fail_in_flight(const std::string& sentence) {
  credit(0, 0);
  give_up(std::numeric_limits<task_number>::max(),
          task_outcome::status::no_cluster, {"", sentence});
}

void call_book::give_up(task_number last, task_outcome::status state,
                        const failure& why) {
  auto outcome = failed_outcome(state, why);
  for (auto i = batches_.begin();
       i != batches_.end() && in_flight_ > 0 && i->first <= last;) {
    auto next = std::next(i);
    auto& x = i->second;
    run current{i};
    auto end = std::min<task_number>(x.sent * x.fan - 1, last - x.first) + 1;
    for (std::size_t n = 0; x.sent > 0 && n < end; ++n)
      if (settle(x, n))
        current.outcomes.emplace_back(n, outcome);
    flush(current);
    i = next;
  }
}

void call_book::fail_all(const std::string& sentence) {
  for (auto& [first, x] : batches_)
    x.group->fail_pending(task_outcome::status::no_cluster, sentence);
  batches_.clear();
  unsent_ = recent_ = batches_.end();
  in_flight_ = 0;
  bytes_in_flight_ = 0;
  waiting_ = 0;
}

} // namespace troupe
