// SPDX-License-Identifier: BSL-1.0
#include "troupe/client/error.hpp"

#include <utility>

namespace troupe {

error::error(errc code, const std::string& what, std::string hint)
  : runtime_error(what), code(code), hint(std::move(hint)) {
  // nop
}

int exit_status(errc code) noexcept {
  switch (code) {
    case errc::usage:
      return 2;
    case errc::no_cluster:
      return 3;
    case errc::timed_out:
      return 4;
    case errc::unauthorized:
      return 5;
    case errc::engine_lost:
      return 6;
    case errc::version_mismatch:
      return 7;
    default:
      return 1;
  }
}

std::string to_string(errc code) {
  switch (code) {
    case errc::usage:
      return "usage";
    case errc::no_cluster:
      return "no_cluster";
    case errc::timed_out:
      return "timed_out";
    case errc::unauthorized:
      return "unauthorized";
    case errc::engine_lost:
      return "engine_lost";
    case errc::version_mismatch:
      return "version_mismatch";
    case errc::task_not_registered:
      return "task_not_registered";
    case errc::task_failed:
      return "task_failed";
    case errc::cancelled:
      return "cancelled";
    case errc::no_engines:
      return "no_engines";
    case errc::too_large:
      return "too_large";
    case errc::failed:
      return "failed";
    case errc::dependency_failed:
      return "dependency_failed";
  }
  return "invalid";
}

} // namespace troupe
