// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <memory>
#include <string>

namespace troupe {

/// Who a peer is: what an access list says about the key it proved to own.
struct identity {
  /// Unique within an access list, such as `engine-7`.
  std::string name;

  /// What the peer may do, such as `client` or `engine`. The bridge gives it
  /// no meaning.
  std::string role;

  friend bool operator==(const identity&, const identity&) = default;
};

/// One identity is shared by all messages of its peer. Null = nobody proved
/// anything, as on sockets without keys.
using identity_ptr = std::shared_ptr<const identity>;

} // namespace troupe
