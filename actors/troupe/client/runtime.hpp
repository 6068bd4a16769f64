// SPDX-License-Identifier: BSL-1.0
#pragma once

namespace troupe {

/// Text that a program holds if and only if it creates a `runtime`: so
/// `troupe run` knows that it can play the engine.
inline constexpr char runtime_marker[] = "troupe-runtime-marker-v1";

/// Makes a program its own engine: the launcher starts the same file again
/// with `TROUPE_ROLE=engine` (or `controller`) in its environment, and then
/// the constructor plays that role and does not return. Create one first thing
/// in `main`. Ignores SIGPIPE, so that a lost connection is an error value.
class runtime {
public:
  runtime(int& argc, char** argv) {
    // Inline, so that only programs that come here contain the marker.
    start(argc, argv, runtime_marker);
  }

  ~runtime();

  runtime(const runtime&) = delete;
  runtime& operator=(const runtime&) = delete;

  /// Whether some `runtime` exists: only then can this program be started
  /// again as an engine.
  static bool exists() noexcept;

  /// Whether this process is an engine, and this is a task that asks.
  static bool plays_engine() noexcept;

private:
  static void start(int& argc, char** argv, const char* marker);
};

} // namespace troupe
