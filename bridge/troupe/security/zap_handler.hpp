// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/security/zap_domain.hpp"

#include <caf/expected.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace troupe {

/// Answers ZeroMQ's questions who may enter, for all sockets of one context. It
/// does so on a thread of its own, because while it does not answer, nobody
/// shakes hands. Where it is missing or has ended, nobody is admitted. All
/// members are thread-safe.
class zap_handler {
public:
  /// Starts the thread. From the return on, questions are answered.
  static caf::expected<std::unique_ptr<zap_handler>> start(void* context);

  /// Ends the thread. The context must not have ended yet.
  ~zap_handler();

  zap_handler(const zap_handler&) = delete;

  zap_handler& operator=(const zap_handler&) = delete;

  /// Answers for sockets whose ZAP domain is `domain->name()`, as long as
  /// somebody else holds it.
  void add(const std::shared_ptr<zap_domain>& domain);

  /// Ends the thread before its time. From then on nobody is admitted.
  void stop() noexcept;

private:
  zap_handler(void* socket, int stop_fd) noexcept
    : socket_(socket), stop_fd_(stop_fd) {
    // nop
  }

  void run() noexcept;

  /// Receives a question, if there is one, and answers it.
  void serve();

  zap_answer answer(const std::vector<std::string_view>& frames,
                    zap_request& request);

  std::shared_ptr<zap_domain> find(std::string_view name);

  void* socket_; // on the thread only, once it runs
  int stop_fd_;
  std::mutex mtx_;
  std::map<std::string, std::weak_ptr<zap_domain>, std::less<>> domains_;
  std::mutex stop_mtx_;
  std::thread thread_;
};

} // namespace troupe
