// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "digest.hpp"
#include "troupe/troupe.hpp"

#include <cstdint>
#include <string>
#include <string_view>

/// What engines run for the workloads.
namespace troupe::perf {

/// Returns its argument.
std::string echo_text(std::string_view text);

/// Returns its argument, the same memory.
array<double> echo_array(array<double> values);

/// Sleeps for `ms` milliseconds and returns its number.
std::uint32_t nap(std::uint32_t number, std::uint32_t ms);

/// Waits until the lock on a file is free.
void pass_gate(std::string path);

/// Says what it got.
digest digest_payload(buffer payload);

} // namespace troupe::perf
