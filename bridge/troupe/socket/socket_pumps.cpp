// SPDX-License-Identifier: BSL-1.0
#include "troupe/socket/socket_pumps.hpp"

#include "troupe/error.hpp"
#include "troupe/socket/counting.hpp"

#include <algorithm>
#include <thread>

namespace troupe {

socket_pumps::socket_pumps(caf::actor_system& sys, const bridge_config& cfg) {
  auto context = cfg.context != nullptr
                   ? cfg.context
                   : socket_context::make(cfg.io_threads, cfg.max_sockets);
  auto count = std::max(cfg.pumps, std::size_t{1});
  for (auto i = std::size_t{0}; i < count; ++i) {
    // One core has to be left for those who bring what the pumps look for.
    auto spins = i + 1 < std::thread::hardware_concurrency();
    pumps_.push_back(std::make_shared<socket_pump>(
      sys, context, spins ? cfg.spin_time : std::chrono::microseconds{0}));
  }
}

caf::expected<std::shared_ptr<socket_pump>>
socket_pumps::choose(const socket_spec& spec) {
  if (stopping())
    return make_error(ec::closed, "the bridge is closed");
  for (auto& x : pumps_)
    if (!x->started())
      return make_error(ec::limit_reached,
                        "the bridge could not start: raise the limit of open "
                        "files (ulimit -n), or of threads (ulimit -u)");
  if (!spec.pump)
    return *std::min_element(pumps_.begin(), pumps_.end(),
                             [](auto& x, auto& y) {
                               return x->size() < y->size();
                             });
  if (*spec.pump >= pumps_.size())
    return make_error(ec::bad_config,
                      "bad socket: there is no pump "
                        + std::to_string(*spec.pump)
                        + "; bridge_config::pumps says how many there are");
  return pumps_[*spec.pump];
}

void socket_pumps::stop() {
  for (auto& x : pumps_)
    x->begin_stop();
  for (auto& x : pumps_)
    x->stop();
}

socket_counters socket_pumps::counters() {
  socket_counters sum;
  for (auto& x : pumps_) {
    auto part = x->counters();
    add_counters(sum, part);
  }
  return sum;
}

std::uint64_t socket_pumps::wakeups() const noexcept {
  auto sum = std::uint64_t{0};
  for (auto& x : pumps_)
    sum += x->wakeups();
  return sum;
}

} // namespace troupe
