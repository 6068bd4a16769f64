// SPDX-License-Identifier: BSL-1.0
#include "troupe/interfaces.hpp"
#include "troupe/protocol/pack.hpp"
#include "troupe/scheduling/direct_core.hpp"

#include <algorithm>
#include <utility>

// How calls end, and what there is to tell.
namespace troupe {

namespace {

/// Refers to a part of `owner`, or copies what lies elsewhere.
buffer share(std::span<const std::byte> bytes, const buffer& owner) {
  auto all = owner.bytes();
  if (bytes.data() < all.data()
      || bytes.data() + bytes.size() > all.data() + all.size())
    return buffer::copy_of(bytes);
  return owner.slice(static_cast<std::size_t>(bytes.data() - all.data()),
                     bytes.size());
}

wire::ResultEntry with_id(const wire::ResultEntry& x, std::uint64_t id) {
  return {id,         x.run_ns(),   x.started_ns(), 0, 0, 0, 0, x.engine(),
          x.status(), x.attempts(), x.encoding(),   0};
}

} // namespace

void direct_core::collect(engine_record& sender, const message_view& message) {
  auto& engine = of(sender);
  auto results = read_results(message);
  if (!results) {
    ++dropped_;
    return;
  }
  auto first = engine.line.first_key();
  for (auto& entry : results->entries) {
    auto outcome = wire::Outcome{entry.status()};
    auto rejected = outcome == wire::Outcome::Rejected;
    auto x = outcome <= wire::Outcome::Timeout || rejected
               ? engine.line.take(entry.id())
               : std::nullopt;
    if (!x) {
      ++dropped_;
      continue;
    }
    ++(outcome == wire::Outcome::Ok ? engine.done : engine.failed);
    if (rejected && x->cancelled) {
      abort(*x);
      continue;
    }
    if (rejected) { // no other engine will do
      conclude(*x, wire::Outcome::Error, engine.peer->id,
               read_rejection(results->bytes_of(entry)).why);
      continue;
    }
    report(*x,
           {0, entry.run_ns(), entry.started_ns(), 0, 0, 0, 0,
            value(engine.peer->id), entry.status(), 1, entry.encoding(), 0},
           results->bytes_of(entry), results->frames_of(entry),
           message.header());
  }
  if (engine.line.first_key() != first)
    engine.since = now_;
  list(engine);
}

void direct_core::conclude(direct_item x, wire::Outcome outcome,
                           engine_id engine, const failure& why) {
  scratch_.clear();
  pack_failure(why, scratch_);
  report(x,
         {0, 0, 0, 0, 0, 0, 0, value(engine),
          static_cast<std::uint8_t>(outcome), 1, 0, 0},
         scratch_, {}, {});
}

void direct_core::report(direct_item x, const wire::ResultEntry& entry,
                         std::span<const std::byte> bytes,
                         std::span<const buffer> frames, const buffer& owner) {
  auto& call = *x.call;
  --call.open;
  if (call.client != nullptr) {
    auto result = with_id(entry, call.entry().id() + x.k);
    if ((call.entry().flags() & cast_flags::coalesce) != 0) {
      call.kept.push_back(
        {result, share(bytes, owner), {frames.begin(), frames.end()}});
      if (call.open == 0)
        report_kept(call);
    } else {
      deliver(*call.client, result, bytes, frames);
      ++reported_;
      --call.client->open;
    }
  }
  if (call.open != 0)
    return;
  if (cfg_.place && call.client != nullptr)
    up_.end(call.client->id, call.entry().id(), cfg_.place->leaf);
  release(call);
}

void direct_core::deliver(const direct_client& client,
                          const wire::ResultEntry& entry,
                          std::span<const std::byte> bytes,
                          std::span<const buffer> frames) {
  if (cfg_.place)
    up_.report(client.id, entry, bytes, frames);
  else
    outbox_.report(*client.peer, entry, bytes, frames);
}

void direct_core::report_kept(direct_call& call) {
  std::ranges::sort(call.kept, {},
                    [](const kept_result& x) { return x.entry.id(); });
  if (cfg_.place)
    up_.gather(call.client->id, call.entry().id(), call.kept);
  else
    for (auto& x : call.kept)
      deliver(*call.client, x.entry, x.bytes.bytes(), x.frames);
  reported_ += call.kept.size();
  call.client->open -= call.kept.size();
}

direct_call& direct_core::make_call() {
  if (free_.empty())
    free_.push_back(&calls_.emplace_back());
  auto& result = *free_.back();
  free_.pop_back();
  return result;
}

void direct_core::release(direct_call& x) {
  if (x.client != nullptr)
    x.client->bytes -= x.bytes;
  x = direct_call{};
  free_.push_back(&x);
}

// -- properties ---------------------------------------------------------------

scheduler_status direct_core::status() const {
  scheduler_status result;
  for (auto& [id, x] : engines_) {
    result.engines.push_back({id, static_cast<std::uint32_t>(x.line.sent()),
                              x.done, x.failed, x.joined});
    result.queued += x.line.waiting();
  }
  std::ranges::sort(result.engines, {}, &scheduler_status::engine::id);
  result.accepted = accepted_;
  result.reported = reported_;
  result.dropped = dropped_;
  return result;
}

std::string direct_core::validate() const {
  std::unordered_map<const direct_call*, std::size_t> open;
  for (auto& [id, x] : engines_) {
    std::uint64_t bytes = 0;
    std::size_t n = 0;
    for (auto& item : x.line.items()) {
      ++open[item.call];
      if (item.cancelled && n >= x.line.sent())
        return "a cancelled call waits for " + to_string(id);
      if (n++ < x.line.sent())
        bytes += item.call->bytes_for(item.k);
    }
    if (bytes != x.line.bytes_sent())
      return "bytes of " + to_string(id);
    if (x.line.sent() > cfg_.engine_calls)
      return "window of " + to_string(id);
    if (x.joined && x.returned.empty() && x.line.waiting() > 0
        && x.line.sent() == 0)
      return "calls wait for the idle " + to_string(id);
  }
  std::unordered_map<const direct_client*, direct_client> used;
  std::size_t calls = 0;
  for (auto& x : calls_) {
    if (x.batch == nullptr)
      continue;
    ++calls;
    if (x.open == 0 || x.open != open[&x])
      return "results to come of a call";
    if (x.client == nullptr)
      continue;
    used[x.client].open += x.open + x.kept.size();
    used[x.client].bytes += x.bytes;
  }
  if (calls + free_.size() != calls_.size())
    return "calls that are in use";
  for (auto& [id, x] : clients_)
    if (used[&x].open != x.open || used[&x].bytes != x.bytes)
      return "credit of " + to_string(id);
  return {};
}

} // namespace troupe
