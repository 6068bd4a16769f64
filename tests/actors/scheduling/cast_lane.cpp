// SPDX-License-Identifier: BSL-1.0
#include "actors/scheduling/cast_lane.hpp"

namespace troupe::test {

multipart cast_message(client_id id, const std::vector<cast_spec>& calls) {
  cast_batch_builder builder;
  for (auto& x : calls)
    builder.add({x.number, value(work), 0, 0, 0, 0, 0, x.item_size, 0, 0, 0,
                 x.flags, 0, 0},
                std::as_bytes(std::span{x.arguments}), x.frames, x.engines);
  auto result = builder.finish();
  result.peer = peer_of(id);
  return result;
}

std::vector<cast_spec> casts(task_number first, std::size_t count,
                             std::vector<std::uint32_t> engines,
                             std::uint8_t flags) {
  std::vector<cast_spec> result;
  for (std::size_t i = 0; i < count; ++i) {
    auto number = first + i * engines.size();
    result.push_back({.number = number,
                      .engines = engines,
                      .arguments = std::to_string(number),
                      .flags = flags});
  }
  return result;
}

void cast_lane::add(engine_id id) {
  core.admit(announcement(id, {work}));
  core.receive(join_message(peer_of(id), token_of(id)));
}

void cast_lane::add(client_id id) {
  core.admit(id, token_of(id));
  core.receive(join_message(peer_of(id), token_of(id)));
}

void cast_lane::answer(engine_id id, const std::vector<dispatched_task>& xs,
                       wire::Outcome outcome) {
  std::vector<std::uint64_t> keys;
  for (auto& x : xs)
    keys.push_back(x.key);
  core.receive(results_message(id, keys, outcome));
}

lane_output cast_lane::flush() {
  auto result = sort_out(core.flush());
  BOOST_TEST(core.validate() == "");
  return result;
}

} // namespace troupe::test
