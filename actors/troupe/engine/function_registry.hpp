// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/codec/codec.hpp"
#include "troupe/protocol/pack.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace troupe {

/// A function that engines can run by name.
struct function_info {
  /// Reads arguments, calls the function, writes the result. Throws what the
  /// function throws, and `bad_arguments`.
  using invoke_function = void (*)(decoder& arguments, encoder& result);

  function_description description;

  /// Number of parameters.
  std::size_t arity = 0;

  invoke_function invoke = nullptr;

  /// The same with arguments as text: reads a vector of strings, writes a
  /// string. Null if a parameter or the result has no textual form.
  invoke_function invoke_text = nullptr;
};

/// All registered functions of a process. Filled while static objects are
/// initialised and while libraries are loaded, by one thread; read-only, and
/// so free for all threads, once an engine or a client runs.
class function_registry {
public:
  /// The registry that `TROUPE_TASK` writes to.
  static function_registry& global();

  /// Adds a function. A second function of the same name, or a name whose hash
  /// is taken, is not added; `problems` tells. Adding the same one again, as a
  /// header in several sources does, changes nothing.
  /// @returns the registered function, or null.
  const function_info* add(function_info info);

  const function_info* find(function_id id) const noexcept;

  const function_info* find(std::string_view name) const noexcept {
    return find(function_id_of(name));
  }

  /// All functions, ordered by name.
  std::vector<function_description> list() const;

  /// Sentences about functions that could not be added.
  const std::vector<std::string>& problems() const noexcept {
    return problems_;
  }

private:
  std::unordered_map<std::uint64_t, function_info> functions_;
  std::vector<std::string> problems_;
};

/// Returns up to three of `names` that look most like `name`, best first.
std::vector<std::string> nearest_names(std::string_view name,
                                       const std::vector<std::string>& names);

} // namespace troupe
