// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/cast_root.hpp"

#include "troupe/interfaces.hpp"
#include "troupe/protocol/pack.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

namespace troupe {

cast_root::cast_root(const direct_scheduler_config& cfg, std::uint32_t leaves)
  : lane_core(wire::Body::Cast, cfg.client_tasks, cfg.client_bytes),
    cfg_(cfg),
    leaves_(leaves),
    orders_(leaves) {
  assert(leaves > 0 && leaves <= leaves_at(max_broadcast_depth));
}

// -- clients ------------------------------------------------------------------

void cast_root::admit(client_id id, std::uint64_t token) {
  if (auto peer = peers_.add_client(id, token, 1))
    clients_[id].peer = peer;
}

void cast_root::lose(client_id id) {
  auto i = clients_.find(id);
  if (i == clients_.end())
    return;
  auto& peer = *i->second.peer;
  outbox_.forget(peer);
  clients_.erase(i);
  peers_.erase(peer);
}

cancel_counts cast_root::cancel(client_id id, const cancel_request& what) {
  cancel_counts result;
  auto i = clients_.find(id);
  if (i == clients_.end())
    return result;
  auto& peer = *i->second.peer;
  auto ranges = what.ranges;
  for (auto& x : ranges)
    x.first &= ~direct_number;
  result.dequeued = peer.cancelled.add(ranges, peer.last_number);
  return result;
}

// -- calls --------------------------------------------------------------------

void cast_root::submit(client_record& sender, message_view message) {
  auto& from = clients_.at(sender.id);
  auto [batch, code,
        reason] = check_casts(std::move(message), sender.last_number, from.load,
                              {cfg_.client_tasks, cfg_.client_bytes});
  if (!batch)
    return drop(sender.peer, code, reason);
  auto leaves = accept(from, batch);
  sender.last_number = last_of(batch->calls, sender.last_number);
  auto cancelled = cancelled_before(batch->calls, sender.cancelled);
  for (std::uint32_t leaf = 0; leaf < leaves_; ++leaf)
    if ((leaves >> leaf & 1) != 0)
      orders_[leaf].casts.push_back({sender.id, batch, cancelled});
}

cast_root::leaf_set
cast_root::accept(client& from,
                  const std::shared_ptr<const cast_submission>& batch) {
  auto& calls = batch->calls;
  leaf_set all = 0;
  leaf_set leaves = 0;
  const wire::CastEntry* before = nullptr;
  for (std::uint32_t i = 0; i < calls.entries.size(); ++i) {
    auto& entry = calls.entries[i];
    if (before == nullptr || before->first_engine() != entry.first_engine()
        || before->engines() != entry.engines())
      leaves = leaves_of(calls, entry);
    before = &entry;
    all |= leaves;
    auto bytes = bytes_of(calls, entry);
    from.calls[entry.id()] = {batch, i, bytes, leaves, {}};
    from.load.results += entry.engines();
    from.load.bytes += bytes;
    accepted_ += entry.engines();
  }
  return all;
}

cast_root::leaf_set cast_root::leaves_of(const cast_batch_view& calls,
                                         const wire::CastEntry& entry) const {
  leaf_set result = 0;
  for (std::uint32_t k = 0; k < entry.engines(); ++k)
    result |= leaf_set{1} << leaf_of(calls.engine(entry, k), leaves_);
  return result;
}

// -- results ------------------------------------------------------------------

void cast_root::collect(leaf_report report) {
  for (auto& x : report.results) {
    auto i = clients_.find(x.client);
    if (i == clients_.end())
      continue; // it was lost
    if (x.call == 0)
      deliver(i->second, std::move(x));
    else if (auto call = i->second.calls.find(x.call);
             call != i->second.calls.end())
      call->second.kept.push_back(std::move(x));
  }
  for (auto& x : report.ends)
    if (auto i = clients_.find(x.client); i != clients_.end())
      end(i->second, x);
}

void cast_root::end(client& of, const leaf_end& x) {
  auto i = of.calls.find(x.call);
  if (i == of.calls.end())
    return;
  auto& open = i->second.open_leaves;
  open &= ~(leaf_set{1} << x.leaf);
  if (open != 0)
    return;
  for (auto& results : i->second.kept)
    deliver(of, std::move(results));
  of.load.bytes -= i->second.bytes;
  of.calls.erase(i);
}

void cast_root::deliver(client& to, leaf_results results) {
  to.load.results -= results.count;
  reported_ += results.count;
  for (auto& message : results.messages) {
    message.peer = to.peer->peer;
    if (to.peer->away)
      outbox_.hold(*to.peer, std::move(message));
    else
      actions_.messages.push_back(std::move(message));
  }
}

// -- waiting ------------------------------------------------------------------

wait_reports cast_root::why(const task_id& id) const {
  wait_reports result;
  if (id.number != 0) {
    auto i = clients_.find(id.client);
    auto report = i != clients_.end()
                    ? why(i->second, id.number & ~direct_number)
                    : wait_report{};
    report.task = id;
    return {{report}};
  }
  std::uint64_t count = 0;
  for (auto& [client, x] : clients_)
    for (auto& [number, call] : x.calls)
      for (auto& kept : call.kept) {
        auto k = kept.first - number;
        if (count == 0) {
          auto report = reason_of(call, static_cast<std::uint32_t>(k));
          report.task = {client, kept.first | direct_number};
          result.reports.push_back(report);
        }
        count += kept.count;
      }
  if (count > 0)
    result.reports.back().count = count;
  return result;
}

wait_report cast_root::why(const client& of, task_number number) const {
  for (auto& [first, x] : of.calls)
    if (number >= first && number - first < x.entry().engines())
      return reason_of(x, static_cast<std::uint32_t>(number - first));
  return {};
}

wait_report cast_root::reason_of(const call& x, std::uint32_t k) const {
  auto& calls = x.batch->calls;
  auto is_open = [&](std::uint32_t i) {
    return (x.open_leaves >> leaf_of(calls.engine(x.entry(), i), leaves_) & 1)
           != 0;
  };
  wait_report result;
  if (x.kept.empty() || is_open(k))
    return result; // it was reported, or its leaf knows
  result.reason = wire::WaitReason::Dependencies;
  result.engine = calls.engine(x.entry(), k);
  result.attempts = 1;
  for (auto i = x.entry().engines(); i-- > 0;)
    if (is_open(i)) {
      result.detail = (x.entry().id() + i) | direct_number;
      ++result.more;
    }
  return result;
}

// -- rounds -------------------------------------------------------------------

root_actions cast_root::flush() {
  std::ranges::move(outbox_.flush(), std::back_inserter(actions_.messages));
  auto actions = std::exchange(actions_, {});
  return {std::move(actions.messages),
          std::exchange(orders_, std::vector<cast_orders>(leaves_)),
          std::move(actions.gone_clients)};
}

scheduler_status cast_root::status() const {
  scheduler_status result;
  result.accepted = accepted_;
  result.reported = reported_;
  result.dropped = dropped_;
  return result;
}

std::string cast_root::validate() const {
  std::size_t open = 0;
  for (auto& [id, x] : clients_) {
    cast_load load;
    for (auto& [number, call] : x.calls) {
      if (call.open_leaves == 0
          || (call.open_leaves & ~leaves_of(call.batch->calls, call.entry())))
        return "leaves of a call of " + to_string(id);
      for (auto& kept : call.kept)
        if (kept.count == 0 || kept.count > call.entry().engines())
          return "results kept for " + to_string(id);
      load.results += call.entry().engines();
      load.bytes += call.bytes;
    }
    open += x.load.results;
    if (x.load.results > load.results || x.load.bytes != load.bytes)
      return "credit of " + to_string(id);
  }
  if (open > accepted_ - reported_)
    return "results to come";
  return {};
}

} // namespace troupe
