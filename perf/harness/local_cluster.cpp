// SPDX-License-Identifier: BSL-1.0

#include "harness/local_cluster.hpp"

#include <chrono>

namespace troupe::perf {

namespace {

cluster start(std::size_t engines, const std::string& scheme,
              unsigned broadcast_depth) {
  cluster_options wanted;
  wanted.engines = static_cast<unsigned>(engines);
  // Many engines on few processors need longer than people's clusters.
  wanted.engine_timeout = std::chrono::seconds{60 + engines / 2};
  wanted.scheme = scheme;
  wanted.broadcast_depth = broadcast_depth;
  return cluster::local(wanted);
}

} // namespace

local_cluster::local_cluster(std::size_t engines, const std::string& scheme,
                             unsigned broadcast_depth)
  : processes_(start(engines, scheme, broadcast_depth)),
    session_(processes_.connect()) {
  // nop
}

} // namespace troupe::perf
