// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/task_table.hpp"

#include "troupe/scheduling/constraint_graph.hpp"

#include <memory>

namespace troupe {

static_assert(sizeof(task) <= 200, "a million waiting tasks must stay cheap");

// Where the types of all members are known.
task::task() = default;
task::task(task&&) noexcept = default;
task& task::operator=(task&&) noexcept = default;
task::~task() = default;

task& task_table::make() {
  ++used_;
  if (free_ != nullptr) {
    auto& x = *free_;
    free_ = x.place.next;
    x.place = {};
    return x;
  }
  if (slots_ == chunks_.size() * chunk_size)
    chunks_.push_back(std::make_unique<task[]>(chunk_size));
  auto& x = chunks_.back()[slots_ % chunk_size];
  x.slot = static_cast<std::uint32_t>(slots_++);
  return x;
}

void task_table::release(task& x) noexcept {
  auto slot = x.slot;
  auto generation = x.generation;
  std::destroy_at(&x);
  std::construct_at(&x);
  x.slot = slot;
  x.generation = generation;
  x.place.next = free_;
  free_ = &x;
  --used_;
}

task* task_table::find(std::uint64_t key) noexcept {
  auto slot = static_cast<std::uint32_t>(key);
  if (slot >= slots_)
    return nullptr;
  auto& x = chunks_[slot / chunk_size][slot % chunk_size];
  auto current = x.state == task_state::dispatched && key_of(x) == key;
  return current ? &x : nullptr;
}

} // namespace troupe
