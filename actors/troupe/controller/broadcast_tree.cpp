// SPDX-License-Identifier: BSL-1.0
#include "troupe/controller/broadcast_tree.hpp"

#include "troupe/error.hpp"
#include "troupe/limits.hpp"

#include <utility>

namespace troupe {

caf::expected<std::unique_ptr<broadcast_tree>>
broadcast_tree::start(caf::actor_system& sys,
                      const direct_scheduler_config& cfg,
                      const std::vector<std::string>& endpoints,
                      const bridge_config& leaves, const bridge_runtime& from,
                      const socket_actor& clients) {
  auto most = leaves_at(max_broadcast_depth);
  if (endpoints.empty() || endpoints.size() > most)
    return make_error(ec::bad_config, "a broadcast tree has 1 to "
                                        + std::to_string(most) + " leaves");
  std::unique_ptr<broadcast_tree> result{new broadcast_tree};
  auto own = cfg;
  own.place = leaf_place{0, static_cast<std::uint32_t>(endpoints.size())};
  for (auto& endpoint : endpoints) {
    if (auto err = result->add_leaf(sys, own, endpoint, leaves, from))
      return err;
    ++own.place->leaf;
  }
  std::vector<broadcast_leaf> known;
  for (auto& x : result->leaves_)
    known.push_back({x.scheduler, [to = x.scheduler, bridge = x.bridge.get()](
                                    cast_orders orders) {
                       bridge->tell(to, std::move(orders));
                     }});
  result->root_ = sys.spawn(broadcast_root, cfg, clients, std::move(known));
  return result;
}

caf::error broadcast_tree::add_leaf(caf::actor_system& sys,
                                    direct_scheduler_config cfg,
                                    const std::string& endpoint,
                                    const bridge_config& bridge,
                                    const bridge_runtime& up) {
  auto& x = leaves_.emplace_back();
  x.bridge = std::make_unique<bridge_runtime>(sys, bridge);
  auto lane = x.bridge->open(tasks_socket(endpoint));
  if (!lane)
    return std::move(lane.error());
  x.socket = lane->handle;
  endpoints_.push_back(lane->endpoints.front());
  // Only orders make a leaf report, and they come from the root.
  report_function report = [this, &up](leaf_report y) {
    up.tell(root_, std::move(y));
  };
  x.scheduler = sys.spawn(direct_scheduler, cfg, x.socket, std::move(report));
  return {};
}

std::vector<membership_listener_actor> broadcast_tree::leaves() const {
  std::vector<membership_listener_actor> result;
  for (auto& x : leaves_)
    result.push_back(caf::actor_cast<membership_listener_actor>(x.scheduler));
  return result;
}

std::vector<caf::actor> broadcast_tree::parts() const {
  std::vector<caf::actor> result{caf::actor_cast<caf::actor>(root_)};
  for (auto& x : leaves_) {
    result.push_back(caf::actor_cast<caf::actor>(x.scheduler));
    result.push_back(caf::actor_cast<caf::actor>(x.socket));
  }
  return result;
}

} // namespace troupe
