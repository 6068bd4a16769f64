// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/client/client_core.hpp"
#include "troupe/client/direct_view.hpp"
#include "troupe/client/view.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe {

/// What `TROUPE_CONNECTION` says, if it is set. Throws `usage` if that makes no
/// sense.
std::optional<connection_info> environment_connection();

/// A session with a cluster. A cheap value: copies share the session, and
/// views and results keep it alive. Thread-safe.
class client {
public:
  /// Connects to a running cluster by name. The empty name means the cluster
  /// of `troupe run` or `TROUPE_CLUSTER`, else the only one that runs. Throws
  /// `error` with `no_cluster` and the names of those that run.
  explicit client(std::string_view name = {});

  explicit client(const connection_info& info, client_config cfg = {})
    : core_(client_core::connect(info, cfg)) {
    // nop
  }

  /// Engines that are ready, in ascending order.
  std::vector<engine_id> ids() const;

  /// Waits until at least `count` engines are ready. Throws `timed_out`.
  void wait_for_engines(std::size_t count,
                        duration limit = std::chrono::seconds{30}) const {
    core_->wait_for_engines(count, limit);
  }

  /// The load-balanced view.
  balanced_view balanced() const {
    return balanced_view{core_};
  }

  /// The view of some engines.
  direct_view direct(std::vector<engine_id> engines) const {
    return direct_view{core_, std::move(engines)};
  }

  /// The view of all engines that are ready now. Throws `no_engines`.
  direct_view direct() const {
    return direct(ids());
  }

  /// The view of one engine.
  engine_view direct(engine_id id) const {
    return engine_view{core_, id};
  }

  /// The engine with this number; or, counted from the end, of those that are
  /// ready: -1 is the last one. Throws `no_engines`.
  engine_view operator[](int number) const;

  /// The view of some engines, or of all that are ready now, for calls of many
  /// engines: their results come together.
  direct_view broadcast(std::vector<engine_id> engines) const {
    return direct(std::move(engines)).coalesced();
  }

  direct_view broadcast() const {
    return broadcast(ids());
  }

  /// Asks the hub for engines, functions and counts.
  status_message status(duration limit = std::chrono::seconds{10}) const {
    return core_->status(limit);
  }

  /// Stops the whole cluster, whoever started it.
  void shutdown_cluster() const {
    core_->shutdown_cluster();
  }

  const client_core_ptr& core() const noexcept {
    return core_;
  }

private:
  client_core_ptr core_;
};

} // namespace troupe
