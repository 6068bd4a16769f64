// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/access_list.hpp"
#include "troupe/identity.hpp"
#include "troupe/routing_id.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace troupe {

/// Whether a message to a peer may leave.
enum class clearance : std::uint8_t {
  granted,
  /// The peer's key was removed.
  removed,
  /// Nobody has heard of the peer, or not for very long.
  unknown,
};

/// Knows who the peers of one socket are that asks for proof, and notices when
/// their keys leave the access list. Belongs to one thread.
class admission {
public:
  /// Connections whose owners are remembered: as many of the latest at least,
  /// and twice as many at most.
  static constexpr std::size_t max_peers = 65536;

  /// `list` is null where peers have passwords instead of keys.
  explicit admission(std::shared_ptr<const access_list> list)
    : list_(std::move(list)) {
    // nop
  }

  /// Returns who sent a message that came with `user_id` over the connection
  /// `peer`, which is empty on sockets without routing ids, or null if the
  /// message is to be dropped. Allocates for new peers and users only.
  identity_ptr admit(std::string_view user_id, const routing_id& peer);

  /// Says whether a message to `peer` may leave.
  clearance clear(const routing_id& peer);

  /// Forgets a connection that ended.
  void forget(const routing_id& peer);

  /// Notes that the key `user_id` of somebody who entered was removed.
  void remove(std::string_view user_id, std::string name);

  /// Takes a sentence for each user whose key was removed, once.
  std::vector<std::string> take_removed() {
    return std::exchange(removed_, {});
  }

private:
  struct user {
    std::string id;
    identity_ptr who;      // null: may not
    std::string last_name; // whom to report
    std::uint64_t version = 0;
    bool reported = false;
  };

  using user_ptr = std::shared_ptr<user>;

  struct text_hash {
    using is_transparent = void;

    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };

  using user_map =
    std::unordered_map<std::string, user_ptr, text_hash, std::equal_to<>>;

  using peer_map = std::unordered_map<routing_id, user_ptr>;

  const user_ptr& find_user(std::string_view user_id);

  user_ptr find_peer(const routing_id& peer);

  void remember(const routing_id& peer, const user_ptr& owner);

  /// Asks the list again if it changed.
  void refresh(user& x);

  void report(user& x);

  std::shared_ptr<const access_list> list_;
  user_map users_;
  user_ptr last_;
  peer_map peers_;
  peer_map older_peers_;
  std::vector<std::string> removed_;
};

} // namespace troupe
