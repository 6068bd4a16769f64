// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <thread>
#include <vector>

namespace troupe {

struct process_spec;

} // namespace troupe

namespace troupe::perf {

/// Lines between the program and a partner, one way or the other.
class line_stream {
public:
  /// Takes over two descriptors.
  line_stream(int in, int out) noexcept;

  line_stream(line_stream&& other) noexcept;

  line_stream& operator=(line_stream&& other) noexcept;

  ~line_stream();

  /// Waits for the next line. Returns nothing once the other side is gone, or
  /// after `seconds` (negative: no limit).
  std::optional<std::string> read(int seconds = -1);

  /// Writes a line. Returns `false` if the other side is gone.
  bool write(std::string_view line);

  /// Lets the other side read its end.
  void close() noexcept;

private:
  int in_ = -1;
  int out_ = -1;
  std::string pending_;
};

/// Plays the other side of a measurement: does what each line asks for and
/// answers with a line, until there are no more.
using role_function =
  std::function<void(const std::vector<std::string>&, line_stream&)>;

struct role {
  std::string_view name;
  role_function play;
};

/// The other side of a measurement: a process of its own, as over tcp and ipc,
/// or a thread, as over inproc. It sleeps while nobody asks for anything.
class partner {
public:
  /// Starts another process of this program that plays the role `name`. Throws
  /// `std::runtime_error`.
  static partner in_process(std::string_view name,
                            std::vector<std::string> arguments);

  /// Starts another program that talks the same way. When its input ends it
  /// gets some time to end by itself, with all that it started.
  static partner in_program(std::string program,
                            std::vector<std::string> arguments);

  /// Plays the role in a thread.
  static partner in_thread(role_function play,
                           std::vector<std::string> arguments);

  partner(partner&& other) noexcept;

  partner& operator=(partner&&) = delete;

  /// Ends the other side and waits until it is gone.
  ~partner();

  void tell(std::string_view line);

  /// Waits for an answer. Throws `std::runtime_error` if the other side is gone
  /// or says nothing for so long, by default a minute.
  std::string hear(int seconds = 60);

  /// Process id, or 0 if it is a thread.
  pid_t pid() const noexcept {
    return pid_;
  }

private:
  explicit partner(line_stream lines) : lines_(std::move(lines)) {
    // nop
  }

  static partner start(process_spec spec);

  line_stream lines_;
  pid_t pid_ = 0;
  bool ends_itself_ = false;
  std::thread thread_;
};

/// If this process was started by `partner::in_process`: plays its role and
/// returns the exit status.
std::optional<int> play_role(int argc, char** argv,
                             std::span<const role> roles);

/// Splits a line into words and reads them as numbers; what is missing is 0.
std::vector<double> to_numbers(std::string_view line, std::size_t count);

} // namespace troupe::perf
