// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/client/task_group.hpp"
#include "troupe/protocol/pack.hpp"
#include "troupe/protocol/read.hpp"

#include <cstddef>
#include <span>
#include <string>

/// What both sessions of a client do with calls and outcomes.
namespace troupe {

/// Returns the payload of a call.
std::span<const buffer> frames_of(const encoded_calls& calls,
                                  const encoded_calls::call& x);

/// Returns the sum of the sizes in bytes.
std::size_t size_of(std::span<const buffer> frames);

/// Says why no message can carry a call, or nothing.
std::string obstacle(const encoded_calls& calls, const encoded_calls::call& x);

/// Refers to the message that `x` came in; copies nothing.
task_outcome outcome_of(const message_view& message,
                        const result_batch_view& batch,
                        const wire::ResultEntry& x);

/// An outcome that this process makes.
task_outcome failed_outcome(task_outcome::status state, const failure& x);

} // namespace troupe
