// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <vector>

namespace troupe::apps {

/// The parts of a command line `FLAGS -- COMMAND ::: INPUTS`.
struct split_arguments {
  std::vector<std::string> flags;
  std::vector<std::string> command;
  std::vector<std::string> inputs;
  bool has_command = false;
  bool has_inputs = false;
};

/// Splits at the first `--`, and behind it at the first `:::`.
split_arguments split_words(const std::vector<std::string>& args);

/// Moves flags in front of the command behind it, where they are read:
/// `-c prod status` means `status -c prod`.
std::vector<std::string> command_first(std::vector<std::string> args);

} // namespace troupe::apps
