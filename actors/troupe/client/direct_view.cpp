// SPDX-License-Identifier: BSL-1.0
#include "troupe/client/direct_view.hpp"

#include "troupe/protocol/cast_batch.hpp"

namespace troupe {

direct_view::direct_view(client_core_ptr core, std::vector<engine_id> engines)
  : core_(std::move(core)), engines_(std::move(engines)) {
  if (engines_.empty())
    throw error{errc::no_engines, "a view of no engines",
                "wait for engines, see client::wait_for_engines"};
  if (engines_.size() > limits::max_engines)
    throw error{errc::usage, "a view of " + std::to_string(engines_.size())
                               + " engines: the limit is "
                               + std::to_string(limits::max_engines)};
}

direct_view direct_view::coalesced(bool on) const {
  auto result = *this;
  result.coalesced_ = on;
  return result;
}

direct_view direct_view::partitioned(partition_type how) const {
  auto result = *this;
  result.how_ = how;
  return result;
}

cast_plan direct_view::plan() const {
  cast_plan result;
  result.engines.reserve(engines_.size());
  for (auto id : engines_)
    result.engines.push_back(value(id));
  if (coalesced_)
    result.flags |= cast_flags::coalesce;
  if (how_ == partition_type::round_robin)
    result.flags |= cast_flags::round_robin;
  return result;
}

std::vector<std::uint32_t> direct_view::places(std::size_t count) const {
  std::vector<std::uint32_t> result;
  result.reserve(count);
  auto parts = static_cast<std::uint32_t>(engines_.size());
  if (how_ == partition_type::round_robin)
    for (std::size_t i = 0; i < count; ++i)
      result.push_back(static_cast<std::uint32_t>(i % parts));
  else
    for (std::uint32_t k = 0; k < parts; ++k)
      result.resize(result.size() + part_size(count, parts, k), k);
  return result;
}

task_group_ptr direct_view::submit(std::string name, encoded_calls calls,
                                   cast_plan where) const {
  auto group = std::make_shared<task_group>(calls.calls.size() * where.fan(),
                                            std::move(name));
  group->name_engines();
  if (group->size() == 0)
    return group;
  calls.cast = std::make_shared<const cast_plan>(std::move(where));
  core_->submit(group, std::move(calls));
  return group;
}

} // namespace troupe
