// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/copy_policy.hpp"
#include "troupe/endpoint.hpp"

#include <caf/error.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace troupe {

/// What a message of one size costs, both ways.
struct copy_sample {
  /// Bytes.
  std::size_t size = 0;

  /// Seconds per message.
  double copied = 0;
  double lent = 0;
};

/// Returns the threshold that costs least over all samples, each of which
/// counts the same, however large: the sizes up to it are copied. Between two
/// sizes it lies where the costs cross.
/// @param samples in ascending order of sizes, all costs above 0.
std::size_t best_threshold(std::span<const copy_sample> samples);

/// Measures where lending a frame beats copying it, from the send call to the
/// release of its memory, with sockets and threads of its own. Takes less than
/// `limit`, and blocks for that long: not for handlers of actors that others
/// wait for.
/// @returns the default policy if nothing could be measured.
copy_policy
calibrate(endpoint::transport via,
          std::chrono::milliseconds limit = std::chrono::milliseconds{90});

/// Thresholds that were measured before, in a small text file. A line belongs
/// to a machine and a version of ZeroMQ, so that a home folder on the network
/// serves several machines. Whatever cannot be read counts as missing.
class calibration_file {
public:
  /// @param path empty = there is no file, nothing is found or kept.
  explicit calibration_file(std::string path) : path_(std::move(path)) {
    // nop
  }

  /// Returns `copy-thresholds` in the folder `troupe` of the user's caches, or
  /// an empty path if the user has no home.
  static std::string default_path();

  /// What this machine measured for a transport.
  std::optional<copy_policy> find(endpoint::transport via) const;

  /// Keeps a policy, in place of an older one. The file is replaced as a whole,
  /// so that readers see the old one or the new one. Fails with
  /// `ec::system_failure`.
  caf::error store(endpoint::transport via, copy_policy policy) const;

private:
  std::string path_;
};

/// Returns what `auto` stands for over `via`: what this process measured
/// before, else what the file has, else what `calibrate` says now, which is
/// kept in both. Thread-safe; measures once, however many ask.
copy_policy automatic_policy(endpoint::transport via,
                             const calibration_file& file);

} // namespace troupe
