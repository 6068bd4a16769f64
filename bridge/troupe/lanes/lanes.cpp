// SPDX-License-Identifier: BSL-1.0
#include "troupe/lanes/lanes.hpp"

#include "troupe/lanes/lanes_actor.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>

#include <algorithm>

namespace troupe {

namespace {

using namespace std::chrono_literals;

/// Returns which setting makes no sense, if any.
const char* bad_setting(const lanes_spec& spec) {
  if (spec.bind.has_value() == spec.connect.has_value())
    return "they either bind or connect";
  auto& where = (spec.bind ? *spec.bind : *spec.connect).values;
  if (std::find(where.begin(), where.end(), "") != where.end())
    return "each of them needs an endpoint: derive_lanes makes three of one";
  if (spec.join_timeout <= 0ms || spec.retry_min <= 0ms
      || spec.retry_max < spec.retry_min)
    return "join_timeout and the pauses must be positive, the longer pause "
           "last";
  if (spec.max_joining < 1 || spec.max_peers < 1)
    return "max_joining and max_peers must be positive";
  return nullptr;
}

} // namespace

caf::error check(const lanes_spec& spec) {
  if (auto what = bad_setting(spec))
    return make_error(ec::bad_config, std::string{"bad lanes: "} + what);
  return caf::none;
}

lanes_actor spawn_lanes(caf::actor_system& sys, bridge_actor bridge,
                        lanes_spec spec) {
  // Hidden, as sockets are.
  return sys.spawn<lanes_actor_impl, caf::hidden>(std::move(bridge),
                                                  std::move(spec));
}

caf::expected<opened_lanes> open_lanes(caf::actor_system& sys,
                                       bridge_actor bridge, lanes_spec spec,
                                       std::chrono::milliseconds limit) {
  if (auto err = check(spec))
    return err;
  opened_lanes result;
  result.handle = spawn_lanes(sys, std::move(bridge), std::move(spec));
  caf::error problem;
  caf::scoped_actor self{sys};
  self->request(result.handle, limit, atom::open_v)
    .receive([&](lane_endpoints& x) { result.endpoints = std::move(x); },
             [&](caf::error& err) { problem = std::move(err); });
  if (!problem)
    return result;
  self->send(result.handle, atom::close_v);
  return problem;
}

} // namespace troupe
