// SPDX-License-Identifier: BSL-1.0

#include "raw_flood.hpp"

#include "harness/clock.hpp"
#include "harness/payload.hpp"
#include "raw_client.hpp"

#include <cstddef>
#include <stdexcept>

namespace troupe::perf {

struct raw_flood::impl {
  explicit impl(const std::string& endpoint)
    : socket(open_client(context, endpoint)) {
    // nop
  }

  /// Takes one answer. Returns `false` if there is none (with `dontwait`), or
  /// none came for too long.
  bool take(answer_check& check, zmq::recv_flags flags) {
    if (!socket.recv(frame, flags))
      return false;
    check.take(frame.to_string_view());
    return true;
  }

  zmq::context_t context;
  zmq::socket_t socket;
  zmq::message_t frame;
};

raw_flood::raw_flood(const std::string& endpoint)
  : pimpl_(std::make_unique<impl>(endpoint)) {
  // nop
}

raw_flood::~raw_flood() {
  // nop
}

measurement raw_flood::run(const std::vector<std::string>& inputs) {
  answer_check check{inputs};
  auto& socket = pimpl_->socket;
  stopwatch watch;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    socket.send(zmq::buffer(inputs[i]), zmq::send_flags::none);
    if (i % sends_per_look == sends_per_look - 1)
      while (pimpl_->take(check, zmq::recv_flags::dontwait))
        ; // nop
  }
  auto sent = watch.seconds();
  while (check.taken() < inputs.size()
         && pimpl_->take(check, zmq::recv_flags::none))
    ; // nop
  auto roundtrip = watch.seconds();
  if (!check.complete())
    throw std::runtime_error("the raw path lost or changed an answer");
  auto count = static_cast<double>(inputs.size());
  return {{"sent_per_s", count / sent}, {"roundtrip_per_s", count / roundtrip}};
}

} // namespace troupe::perf
