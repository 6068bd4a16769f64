// SPDX-License-Identifier: BSL-1.0
#include "troupe/socket_spec.hpp"

#include "troupe/endpoint.hpp"
#include "troupe/error.hpp"

#include <limits>

namespace troupe {

namespace {

using namespace std::chrono_literals;

/// Longer than anybody waits for the end of a program.
constexpr auto max_linger = 1h;

/// Returns which setting makes no sense, if any.
const char* bad_setting(const socket_spec& spec) {
  auto unbounded = std::size_t{std::numeric_limits<std::int64_t>::max()};
  if (spec.bind.empty() && spec.connect.empty())
    return "it has no endpoint to bind or connect";
  if (spec.type != socket_type::sub && !spec.subscriptions.empty())
    return "only SUB sockets have subscriptions";
  if (spec.type == socket_type::sub && spec.subscriptions.empty())
    return "a SUB socket without subscriptions receives nothing; subscribe to "
           "an empty string for everything";
  if (spec.socket_hwm < 1)
    return "socket_hwm must be at least 1";
  if (spec.max_frame < 1 || spec.max_frame > unbounded)
    return "max_frame must be positive";
  if (spec.max_frames < 1 || spec.max_message < 1)
    return "max_frames and max_message must be positive";
  if (spec.max_unhandled_deliveries < 1 || spec.max_batch < 1)
    return "max_unhandled_deliveries and max_batch must be positive";
  if (spec.linger < 0ms || spec.linger > max_linger)
    return "linger must be from 0 to one hour";
  return nullptr;
}

/// Whether `where` leaves open what only its owner can choose.
bool has_wildcard(const endpoint& where) {
  return where.where == "*"
         || (where.via == endpoint::transport::tcp && where.port == 0);
}

} // namespace

caf::error check(const socket_spec& spec) {
  if (auto what = bad_setting(spec))
    return make_error(ec::bad_config, std::string{"bad socket: "} + what);
  for (auto& text : spec.bind)
    if (auto where = endpoint::parse(text); !where)
      return std::move(where.error());
  for (auto& text : spec.connect) {
    auto where = endpoint::parse(text);
    if (!where)
      return std::move(where.error());
    if (has_wildcard(*where))
      return make_error(ec::bad_endpoint,
                        "'" + text
                          + "' has a wildcard: connect to the real "
                            "endpoint that the other side bound");
  }
  return caf::none;
}

} // namespace troupe
