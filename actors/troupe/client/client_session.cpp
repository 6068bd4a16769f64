// SPDX-License-Identifier: BSL-1.0
#include "troupe/client/client_session.hpp"

#include "troupe/client/outcomes.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>

namespace troupe {

namespace {

wire::TaskEntry entry_of(task_number number, const encoded_calls& calls) {
  auto encoding = calls.text ? wire::Encoding::Text : wire::Encoding::Codec;
  return {number,
          value(calls.function),
          calls.signature,
          0,
          0,
          0,
          0,
          std::max(calls.attempts, std::uint8_t{1}),
          calls.retries,
          static_cast<std::uint8_t>(encoding),
          calls.priority};
}

} // namespace

// -- submissions --------------------------------------------------------------

void client_session::submit(queued_calls x) {
  auto count = x.calls.calls.size();
  if (count == 0)
    return;
  auto i = batches_.emplace_hint(batches_.end(), next_,
                                 batch{next_,
                                       std::move(x.group),
                                       std::move(x.calls),
                                       0,
                                       count,
                                       std::vector<std::uint64_t>(count),
                                       {}});
  i->second.group->number(next_, client_);
  next_ += count;
  auto& calls = i->second.calls;
  if (calls.demands != nullptr)
    for (auto& reference : calls.demands->references)
      i->second.references.push_back(reference.number());
  auto extra = i->second.references.size();
  if (calls.demands != nullptr)
    extra += calls.demands->needs.tags.size()
             + calls.demands->needs.slots.size();
  extra *= limits::reference_bytes;
  for (std::size_t n = 0; n < count; ++n)
    i->second.costs[n] = calls.calls[n].size + extra
                         + size_of(frames_of(calls, calls.calls[n]));
  if (unsent_ == batches_.end())
    unsent_ = i;
  fail_oversized(i);
}

void client_session::fail_oversized(batch_map::iterator i) {
  auto& x = i->second;
  run current{i, {}};
  for (std::size_t n = 0; n < x.calls.calls.size(); ++n) {
    auto text = obstacle(x.calls, x.calls.calls[n]);
    if (text.empty())
      continue;
    x.costs[n] = ended;
    --x.open;
    current.outcomes.emplace_back(n,
                                  failed_outcome(task_outcome::status::failed,
                                                 {too_large_failure, text}));
  }
  flush(current);
}

void client_session::credit(std::uint32_t tasks, std::uint64_t bytes) noexcept {
  credit_tasks_ = tasks;
  credit_bytes_ = bytes;
}

bool client_session::affordable(std::uint64_t cost) const noexcept {
  if (in_flight_ >= credit_tasks_)
    return false;
  return in_flight_ == 0
         || (bytes_in_flight_ <= credit_bytes_
             && cost <= credit_bytes_ - bytes_in_flight_);
}

std::vector<multipart> client_session::take_submits(std::size_t max_messages) {
  std::vector<multipart> result;
  task_batch_builder builder{batch_kind::submit};
  while (unsent_ != batches_.end()
         && fill(unsent_->second, builder, max_messages, result)) {
    auto& x = unsent_->second;
    x.calls = {}; // all of it is on its way
    ++unsent_;
  }
  if (!builder.empty())
    result.push_back(builder.finish({}));
  return result;
}

/// Appends calls of `x` as long as there is credit and room. Returns whether
/// all of them were taken.
bool client_session::fill(batch& x, task_batch_builder& out,
                          std::size_t max_messages,
                          std::vector<multipart>& messages) {
  auto again = false; // the message says already what the calls demand
  for (; x.sent < x.calls.calls.size(); ++x.sent) {
    auto& call = x.calls.calls[x.sent];
    auto cost = x.costs[x.sent];
    if (cost == ended)
      continue;
    if (!affordable(cost))
      return false;
    auto frames = std::span{x.calls.frames}.subspan(call.first_frame,
                                                    call.frames);
    if (!out.takes(call.size, call.frames, cost - call.size)) {
      messages.push_back(out.finish({}));
      again = false;
      if (messages.size() >= max_messages)
        return false;
    }
    auto bytes = std::span{x.calls.arena}.subspan(call.offset, call.size);
    out.add(entry_of(x.first + x.sent, x.calls), bytes, frames);
    if (again)
      out.demand_again();
    else if (x.calls.demands != nullptr)
      out.demand(x.calls.demands->header, x.references, x.calls.demands->needs);
    again = x.calls.demands != nullptr;
    std::fill(frames.begin(), frames.end(), buffer{});
    ++in_flight_;
    bytes_in_flight_ += cost;
  }
  return true;
}

// -- cancelling ---------------------------------------------------------------

client_session::cancelling client_session::cancel(const task_group& group,
                                                  std::size_t first,
                                                  std::size_t count) {
  cancelling result;
  auto i = find(group.first_number());
  if (group.first_number() == 0 || i == batches_.end())
    return result; // all ended
  auto& x = i->second;
  if (x.group.get() != &group)
    return result; // a group of another lane, with a number of its own
  auto end = std::min(first + count, x.costs.size());
  run current{i, {}};
  auto outcome = failed_outcome(task_outcome::status::aborted,
                                {"cancelled", "it was not sent yet"});
  for (auto n = std::max(first, x.sent); n < end; ++n) {
    if (std::exchange(x.costs[n], ended) == ended)
      continue;
    --x.open;
    ++result.dequeued;
    current.outcomes.emplace_back(n, outcome);
  }
  if (auto last = std::min(end, x.sent); first < last)
    result.sent = {x.first + first, last - first};
  flush(current);
  return result;
}

bool client_session::holds_back(task_number number) {
  auto i = find(number);
  return i != batches_.end() && number - i->first >= i->second.sent
         && i->second.costs[number - i->first] != ended;
}

// -- outcomes -----------------------------------------------------------------

client_session::batch_map::iterator client_session::find(task_number number) {
  auto holds = [&](batch_map::iterator i) {
    return i != batches_.end() && number >= i->first
           && number - i->first < i->second.costs.size();
  };
  if (holds(recent_))
    return recent_;
  auto i = batches_.upper_bound(number);
  if (i == batches_.begin() || !holds(std::prev(i)))
    return batches_.end();
  return recent_ = std::prev(i);
}

bool client_session::settle(batch_map::iterator i, std::size_t index) {
  auto& x = i->second;
  if (index >= x.sent || x.costs[index] == ended)
    return false;
  bytes_in_flight_ -= std::exchange(x.costs[index], ended);
  --in_flight_;
  --x.open;
  return true;
}

void client_session::settle(task_number number, task_outcome&& outcome,
                            run& current) {
  auto i = find(number);
  auto index = i != batches_.end() ? number - i->first : 0;
  if (i == batches_.end() || !settle(i, index)) {
    ++dropped_;
    return;
  }
  if (i != current.target) {
    flush(current);
    current.target = i;
  }
  current.outcomes.emplace_back(index, std::move(outcome));
}

void client_session::flush(run& current) {
  if (current.outcomes.empty())
    return;
  current.target->second.group->complete(current.outcomes);
  current.outcomes.clear();
  erase_if_complete(current.target);
}

void client_session::erase_if_complete(batch_map::iterator i) {
  if (i->second.open > 0)
    return;
  if (recent_ == i)
    recent_ = batches_.end();
  if (unsent_ == i)
    ++unsent_; // only oversized calls were left of it
  batches_.erase(i);
}

caf::error client_session::results(const message_view& message) {
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

void client_session::returned(multipart message, const std::string& sentence) {
  auto view = message_view::make(std::move(message));
  if (!view)
    return;
  auto batch = read_tasks(*view);
  if (!batch)
    return;
  auto outcome = failed_outcome(task_outcome::status::no_cluster,
                                {"", sentence});
  run current{batches_.end(), {}};
  for (auto& x : batch->entries)
    settle(x.id(), task_outcome{outcome}, current);
  flush(current);
}

void client_session::fail_in_flight(const std::string& sentence) {
  auto outcome = failed_outcome(task_outcome::status::no_cluster,
                                {"", sentence});
  credit(0, 0);
  for (auto i = batches_.begin(); i != batches_.end() && in_flight_ > 0;) {
    auto next = std::next(i);
    run current{i, {}};
    for (std::size_t n = 0; n < i->second.sent; ++n)
      if (settle(i, n))
        current.outcomes.emplace_back(n, outcome);
    flush(current);
    i = next;
  }
}

void client_session::fail_all(const std::string& sentence) {
  for (auto& [first, x] : batches_)
    x.group->fail_pending(task_outcome::status::no_cluster, sentence);
  batches_.clear();
  unsent_ = recent_ = batches_.end();
  in_flight_ = 0;
  bytes_in_flight_ = 0;
}

} // namespace troupe
