// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/client/client.hpp"
#include "troupe/client/cluster.hpp"

#include <cstddef>
#include <string>

namespace troupe::perf {

/// A cluster of this program's own processes, and a session in it. All of them
/// end with this object.
class local_cluster {
public:
  /// Starts a controller and `engines` engine processes and waits until all of
  /// them answer. Throws `troupe::error`.
  explicit local_cluster(std::size_t engines,
                         const std::string& scheme = "leastload",
                         unsigned broadcast_depth = 0);

  const client& session() const noexcept {
    return session_;
  }

  const cluster& processes() const noexcept {
    return processes_;
  }

private:
  cluster processes_;
  client session_;
};

} // namespace troupe::perf
