// SPDX-License-Identifier: BSL-1.0

#pragma once

#include "play_scheduler.hpp"

#include <string>
#include <utility>
#include <vector>

/// What tests of results need to end tasks by hand.
namespace troupe::test {

/// The outcome of a task that returned `x`.
template <class T>
task_outcome returning(const T& x) {
  std::vector<std::byte> bytes;
  task_outcome result;
  encoder out{bytes, result.frames};
  codec<T>::encode(out, x);
  result.state = task_outcome::status::ok;
  result.run_ns = 1000;
  result.started_ns = 5000000;
  result.attempts = 2;
  result.engine = engine_id{4};
  result.bytes = buffer::adopt(std::move(bytes));
  return result;
}

inline task_outcome throwing(const std::string& text) {
  std::vector<std::byte> bytes;
  pack_failure({"std::runtime_error", text}, bytes);
  task_outcome result;
  result.state = task_outcome::status::failed;
  result.bytes = buffer::adopt(std::move(bytes));
  return result;
}

inline void finish(const task_group_ptr& group, std::size_t index,
                   task_outcome x) {
  std::pair<std::size_t, task_outcome> item{index, std::move(x)};
  group->complete(std::span{&item, 1});
}

/// Returns the code of the error that `f` throws.
template <class F>
std::string code_of(F f) {
  try {
    f();
  } catch (const error& x) {
    return to_string(x.code);
  }
  return "none";
}

} // namespace troupe::test
