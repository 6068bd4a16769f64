// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <troupe/multipart.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

struct broker_config {
  /// Ticks after which a worker that says nothing counts as dead.
  unsigned patience = 3;

  /// How many workers a request may cost before it is refused.
  unsigned attempts = 3;

  /// Ticks after which a service that no worker offers is forgotten.
  unsigned vacancy = 100;

  /// Requests that may wait for a worker, per service, and services. More
  /// services are there only if workers offer them.
  std::size_t max_waiting = 10'000;
  std::size_t max_services = 1'000;

  /// Characters in the name of a service.
  std::size_t max_name = 255;
};

/// Matches requests with workers by the name of a service. Knows neither
/// actors, sockets nor clocks.
class broker {
public:
  static inline const char* name = "majordomo";

  broker_config cfg{};

  /// Notes that a worker of a service is alive. A new one is idle.
  void alive(const troupe::routing_id& worker, const std::string& service);

  /// Takes a request for a service.
  /// @returns whether there was room for it.
  bool ask(const std::string& service, troupe::multipart request);

  /// Notes that a worker finished a job.
  /// @returns the request of that job, unless another worker has it by now.
  std::optional<troupe::multipart> finish(const troupe::routing_id& worker,
                                          std::uint64_t job);

  /// Forgets a worker. Its request waits for the next one.
  /// @returns its request, if that cost too many workers.
  std::optional<troupe::multipart> lose(const troupe::routing_id& worker);

  /// Lets time pass.
  /// @returns workers that count as dead now.
  std::vector<troupe::routing_id> tick();

  /// Forgets services that no worker has offered for too long.
  /// @returns the requests that waited for them.
  std::vector<troupe::multipart> forget();

  /// What a worker shall do.
  struct assignment {
    troupe::routing_id worker;
    std::uint64_t job;
    troupe::multipart request;
  };

  /// Gives waiting requests to idle workers, the oldest to who is idle longest.
  std::vector<assignment> assign();

private:
  struct job {
    std::uint64_t id = 0;
    unsigned attempts = 0;
    troupe::multipart request;
  };

  struct worker {
    std::string service;
    std::uint64_t seen = 0;
    std::optional<job> busy_with;
  };

  struct service {
    std::deque<job> waiting;
    std::deque<troupe::routing_id> idle;
    std::size_t workers = 0;
    std::uint64_t vacant_since = 0;
  };

  std::uint64_t now_ = 0;
  std::uint64_t jobs_ = 0;
  std::map<std::string, service, std::less<>> services_;
  std::map<troupe::routing_id, worker> workers_;
};
