// SPDX-License-Identifier: BSL-1.0
#include "troupe/socket_spec.hpp"

#include "troupe/endpoint.hpp"
#include "troupe/error.hpp"

#include <limits>

namespace troupe {

namespace {

using namespace std::chrono_literals;

bool subscribes(socket_type type) {
  return type == socket_type::sub || type == socket_type::xsub;
}

bool conflates(socket_type type) {
  using enum socket_type;
  return type == push || type == pull || type == pub || type == sub
         || type == dealer;
}

/// Returns why the peers of a socket cannot be bridges, if so.
const char* bad_link(const socket_spec& spec) {
  using enum socket_type;
  switch (spec.type) {
    case push:
    case pull:
    case pair:
    case router:
      break;
    case dealer:
      if (!spec.bind.empty() || spec.connect.size() > 1)
        return "a DEALER with bridged peers has one endpoint to connect: its "
               "credit comes from one peer";
      break;
    default:
      return "only PAIR, DEALER, ROUTER, PUSH and PULL sockets have bridged "
             "peers";
  }
  if (spec.type == socket_type::router && !spec.generated_ids_only)
    return "bridged peers have generated routing ids: their credit would "
           "outlive them";
  return spec.options.conflate ? "conflate drops what bridged peers count"
                               : nullptr;
}

/// Returns which option does not suit the type of the socket, if any.
const char* bad_combination(const socket_spec& spec) {
  if (!subscribes(spec.type) && !spec.subscriptions.empty())
    return "only SUB and XSUB sockets have subscriptions";
  if (spec.type == socket_type::sub && spec.subscriptions.empty())
    return "a SUB socket without subscriptions receives nothing; subscribe to "
           "an empty string for everything";
  if (spec.options.conflate && !conflates(spec.type))
    return "conflate works for PUSH, PULL, PUB, SUB and DEALER only";
  if (spec.type == socket_type::pair
      && spec.bind.size() + spec.connect.size() > 1)
    return "a PAIR socket has exactly one peer, so give it one endpoint";
  return spec.peers == socket_peers::bridged ? bad_link(spec) : nullptr;
}

bool has_keys(const security_spec& how) {
  return !std::holds_alternative<std::monostate>(how)
         && !std::holds_alternative<no_security>(how);
}

/// Returns which setting makes no sense, if any.
const char* bad_setting(const socket_spec& spec) {
  auto unbounded = std::size_t{std::numeric_limits<std::int64_t>::max()};
  if (spec.bind.empty() && spec.connect.empty())
    return "it has no endpoint to bind or connect";
  if (auto what = bad_combination(spec))
    return what;
  if (auto what = bad_option(spec.options))
    return what;
  if (spec.type == socket_type::stream && has_keys(spec.security))
    return "STREAM sockets speak no ZeroMQ and check no keys: say "
           "no_security{}";
  if (spec.request_timeout < 1ms || spec.max_requests < 1)
    return "request_timeout and max_requests must be positive";
  if (spec.max_frame < 1 || spec.max_frame > unbounded)
    return "max_frame must be positive";
  if (spec.max_frames < 1 || spec.max_message < 1)
    return "max_frames and max_message must be positive";
  if (spec.max_unhandled_deliveries < 1 || spec.max_batch < 1)
    return "max_unhandled_deliveries and max_batch must be positive";
  return nullptr;
}

/// What a STREAM socket cannot do, or only plain tcp can.
const char* bad_transport(socket_type type, const endpoint& where) {
  if (type == socket_type::stream && where.via != endpoint::transport::tcp)
    return "STREAM sockets speak tcp only";
  return nullptr;
}

/// Whether `where` leaves open what only its owner can choose.
bool has_wildcard(const endpoint& where) {
  return where.where == "*"
         || (where.via == endpoint::transport::tcp && where.port == 0);
}

} // namespace

const char* to_string(socket_type type) noexcept {
  constexpr const char* names[] = {"pair", "pub",    "sub",    "xpub",
                                   "xsub", "push",   "pull",   "req",
                                   "rep",  "dealer", "router", "stream"};
  return names[static_cast<std::size_t>(type)];
}

caf::error check_subscription(const std::string& prefix) {
  // ZeroMQ 4.3.4 writes the length of such a message in one byte, and announces
  // eight. Publishers hang up, each time the socket connects.
  constexpr auto added = std::size_t{10};
  constexpr auto longest_byte = std::size_t{255};
  if (prefix.size() > longest_byte || prefix.size() + added <= longest_byte)
    return caf::none;
  return make_error(ec::bad_config,
                    "a subscription of 246 to 255 bytes breaks the connection "
                    "in ZeroMQ 4.3.4: shorten it to 245 bytes");
}

caf::error check(const socket_spec& spec) {
  if (auto what = bad_setting(spec))
    return make_error(ec::bad_config, std::string{"bad socket: "} + what);
  if (auto err = check_security(spec.security))
    return err;
  for (auto& prefix : spec.subscriptions)
    if (auto err = check_subscription(prefix))
      return err;
  for (auto& text : spec.bind)
    if (auto where = check_bind(spec, text); !where)
      return std::move(where.error());
  for (auto& text : spec.connect)
    if (auto where = check_connect(spec, text); !where)
      return std::move(where.error());
  return caf::none;
}

caf::expected<endpoint> check_bind(const socket_spec& spec,
                                   const std::string& text) {
  auto where = endpoint::parse(text);
  if (where)
    if (auto what = bad_transport(spec.type, *where))
      return make_error(ec::bad_endpoint, "'" + text + "': " + what);
  if (where)
    if (auto err = check_security(spec.security, *where))
      return err;
  return where;
}

caf::expected<endpoint> check_connect(const socket_spec& spec,
                                      const std::string& text) {
  auto where = check_bind(spec, text);
  if (where && has_wildcard(*where))
    return make_error(ec::bad_endpoint, "'" + text
                                          + "' has a wildcard: connect to the "
                                            "real endpoint that the other side "
                                            "bound");
  return where;
}

} // namespace troupe
