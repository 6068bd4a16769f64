// SPDX-License-Identifier: BSL-1.0
#include "troupe/client/cast_session.hpp"

#include "troupe/client/outcomes.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace troupe {

// -- submissions --------------------------------------------------------------

void cast_session::submit(queued_calls x) {
  auto count = x.calls.calls.size();
  auto fan = x.calls.cast->fan();
  if (count == 0 || fan == 0)
    return;
  batch added{next_, std::move(x.group), std::move(x.calls), fan, {}, {}};
  added.open = count * fan;
  added.ended.resize(added.open);
  added.calls.reserve(count);
  for (auto& call : added.encoded.calls)
    added.calls.push_back(
      {fan, call.size + size_of(frames_of(added.encoded, call))});
  added.group->number(next_);
  auto i = batches_.emplace_hint(batches_.end(), next_, std::move(added));
  next_ += i->second.open;
  if (unsent_ == batches_.end())
    unsent_ = i;
  fail_oversized(i);
}

void cast_session::fail_oversized(batch_map::iterator i) {
  auto& x = i->second;
  run current{i};
  for (std::size_t n = 0; n < x.calls.size(); ++n) {
    auto text = obstacle(x.encoded, x.encoded.calls[n]);
    if (text.empty())
      continue;
    auto outcome = failed_outcome(task_outcome::status::failed,
                                  {too_large_failure, text});
    for (auto index = n * x.fan; index < (n + 1) * x.fan; ++index) {
      x.ended[index] = true;
      current.outcomes.emplace_back(index, outcome);
    }
    x.calls[n].open = 0;
    x.open -= x.fan;
  }
  flush(current);
}

void cast_session::credit(std::uint32_t results, std::uint64_t bytes) noexcept {
  credit_results_ = results;
  credit_bytes_ = bytes;
}

bool cast_session::affordable(const batch& x, std::size_t n) const noexcept {
  if (credit_results_ == 0)
    return false;
  return in_flight_ == 0
         || (in_flight_ + x.fan <= credit_results_
             && bytes_in_flight_ + x.calls[n].cost <= credit_bytes_);
}

std::vector<multipart> cast_session::take_casts(std::size_t max_messages) {
  std::vector<multipart> result;
  cast_batch_builder builder;
  while (unsent_ != batches_.end()
         && fill(unsent_->second, builder, max_messages, result)) {
    unsent_->second.encoded = {}; // all of it is on its way
    ++unsent_;
  }
  if (!builder.empty())
    result.push_back(builder.finish());
  return result;
}

/// Appends calls of `x` as long as there is credit and room. Returns whether
/// all of them were taken.
bool cast_session::fill(batch& x, cast_batch_builder& out,
                        std::size_t max_messages,
                        std::vector<multipart>& messages) {
  for (; x.sent < x.calls.size(); ++x.sent) {
    if (x.calls[x.sent].open == 0)
      continue; // too large
    if (!affordable(x, x.sent))
      return false;
    auto& call = x.encoded.calls[x.sent];
    if (!out.takes(call.size, call.frames, x.calls[x.sent].cost - call.size)) {
      messages.push_back(out.finish());
      if (messages.size() >= max_messages)
        return false;
    }
    add(x, x.sent, out);
  }
  return true;
}

void cast_session::add(batch& x, std::size_t n, cast_batch_builder& out) {
  auto& call = x.encoded.calls[n];
  auto& plan = *x.encoded.cast;
  auto encoding = x.encoded.text ? wire::Encoding::Text : wire::Encoding::Codec;
  auto frames = std::span{x.encoded.frames}.subspan(call.first_frame,
                                                    call.frames);
  wire::CastEntry entry{x.first + n * x.fan,
                        value(x.encoded.function),
                        x.encoded.signature,
                        0,
                        0,
                        0,
                        0,
                        plan.item_size,
                        0,
                        0,
                        static_cast<std::uint8_t>(encoding),
                        plan.flags,
                        0,
                        0};
  out.add(entry, std::span{x.encoded.arena}.subspan(call.offset, call.size),
          frames, plan.engines_of(n));
  std::ranges::fill(frames, buffer{});
  in_flight_ += x.fan;
  bytes_in_flight_ += x.calls[n].cost;
}

// -- outcomes -----------------------------------------------------------------

cast_session::batch_map::iterator cast_session::find(task_number number) {
  auto i = batches_.upper_bound(number);
  if (i == batches_.begin())
    return batches_.end();
  --i;
  return number - i->first < i->second.ended.size() ? i : batches_.end();
}

bool cast_session::settle(batch& x, std::size_t index) {
  auto n = index / x.fan;
  if (n >= x.sent || x.ended[index])
    return false;
  x.ended[index] = true;
  --x.open;
  --in_flight_;
  if (--x.calls[n].open == 0)
    bytes_in_flight_ -= x.calls[n].cost;
  return true;
}

void cast_session::settle(task_number number, task_outcome&& outcome,
                          run& current) {
  auto i = current.target;
  if (i == batches_.end() || number < i->first
      || number - i->first >= i->second.ended.size()) {
    flush(current);
    i = find(number);
  }
  auto index = i != batches_.end() ? number - i->first : 0;
  if (i == batches_.end() || !settle(i->second, index)) {
    ++dropped_;
    return;
  }
  current.target = i;
  current.outcomes.emplace_back(index, std::move(outcome));
}

void cast_session::flush(run& current) {
  auto i = std::exchange(current.target, batches_.end());
  if (i == batches_.end())
    return;
  if (!current.outcomes.empty())
    i->second.group->complete(current.outcomes);
  current.outcomes.clear();
  if (i->second.open > 0)
    return;
  if (unsent_ == i)
    ++unsent_; // only calls that are too large were left of it
  batches_.erase(i);
}

caf::error cast_session::results(const message_view& message) {
  auto batch = read_results(message);
  if (!batch)
    return std::move(batch.error());
  run current{batches_.end()};
  for (auto& x : batch->entries)
    settle(x.id(), outcome_of(message, *batch, x), current);
  flush(current);
  return caf::none;
}

void cast_session::returned(multipart message, const std::string& sentence) {
  auto view = message_view::make(std::move(message));
  if (!view)
    return;
  auto batch = read_casts(*view);
  if (!batch)
    return;
  auto outcome = failed_outcome(task_outcome::status::no_cluster,
                                {"", sentence});
  run current{batches_.end()};
  for (auto& x : batch->entries)
    for (std::uint32_t k = 0; k < x.engines(); ++k)
      settle(x.id() + k, task_outcome{outcome}, current);
  flush(current);
}

void cast_session::fail_in_flight(const std::string& sentence) {
  auto outcome = failed_outcome(task_outcome::status::no_cluster,
                                {"", sentence});
  credit(0, 0);
  for (auto i = batches_.begin(); i != batches_.end() && in_flight_ > 0;) {
    auto next = std::next(i);
    run current{i};
    auto& x = i->second;
    for (std::size_t index = 0; index < x.sent * x.fan; ++index)
      if (settle(x, index))
        current.outcomes.emplace_back(index, outcome);
    flush(current);
    i = next;
  }
}

void cast_session::fail_all(const std::string& sentence) {
  for (auto& [first, x] : batches_)
    x.group->fail_pending(task_outcome::status::no_cluster, sentence);
  batches_.clear();
  unsent_ = batches_.end();
  in_flight_ = 0;
  bytes_in_flight_ = 0;
}

} // namespace troupe
