// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/ids.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>

namespace troupe {

/// What went wrong, as users of the library see it.
enum class errc : std::uint8_t {
  /// The call makes no sense; the text says why.
  usage = 2,
  /// There is no such cluster, it cannot be reached, or it is gone.
  no_cluster,
  /// The limit of a wait is over. What was waited for goes on.
  timed_out,
  /// Reserved: the cluster does not know the key.
  unauthorized,
  /// An engine was lost, and no attempt was left.
  engine_lost,
  /// The cluster runs another protocol version, or another signature.
  version_mismatch,
  /// No engine knows the function, or `TROUPE_TASK` is missing.
  task_not_registered,
  /// The function threw.
  task_failed,
  /// The task was cancelled.
  cancelled,
  /// There was no engine for too long.
  no_engines,
  /// An argument or a result exceeds a limit.
  too_large,
  /// The operating system refused, or an answer made no sense.
  failed,
  /// A task that it depends on is not known, ended in the wrong way, or cannot
  /// be followed.
  dependency_failed,
};

/// The only exception that the client library throws. Says what happened and,
/// in `hint`, what to try next.
class error : public std::runtime_error {
public:
  error(errc code, const std::string& what, std::string hint = {});

  errc code;
  std::string hint;

  /// The engine that ran the task, or `no_engine`.
  engine_id engine = no_engine;

  /// What people call the task, such as `3/17`, or empty.
  std::string task;

  /// Type of the exception that the task threw, if any.
  std::string remote_type;
};

/// Exit status of a command that failed with `code`: 1 the task failed, 2
/// usage, 3 no cluster, 4 timed out, 5 not authorised, 6 engine lost, 7
/// version.
int exit_status(errc code) noexcept;

std::string to_string(errc code);

} // namespace troupe
