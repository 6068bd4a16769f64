// SPDX-License-Identifier: BSL-1.0

#include "harness/local_cluster.hpp"

#include <chrono>

namespace troupe::perf {

namespace {

cluster start(std::size_t engines, const std::string& scheme) {
  cluster_options wanted;
  wanted.engines = static_cast<unsigned>(engines);
  // Many engines on few processors need longer than people's clusters.
  wanted.engine_timeout = std::chrono::seconds{60 + engines / 2};
  wanted.scheme = scheme;
  return cluster::local(wanted);
}

} // namespace

local_cluster::local_cluster(std::size_t engines, const std::string& scheme)
  : processes_(start(engines, scheme)), session_(processes_.connect()) {
  // nop
}

} // namespace troupe::perf
