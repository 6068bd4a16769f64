// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/access_list.hpp"
#include "troupe/curve_keys.hpp"
#include "troupe/endpoint.hpp"
#include "troupe/identity.hpp"

#include <caf/error.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace troupe {

/// No keys and no encryption, on purpose: whoever reaches the endpoint is in.
struct no_security {};

/// Sends a name and a password, readable for whoever is on the way.
struct plain_client {
  /// 1 to 64 printable characters without spaces.
  std::string user;

  /// At most 255 bytes.
  std::string password;
};

/// Returns who a name and a password belong to, or null to turn them away.
/// Runs on a thread of the bridge while others wait for their handshakes: it
/// must be quick, and safe to call from several threads at once.
using password_check =
  std::function<identity_ptr(std::string_view user, std::string_view password)>;

/// Asks for names and passwords.
struct plain_server {
  password_check check;
};

/// Encrypts, proves who we are, and makes sure who the server is.
struct curve_client {
  /// Ours. The server has to list the public key.
  key_pair keys;

  /// The public key of the server.
  std::string server_key;
};

/// Encrypts, and admits the owners of listed keys only.
struct curve_server {
  /// Ours. Clients have to know the public key.
  key_pair keys;

  /// Who may enter, now and later. Without a list, nobody could.
  std::shared_ptr<access_list> admits;
};

/// How the peers of a socket prove who they are. Without a word about it, tcp
/// endpoints are refused; others are guarded by the operating system. A server
/// of either kind may bind or connect, and so may a client. inproc ignores all.
using security_spec = std::variant<std::monostate, no_security, plain_client,
                                   plain_server, curve_client, curve_server>;

/// Whether the peers of such a socket have to prove who they are.
/// @relates security_spec
bool asks_for_proof(const security_spec& how) noexcept;

/// Returns what is wrong with the keys, names and lists, with
/// `ec::bad_config`.
/// @relates security_spec
caf::error check_security(const security_spec& how);

/// Returns why a socket may not use the endpoint `where`, with
/// `ec::bad_config`: tcp needs a decision.
/// @relates security_spec
caf::error check_security(const security_spec& how, const endpoint& where);

} // namespace troupe
