// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "support/temp_dir.hpp"
#include "support/wait_until.hpp"
#include "system/support/program.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <vector>

namespace troupe::test {

using words = std::vector<std::string>;

/// A user's directories for one test. Fails the test if any process that knows
/// them is left 3 s after its end.
class sandbox {
public:
  /// How long a command may take.
  static constexpr auto limit = std::chrono::seconds{30};

  /// How long after its end a command's processes may live.
  static constexpr auto linger = std::chrono::seconds{3};

  sandbox();

  sandbox(const sandbox&) = delete;

  sandbox& operator=(const sandbox&) = delete;

  ~sandbox();

  /// Starts `troupe` with these arguments.
  std::unique_ptr<program> start(words args, program_options options = {});

  /// Runs `troupe` to its end.
  run_result run(words args, program_options options = {});

  /// Runs `troupe` with these lines on stdin.
  run_result pipe(const std::string& input, words args);

  /// Runs `troupe` and reads what it prints as JSON.
  nlohmann::json json(words args);

  /// Lets `program`, which is client and engine, tell a story with `engines` of
  /// its own under `troupe run`: it prints a line per promise, beginning with
  /// "ok: " if that was kept.
  /// @param flags are further ones of `troupe run`
  void tell(const std::string& program, const std::string& story,
            std::size_t promises, int engines = 4, const words& flags = {});

  /// Starts the cluster "default".
  void start_cluster(words flags);

  /// Process ids of the engines of the only cluster.
  std::vector<pid_t> engines();

  /// Process id of its controller.
  pid_t controller();

  /// Processes that know this sandbox, other than ourselves.
  std::vector<pid_t> processes() const;

  /// Waits until there are none.
  bool empty() const;

  /// Path of a file in the sandbox, and of a new one with content.
  std::string path(const std::string& name) const;
  std::string file(const std::string& name, const std::string& content) const;

  /// Path of the library with test functions.
  static std::string library();

  /// Path of a program with a `troupe::runtime`.
  static std::string example();

private:
  temp_dir dir_;
};

/// Splits text into lines.
std::vector<std::string> lines(const std::string& text);

/// Returns `first` to `last`, one per line.
std::string sequence(int first, int last);

/// Whether `text` contains `part`, with a message that shows both.
boost::test_tools::predicate_result has(const std::string& text,
                                        const std::string& part);

} // namespace troupe::test
