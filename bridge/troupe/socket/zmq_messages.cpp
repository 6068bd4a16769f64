// SPDX-License-Identifier: BSL-1.0

// The part of ZeroMQ sockets that sends and receives.

#include "troupe/socket/handover.hpp"
#include "troupe/socket/zmq_frames.hpp"
#include "troupe/socket/zmq_socket.hpp"

#include <zmq.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

namespace troupe {

namespace {

/// Whether messages name their peer.
bool addressed(socket_type type) {
  return type == socket_type::router || type == socket_type::stream;
}

send_result to_result(int number) {
  switch (number) {
    case EAGAIN:
    case ENOMEM:
      return send_result::would_block;
    case EHOSTUNREACH:
      return send_result::peer_gone;
    default:
      return send_result::impossible;
  }
}

/// Names the peer of the frames that follow.
int send_peer(void* socket, const routing_id& peer) {
  auto id = peer.bytes();
  zmq_msg_t message;
  if (zmq_msg_init_size(&message, id.size()) != 0)
    return ENOMEM;
  std::memcpy(zmq_msg_data(&message), id.data(), id.size());
  return send_frame(message, socket, true);
}

} // namespace

send_result zmq_socket::send(const multipart& message, copy_policy policy,
                             socket_counters& counters) {
  if (addressed(type_))
    if (auto number = send_peer(handle_, message.peer))
      return to_result(number);
  frame_tally sum;
  auto missing = message.frames.size();
  for (auto& frame : message.frames) {
    --missing;
    zmq_msg_t part;
    if (!fill(part, frame, policy, sum))
      throw std::bad_alloc{}; // ends the socket, and with it this message
    auto number = send_frame(part, handle_, missing > 0);
    // A PAIR would give the filler to its next peer.
    if (number == EAGAIN && &frame != &message.frames.front()
        && type_ != socket_type::pair)
      finish_broken_message(handle_, missing);
    if (number != 0)
      return to_result(number);
  }
  sum.add_to(counters);
  return send_result::sent;
}

bool zmq_socket::receive_peer(routing_id& peer) {
  zmq_msg_t id;
  zmq_msg_init(&id);
  auto received = zmq_msg_recv(&id, handle_, ZMQ_DONTWAIT) >= 0;
  if (received)
    peer = routing_id{std::string(static_cast<const char*>(zmq_msg_data(&id)),
                                  zmq_msg_size(&id))};
  zmq_msg_close(&id);
  return received;
}

receive_result zmq_socket::receive_frames(multipart& message) {
  auto bytes = std::size_t{0};
  auto count = std::size_t{0};
  auto more = true;
  auto too_large = false;
  do {
    if (spare_ == nullptr)
      spare_ = caf::make_counted<received_frame>();
    if (zmq_msg_recv(&spare_->message, handle_, ZMQ_DONTWAIT) < 0) {
      message.frames.clear();
      return count == 0 ? receive_result::nothing : receive_result::dropped;
    }
    more = zmq_msg_more(&spare_->message) != 0;
    if (!more && (asks_for_proof_ || notes_sources_))
      read_origin();
    auto frame = spare_->bytes();
    bytes += frame.size();
    too_large = ++count > limits_.frames || bytes > limits_.bytes;
    if (too_large) // the rest still has to come off the socket
      message.frames.resize(std::min(message.frames.size(), std::size_t{1}));
    else if (frame.size() <= small_frames::max_size)
      message.frames.push_back(small_.copy(frame));
    else
      message.frames.emplace_back(std::move(spare_), frame);
  } while (more);
  if (!too_large)
    return receive_result::received;
  cut_bytes_ = bytes - (message.frames.empty() ? 0 : message.frames[0].size());
  return receive_result::dropped;
}

void zmq_socket::read_origin() {
  // Of the last frame: ZeroMQ 4.3.4 loses what belongs to the first.
  source_ = notes_sources_ ? zmq_msg_get(&spare_->message, ZMQ_SRCFD) : -1;
  if (!asks_for_proof_)
    return;
  auto id = zmq_msg_gets(&spare_->message, "User-Id");
  user_id_ = id == nullptr ? std::string{} : copy_of_zmq_text(id);
}

void zmq_socket::decline() noexcept {
  if (type_ == socket_type::rep)
    zmq_send(handle_, "", 0, ZMQ_DONTWAIT);
}

receive_result zmq_socket::receive(multipart& message) {
  message.frames.clear();
  message.user = nullptr;
  if (addressed(type_) && !receive_peer(message.peer))
    return receive_result::nothing;
  auto result = receive_frames(message);
  if (result != receive_result::nothing && limits_.generated_ids_only
      && type_ == socket_type::router && !message.peer.generated()) {
    message.frames.clear();
    result = receive_result::dropped;
  }
  taken_ += result == receive_result::nothing ? 0 : 1;
  return result;
}

} // namespace troupe
