// SPDX-License-Identifier: BSL-1.0
#include "troupe/security/handshake_reader.hpp"

#include <zmq.h>

#include <cerrno>

namespace troupe {

handshake_reader::handshake_reader(const security_spec& how)
  : curve_(std::holds_alternative<curve_client>(how)
           || std::holds_alternative<curve_server>(how)) {
  if (asks_for_proof(how))
    side_ = side::server;
  else if (std::holds_alternative<plain_client>(how) || curve_)
    side_ = side::client;
}

handshake_reader::finding handshake_reader::failed(std::uint16_t event,
                                                   std::int32_t value) {
  if (event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH)
    return {ec::key_refused,
            side_ == side::server
              ? "refused the credentials of a peer"
              : "the other side refuses our credentials: it has to list our "
                "public key, or to know our password; ZeroMQ does not try "
                "again, so open the socket anew then"};
  if (value == ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH)
    return {ec::handshake_failed,
            "the two sides disagree about security: see whether both have "
            "keys, and whether one of them is the server"};
  if (side_ == side::server && event == ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL
      && value == EFAULT)
    return {ec::system_failure,
            "nobody checks credentials any more, so nobody may enter: start "
            "the program anew"};
  if (side_ == side::server && value == ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC)
    return {ec::wrong_server_key,
            "a peer encrypts for another server key than ours: give it our "
            "public key"};
  if (event == ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL && value == EAGAIN)
    return {ec::handshake_failed,
            "the other side did not answer within "
            "socket_options::handshake_timeout: it may be stopped or no "
            "ZeroMQ, or cannot check credentials"};
  return failed_without_reason();
}

handshake_reader::finding handshake_reader::failed_without_reason() {
  if (side_ == side::client && curve_ && ++in_a_row_ >= suspicious)
    return {ec::wrong_server_key,
            "the server hangs up during the handshake, again and again: most "
            "likely its public key is not curve_client::server_key"};
  return {ec::handshake_failed,
          "the handshake failed: the other side hung up or speaks no ZeroMQ"};
}

} // namespace troupe
