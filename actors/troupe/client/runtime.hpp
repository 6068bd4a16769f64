// SPDX-License-Identifier: BSL-1.0
#pragma once

namespace troupe {

/// Makes a program its own engine: the launcher starts the same file again
/// with `TROUPE_ROLE=engine` (or `controller`) in its environment, and then
/// the constructor plays that role and does not return. Create one first thing
/// in `main`.
class runtime {
public:
  runtime(int& argc, char** argv);

  ~runtime();

  runtime(const runtime&) = delete;
  runtime& operator=(const runtime&) = delete;

  /// Whether some `runtime` exists: only then can this program be started
  /// again as an engine.
  static bool exists() noexcept;
};

/// Text that a program holds if and only if it contains a `runtime`: so
/// `troupe run` knows that it can play the engine.
inline constexpr char runtime_marker[] = "troupe-runtime-marker-v1";

} // namespace troupe
