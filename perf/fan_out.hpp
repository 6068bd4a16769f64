// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/local_cluster.hpp"
#include "troupe/buffer.hpp"

#include <chrono>
#include <cstddef>
#include <vector>

namespace troupe::perf {

/// Makes `count` payloads that differ, if they have room for a number.
std::vector<buffer> make_payload_buffers(std::size_t count, std::size_t size);

/// Broadcasts payloads to all engines of a session: `batch` of them are on
/// their way before the first answer is awaited. The answers to each come
/// together. Throws `std::runtime_error` if an answer is wrong, `troupe::error`
/// if one is missing.
void cast_payloads(const client& session, const std::vector<buffer>& payloads,
                   std::size_t batch);

/// Runs one task per engine, each with this payload, and waits until all ended.
/// The engines must be idle: then each of them gets one, since placement picks
/// who was picked longest ago among those with nothing to do. Throws
/// `std::runtime_error` unless each engine gives one right answer.
/// @returns when the first answer was there.
std::chrono::steady_clock::time_point
fan_out(const client& session, std::size_t engines, const buffer& payload);

} // namespace troupe::perf
