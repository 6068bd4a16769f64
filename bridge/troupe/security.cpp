// SPDX-License-Identifier: BSL-1.0
#include "troupe/security.hpp"

#include "troupe/error.hpp"

namespace troupe {

namespace {

constexpr auto max_password = std::size_t{255};

/// Says what is wrong with one kind of security, or null.
struct checker {
  const char* operator()(const std::monostate&) const {
    return nullptr;
  }

  const char* operator()(const no_security&) const {
    return nullptr;
  }

  const char* operator()(const plain_client& x) const {
    if (!valid_name(x.user))
      return "plain_client::user must have 1 to 64 printable characters "
             "without spaces";
    if (x.password.size() > max_password)
      return "plain_client::password must have at most 255 bytes";
    return x.password.find('\0') == std::string::npos
             ? nullptr
             : "plain_client::password must not contain a zero byte";
  }

  const char* operator()(const plain_server& x) const {
    return x.check ? nullptr
                   : "plain_server::check is missing, so nobody could enter; "
                     "give a function that knows the passwords";
  }

  const char* operator()(const curve_client& x) const {
    if (x.keys.empty())
      return "curve_client::keys is empty; make keys with key_pair::generate, "
             "or load them with load_keys";
    return valid_key(x.server_key)
             ? nullptr
             : "curve_client::server_key is no public key, which has 40 "
               "characters of Z85; ask the server for its own";
  }

  const char* operator()(const curve_server& x) const {
    if (x.keys.empty())
      return "curve_server::keys is empty; make keys with key_pair::generate, "
             "or load them with load_keys";
    return x.admits != nullptr
             ? nullptr
             : "curve_server::admits is missing, so nobody could enter; give "
               "an access_list, which may be filled later";
  }
};

} // namespace

bool asks_for_proof(const security_spec& how) noexcept {
  return std::holds_alternative<curve_server>(how)
         || std::holds_alternative<plain_server>(how);
}

caf::error check_security(const security_spec& how) {
  if (auto what = std::visit(checker{}, how))
    return make_error(ec::bad_config, std::string{"bad security: "} + what);
  return caf::none;
}

caf::error check_security(const security_spec& how, const endpoint& where) {
  if (where.via != endpoint::transport::tcp
      || !std::holds_alternative<std::monostate>(how))
    return caf::none;
  return make_error(
    ec::bad_config,
    "'" + to_string(where)
      + "' can be reached by others: give keys in socket_spec::security "
        "(curve_server here and curve_client there, or the other way round), "
        "or say no_security{} if everybody may enter");
}

} // namespace troupe
