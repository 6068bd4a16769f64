// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/compete.hpp"
#include "troupe/codec/array.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace troupe::perf {

/// Arrays that travel, each with its number as its first element.
using echo_inputs = std::vector<array<double>>;

/// Makes `count` arrays of `size` bytes, rounded down to whole numbers, at
/// least one.
echo_inputs make_echo_inputs(std::size_t count, std::size_t size);

/// Puts the figures of a run together. The payload counts once.
/// @param submitted until all arrays were handed over, in seconds
/// @param roundtrip until all were back
measurement to_echo(const echo_inputs& inputs, double submitted,
                    double roundtrip);

/// A plain ZeroMQ client of a `raw_device` that lends arrays of more than a
/// KiB to ZeroMQ and copies smaller ones.
class raw_echo {
public:
  explicit raw_echo(const std::string& endpoint);

  ~raw_echo();

  raw_echo(const raw_echo&) = delete;
  raw_echo& operator=(const raw_echo&) = delete;

  /// Sends all arrays, takes what comes back meanwhile, and returns when all
  /// are back and compared. Throws `std::runtime_error` if one is wrong, is
  /// missing or comes twice.
  measurement run(const echo_inputs& inputs);

private:
  struct impl;

  std::unique_ptr<impl> pimpl_;
};

} // namespace troupe::perf
