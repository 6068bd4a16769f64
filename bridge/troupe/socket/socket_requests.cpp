// SPDX-License-Identifier: BSL-1.0

// The part of the socket actor that matches replies with requests.

#include "troupe/socket/counting.hpp"
#include "troupe/socket/socket_actor.hpp"

#include <utility>

namespace troupe {

caf::result<multipart> socket_actor_impl::request(multipart& message) {
  if (spec_.type != socket_type::req && spec_.type != socket_type::dealer)
    return make_error(ec::unexpected_message,
                      "only REQ and DEALER sockets send requests");
  if (closing_)
    return make_error(ec::closed, "the socket is closed");
  if (auto reason = violation(message, spec_))
    return caf::make_error(*reason);
  if (requests_.full())
    return make_error(ec::limit_reached,
                      "too many requests are open; see max_requests");
  auto asker = make_response_promise<multipart>();
  auto deadline = std::chrono::steady_clock::now() + spec_.request_timeout;
  if (spec_.type == socket_type::req) {
    ask({asker, deadline, std::move(message), false});
  } else {
    auto id = requests_.add({asker, deadline, {}, false});
    open_requests::write(id, message);
    send_one(message);
  }
  spare_credit();
  pending_ = true;
  return asker;
}

void socket_actor_impl::ask(open_request request) {
  request.deadline = std::chrono::steady_clock::now() + spec_.request_timeout;
  if (requests_.full())
    return fail(request, ec::peer_full);
  requests_.add(std::move(request));
  advance_requests();
}

void socket_actor_impl::advance_requests() {
  if (spec_.type != socket_type::req || requests_.empty()
      || requests_.front().sent)
    return;
  auto& next = requests_.front();
  switch (try_send(next.message)) {
    case send_result::sent:
      next.sent = true;
      retry_time_ = time_point::max();
      break;
    case send_result::would_block:
      arm_retry();
      break;
    default: {
      auto request = requests_.take_front();
      fail(request, refused_ ? ec::key_refused : ec::unexpected_message);
      pending_ = true; // for the one behind it
    }
  }
}

bool socket_actor_impl::answer(multipart& message) {
  auto request = std::optional<open_request>{};
  if (spec_.type == socket_type::req) {
    if (requests_.empty() || !requests_.front().sent) {
      count(counters_.dropped); // it came too late
      return true;
    }
    request = requests_.take_front();
  } else if (spec_.type == socket_type::dealer) {
    auto id = requests_.read(message);
    if (!id)
      return false;
    request = requests_.take(*id);
    if (!request) {
      count(counters_.dropped);
      return true;
    }
    open_requests::strip(message);
  }
  if (!request || !request->asker)
    return false;
  request->asker->deliver(std::move(message));
  return true;
}

void socket_actor_impl::fail(open_request& request, ec reason) {
  if (request.asker)
    request.asker->deliver(caf::make_error(reason));
  else
    give_back(reason, request.message);
}

void socket_actor_impl::fail_all(std::vector<open_request> requests,
                                 ec reason) {
  for (auto& x : requests)
    fail(x, reason);
}

} // namespace troupe
