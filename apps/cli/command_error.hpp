// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/client/error.hpp"

#include <stdexcept>
#include <string>

namespace troupe::apps {

/// Exit statuses that are the same for every command.
enum class exit_code : int {
  ok = 0,
  failed = 1,
  usage = 2,
  no_cluster = 3,
  timed_out = 4,
  unauthorized = 5,
  engine_lost = 6,
  version = 7,
  no_such_program = 127,
};

/// Ends a command with a sentence, the likely remedy, and an exit status.
class command_error : public std::runtime_error {
public:
  command_error(exit_code status, std::string code, const std::string& what,
                std::string hint = {});

  /// Takes over an error of the client library.
  explicit command_error(const error& x);

  int status;

  /// A word for programs, such as `no_cluster`.
  std::string code;
  std::string hint;
};

/// A command line that makes no sense.
command_error usage_error(const std::string& what, std::string hint = {});

/// Returns what stderr gets: a sentence, and below it the hint; or one line
/// `{"error":{"code":...,"exit":...,"message":...,"hint":...}}`.
std::string to_text(const command_error& x, bool json);

} // namespace troupe::apps
