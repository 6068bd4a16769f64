// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/partner.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace troupe::perf {

/// Clients in processes of their own, of a cluster or of a `raw_device`, that
/// share the tasks of this program.
class task_clients {
public:
  /// Starts the clients and waits until they are connected.
  /// @param role name of one of the roles below
  /// @param address how to connect: the cluster's connection info as JSON, or
  ///        the device's endpoint
  task_clients(std::string_view role, const std::string& address,
               std::size_t count);

  /// Lets all clients together submit `tasks` tasks of `size` bytes. Returns
  /// when they are handed over.
  void submit(std::size_t tasks, std::size_t size);

  /// Waits until all results are there, compared and dropped. Throws
  /// `std::runtime_error` if one is wrong or missing.
  void collect();

  std::vector<pid_t> pids() const;

private:
  std::vector<partner> processes_;
  std::size_t open_ = 0;
};

role actor_client_role();

role raw_client_role();

} // namespace troupe::perf
