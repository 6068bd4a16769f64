// SPDX-License-Identifier: BSL-1.0
#include "troupe/security/security_options.hpp"

#include "troupe/error.hpp"

#include <zmq.h>

#include <string_view>

namespace troupe {

namespace {

/// Whether a missing handler keeps everybody out. Debian's header lacks the
/// name, which is a draft, but the library honours the number.
constexpr auto zap_enforce_domain = 93;

struct applier {
  bool set(int option, int value) const {
    return zmq_setsockopt(socket, option, &value, sizeof(value)) == 0;
  }

  bool set(int option, std::string_view value) const {
    return zmq_setsockopt(socket, option, value.data(), value.size()) == 0;
  }

  bool set_domain() const {
    return set(ZMQ_ZAP_DOMAIN, domain) && set(zap_enforce_domain, 1);
  }

  bool operator()(const std::monostate&) const {
    return true;
  }

  bool operator()(const no_security&) const {
    return true;
  }

  bool operator()(const plain_client& x) const {
    return set(ZMQ_PLAIN_USERNAME, x.user)
           && set(ZMQ_PLAIN_PASSWORD, x.password);
  }

  bool operator()(const plain_server&) const {
    return set_domain() && set(ZMQ_PLAIN_SERVER, 1);
  }

  bool operator()(const curve_client& x) const {
    return set(ZMQ_CURVE_SERVERKEY, x.server_key)
           && set(ZMQ_CURVE_PUBLICKEY, x.keys.public_key())
           && set(ZMQ_CURVE_SECRETKEY, x.keys.secret_key());
  }

  bool operator()(const curve_server& x) const {
    return set_domain() && set(ZMQ_CURVE_SERVER, 1)
           && set(ZMQ_CURVE_SECRETKEY, x.keys.secret_key());
  }

  void* socket;
  const std::string& domain;
};

} // namespace

caf::error apply_security(void* socket, const security_spec& how,
                          const std::string& domain) {
  if (std::visit(applier{socket, domain}, how))
    return caf::none;
  return make_error(ec::bad_config,
                    std::string{"ZeroMQ refuses to secure the socket: "}
                      + zmq_strerror(zmq_errno())
                      + "; it must be version 4.3 or later, built with CURVE");
}

} // namespace troupe
