// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/direct_core.hpp"

#include <algorithm>
#include <cstdint>
#include <map>

// Why results are not there. Computed when somebody asks.
namespace troupe {

using reason = wire::WaitReason;

wait_reports direct_core::why(const task_id& id) const {
  if (id.number == 0)
    return count_reasons();
  auto client = clients_.find(id.client);
  auto report = client != clients_.end()
                  ? why(client->second, id.number & ~direct_number)
                  : wait_report{};
  report.task = id;
  return {{report}};
}

wait_report direct_core::why(const direct_client& client,
                             task_number number) const {
  auto call = std::ranges::find_if(calls_, [&](auto& x) {
    return x.client == &client && number >= x.entry().id()
           && number - x.entry().id() < x.entry().engines();
  });
  if (call == calls_.end())
    return {};
  auto k = static_cast<std::uint32_t>(number - call->entry().id());
  auto id = call->batch->calls.engine(call->entry(), k);
  if (auto engine = engines_.find(id); engine != engines_.end()) {
    auto& items = engine->second.line.items();
    auto item = std::ranges::find_if(items, [&](auto& x) {
      return x.call == &*call && x.k == k;
    });
    if (item != items.end())
      return reason_of(engine->second,
                       static_cast<std::size_t>(item - items.begin()));
  }
  return reason_of(*call, k);
}

wait_report direct_core::reason_of(const direct_engine& engine,
                                   std::size_t place) const {
  wait_report result;
  result.engine = engine.peer->id;
  if (place < engine.line.sent()) {
    auto time =
      std::chrono::ceil<std::chrono::milliseconds>(now_ - engine.since);
    result.reason = reason::Dispatched;
    result.detail = static_cast<std::uint64_t>(time.count());
    result.more = static_cast<std::uint32_t>(place);
    result.attempts = 1;
  } else {
    result.reason = engine.joined ? reason::Busy : reason::EnginesAway;
    result.detail = place;
    result.more = 1;
  }
  return result;
}

wait_report direct_core::reason_of(const direct_call& call,
                                   std::uint32_t k) const {
  auto first = call.entry().id();
  auto& calls = call.batch->calls;
  wait_report result;
  if (!owns(calls.engine(call.entry(), k)))
    return result;
  std::vector<bool> ended(call.entry().engines());
  for (std::uint32_t i = 0; i < call.entry().engines(); ++i)
    ended[i] = !owns(calls.engine(call.entry(), i));
  for (auto& x : call.kept)
    ended[x.entry.id() - first] = true;
  if (!ended[k])
    return {};
  result.engine = calls.engine(call.entry(), k);
  auto open = std::ranges::find(ended, false) - ended.begin();
  result.reason = reason::Dependencies;
  result.detail = (first + static_cast<std::uint64_t>(open)) | direct_number;
  result.more = call.open;
  result.attempts = 1;
  return result;
}

wait_reports direct_core::count_reasons() const {
  struct counted {
    wait_report example;
    std::uint64_t age = UINT64_MAX;
    std::uint64_t count = 0;
  };
  std::map<reason, counted> all;
  auto add = [&](const wait_report& x, const direct_client& client,
                 task_number number, std::uint64_t age, std::size_t count) {
    auto& y = all[x.reason];
    y.count += count;
    if (age >= y.age)
      return;
    y.age = age;
    y.example = x;
    y.example.task = {client.id, number | direct_number};
  };
  for (auto& [id, x] : engines_) {
    std::size_t place = 0;
    for (auto& item : x.line.items()) {
      auto report = reason_of(x, place++);
      if (auto client = item.call->client)
        add(report, *client, item.number(), item.key, 1);
    }
  }
  for (auto& x : calls_)
    if (x.client != nullptr && !x.kept.empty()) {
      auto number = x.kept.front().entry.id();
      auto k = static_cast<std::uint32_t>(number - x.entry().id());
      add(reason_of(x, k), *x.client, number, x.key, x.kept.size());
    }
  wait_reports result;
  for (auto& [key, x] : all) {
    x.example.count = x.count;
    result.reports.push_back(x.example);
  }
  return result;
}

} // namespace troupe
