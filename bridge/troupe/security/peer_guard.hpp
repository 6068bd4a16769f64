// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/multipart.hpp"
#include "troupe/security.hpp"
#include "troupe/security/admission.hpp"
#include "troupe/security/zap_domain.hpp"
#include "troupe/socket_context.hpp"

#include <caf/expected.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// Stands between a socket that asks its peers for proof and its owner. Belongs
/// to one thread.
class peer_guard {
public:
  /// Secures `socket`, which has no endpoints yet, as `how` says.
  /// @returns null if its peers need no proof.
  static caf::expected<std::unique_ptr<peer_guard>>
  secure(socket_context& context, void* socket, const security_spec& how);

  explicit peer_guard(std::shared_ptr<zap_domain> domain);

  ~peer_guard();

  /// Learns about an endpoint of the socket. Only peers over inproc, who are
  /// part of this program, may come without proof.
  void note(const endpoint& where) noexcept {
    if (where.via == endpoint::transport::inproc)
      inproc_ = true;
  }

  /// Says in `message.user` who sent it, as the frames' `user_id` proves.
  /// @returns false if it is to be dropped.
  bool admit(std::string_view user_id, multipart& message);

  /// Says whether a message to `peer` may leave.
  clearance clear(const routing_id& peer) {
    return inproc_ ? clear_with_inproc(peer) : admission_.clear(peer);
  }

  /// Forgets a connection that ended.
  void forget(const routing_id& peer) {
    admission_.forget(peer);
  }

  /// Has `wake` called when `outdated` may have become true, on any thread.
  void watch_removals(std::function<void()> wake);

  /// Whether keys were removed since the last `review`.
  bool outdated() const noexcept {
    auto list = domain_->admits().get();
    return list != nullptr && list->removals() != reviewed_;
  }

  /// Finds out whose key was removed.
  void review();

  /// Takes what to tell the owner: who was refused, and whose key was removed.
  std::vector<socket_event> take_events();

  /// Peers that were refused for their credentials, at once or later.
  std::uint64_t refused() const;

private:
  clearance clear_with_inproc(const routing_id& peer);

  std::shared_ptr<zap_domain> domain_;
  admission admission_;
  std::uint64_t reviewed_ = 0;
  std::shared_ptr<const void> watch_;
  bool inproc_ = false;
};

} // namespace troupe
