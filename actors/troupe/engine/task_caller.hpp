// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/engine/function_registry.hpp"
#include "troupe/wire/envelope_generated.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace troupe {

class reject;

/// Calls registered functions for tasks as they come from the wire, and turns
/// whatever goes wrong into a failure. Knows neither queues nor threads.
class task_caller {
public:
  explicit task_caller(const function_registry& functions)
    : functions_(functions) {
    // nop
  }

  /// Sets the engine's name, for sentences.
  void name(const std::string& engine) {
    engine_ = engine;
  }

  /// Runs `task` with its arguments, which lie in `arena` and `frames`. Its
  /// result, or its failure, is in `bytes` and `frames` then.
  /// @param owner keeps `arena` alive.
  wire::Outcome call(const wire::TaskEntry& task,
                     std::span<const std::byte> arena,
                     std::span<const buffer> frames, const buffer& owner);

  /// Says that a task did not begin because it is cancelled.
  wire::Outcome leave_out();

  /// Says that a task did not begin because the one before it did not end well.
  wire::Outcome skip();

  /// What the last call left, until `clear` or the next call.
  std::span<const std::byte> bytes() const noexcept {
    return bytes_;
  }

  std::span<const buffer> frames() const noexcept {
    return frames_;
  }

  /// Lets go of the last result.
  void clear();

private:
  const function_info* find(function_id id);

  /// Says why `task` cannot be run by calling `function`, if so.
  wire::Outcome refuse(const wire::TaskEntry& task,
                       const function_info* function);

  wire::Outcome fail(std::string type, std::string message);
  wire::Outcome fail(const reject& x);

  const function_registry& functions_;
  std::string engine_;

  /// The last function: batches tend to call one function over and over.
  const function_info* last_ = nullptr;

  std::vector<std::byte> bytes_;
  std::vector<buffer> frames_;
};

} // namespace troupe
