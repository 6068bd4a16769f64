// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/client/error.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace troupe::apps {

/// How one input of a map ended.
struct item {
  std::string input;

  /// Counts from 1.
  std::size_t number = 0;

  /// What the command wrote, or the text of the task's result.
  std::string out{};
  std::string err{};

  /// Exit status, -1 if there is none, and the signal that ended the command,
  /// or 0.
  int status = 0;
  int signal = 0;

  /// Set if the task failed otherwise than by a status.
  std::optional<error> problem{};

  engine_id engine = no_engine;
  unsigned attempts = 1;
  double seconds = 0;

  bool ok() const noexcept {
    return !problem && status == 0 && signal == 0;
  }
};

/// Returns what stderr gets for a failed item: a sentence such as
/// `failed: input 57 ("abc"), exit status 3, engine 2, 0.40 s` and below it the
/// last lines that the command wrote to stderr.
std::string failure_text(const item& x);

/// Returns one line of JSON with the keys `input index stdout stderr status
/// signal engine seconds attempts ok`, and `error` if the task has one. Bytes
/// that are no UTF-8 become U+FFFD.
std::string to_json_line(const item& x);

} // namespace troupe::apps
