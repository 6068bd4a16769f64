// SPDX-License-Identifier: BSL-1.0
#include "troupe/error.hpp"

#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>

namespace troupe {

std::string to_string(ec code) {
  switch (code) {
    case ec::bad_endpoint:
      return "bad_endpoint";
    case ec::address_in_use:
      return "address_in_use";
    case ec::endpoint_failed:
      return "endpoint_failed";
    case ec::peer_gone:
      return "peer_gone";
    case ec::peer_full:
      return "peer_full";
    case ec::too_large:
      return "too_large";
    case ec::bad_frames:
      return "bad_frames";
    case ec::bad_envelope:
      return "bad_envelope";
    case ec::bad_range:
      return "bad_range";
    case ec::bad_value:
      return "bad_value";
    case ec::unexpected_message:
      return "unexpected_message";
    case ec::unknown_peer:
      return "unknown_peer";
    case ec::version_mismatch:
      return "version_mismatch";
    case ec::chosen_routing_id:
      return "chosen_routing_id";
    case ec::closed:
      return "closed";
    case ec::engine_exists:
      return "engine_exists";
    case ec::unknown_engine:
      return "unknown_engine";
    case ec::unknown_function:
      return "unknown_function";
    case ec::limit_reached:
      return "limit_reached";
    case ec::bad_config:
      return "bad_config";
    case ec::system_failure:
      return "system_failure";
    case ec::key_refused:
      return "key_refused";
    case ec::wrong_server_key:
      return "wrong_server_key";
    case ec::key_removed:
      return "key_removed";
    case ec::bad_key_file:
      return "bad_key_file";
    case ec::timed_out:
      return "timed_out";
    case ec::handshake_failed:
      return "handshake_failed";
  }
  return "ec_" + std::to_string(static_cast<int>(code));
}

caf::error make_error(ec code, std::string text) {
  return caf::make_error(code, std::move(text));
}

std::string describe(const caf::error& err) {
  if (!err)
    return "no error";
  auto& context = err.context();
  if (context.match_elements<std::string>())
    return context.get_as<std::string>(0);
  if (err.category() == caf::detail::error_factory<ec>::category)
    return to_string(static_cast<ec>(err.code()));
  return caf::to_string(err);
}

} // namespace troupe
