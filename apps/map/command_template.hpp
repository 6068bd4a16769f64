// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::apps {

/// A command with places for the input, which become as in GNU parallel:
///
/// | place  | becomes                | for input 7, `dir/a.b.txt` |
/// |--------|------------------------|----------------------------|
/// | `{}`   | the input              | `dir/a.b.txt`              |
/// | `{.}`  | without its extension  | `dir/a.b`                  |
/// | `{/}`  | without its directory  | `a.b.txt`                  |
/// | `{//}` | its directory          | `dir`                      |
/// | `{/.}` | without both           | `a.b`                      |
/// | `{#}`  | the input's number     | `7`                        |
///
/// A command without any place gets the input as its last argument. The words
/// of a command are executed as they are. A command of only one word with
/// white space, or with characters that have a meaning for a shell, runs as
/// `sh -c`, with every input quoted.
class command_template {
public:
  explicit command_template(std::vector<std::string> words);

  /// Returns program and arguments for an input; numbers begin with 1.
  std::vector<std::string> expand(std::string_view input,
                                  std::size_t number) const;

  bool uses_shell() const noexcept {
    return shell_;
  }

private:
  std::string expand_word(std::string_view word, std::string_view input,
                          std::size_t number) const;

  std::vector<std::string> words_;
  bool shell_;
};

} // namespace troupe::apps
