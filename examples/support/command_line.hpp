// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <memory>
#include <string>

namespace example {

/// The flags of an example.
class command_line {
public:
  /// `purpose` opens what `--help` prints.
  explicit command_line(const std::string& purpose);

  ~command_line();

  /// Adds a flag for a whole number in a range. `value` holds the default.
  command_line& number(const std::string& flag, unsigned& value, unsigned from,
                       unsigned to, const std::string& meaning);

  /// Adds a flag for a text. `value` holds the default.
  command_line& text(const std::string& flag, std::string& value,
                     const std::string& meaning);

  /// Reads the arguments. Ends the program after `--help`, and with a sentence
  /// and status 2 for anything that makes no sense.
  void parse(int argc, char** argv);

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace example
