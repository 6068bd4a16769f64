// SPDX-License-Identifier: BSL-1.0

// The part of the socket actor that takes messages past its mailbox.

#include "troupe/socket/socket_actor.hpp"

#include <caf/mailbox_element.hpp>

#include <sched.h>
#include <utility>
#include <variant>

namespace troupe {

namespace {

/// Small messages that follow each other faster than this leave together. Long
/// enough for a hundred of them, short against the way to the peer.
constexpr auto gathering_time = std::chrono::microseconds{20};

/// Who sends that many meanwhile does not wait for answers.
constexpr auto least_stream = std::size_t{8};

auto steady_now() {
  return std::chrono::steady_clock::now();
}

} // namespace

void socket_actor_impl::enqueue(caf::mailbox_element_ptr message,
                                caf::execution_unit*) {
  // Messages take the short way while the mailbox is empty, so that they
  // overtake nothing that their sender sent before them.
  auto first = false;
  auto taken = false;
  try {
    taken = mailbox().blocked() && inbox_.take(*message, first);
  } catch (...) {
    if (first) // memory ran out half way, and some was taken
      pump_->bell()->fire();
    throw;
  }
  if (!taken)
    super::enqueue(std::move(message), pump_.get());
  else if (first)
    pump_->bell()->fire();
}

void socket_actor_impl::enqueue(caf::strong_actor_ptr sender,
                                caf::message_id id, caf::message content,
                                caf::execution_unit*) {
  enqueue(caf::make_mailbox_element(std::move(sender), id, {},
                                    std::move(content)),
          pump_.get());
}

void socket_actor_impl::gather() const {
  // A single message is sent at once: whoever sent it may wait for an answer.
  if (!inbox_.gathers() || (!streaming_ && inbox_.pending() < 2))
    return;
  // Without a look at the inbox, which would slow down those who fill it.
  while (steady_now() < gathered_ + gathering_time)
    sched_yield();
}

void socket_actor_impl::gather_and_send() {
  if (inbox_.pending() == 0)
    return;
  gather();
  send_inbox();
}

void socket_actor_impl::send_inbox() {
  if (inbox_.pending() == 0)
    return;
  auto gathered = inbox_.pending();
  inbox_.drain(taken_);
  for (auto& x : taken_)
    std::visit([this](auto& what) { send_one(what); }, x);
  taken_.clear();
  if (inbox_.gathers()) {
    gathered_ = steady_now();
    streaming_ = gathered >= least_stream;
  }
  pending_ = true; // sending may have swallowed the signal of an input
}

} // namespace troupe
