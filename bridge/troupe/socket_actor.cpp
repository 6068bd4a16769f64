// SPDX-License-Identifier: BSL-1.0
#include "troupe/socket_actor.hpp"

#include "troupe/counting.hpp"

#include <caf/exit_reason.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

using namespace std::chrono_literals;

/// ZeroMQ signals when a peer takes messages again. This is the safety net.
constexpr auto retry_interval = 200ms;

auto steady_now() {
  return std::chrono::steady_clock::now();
}

/// Why a message must not be sent, if so.
std::optional<ec> violation(const multipart& message, const socket_spec& spec) {
  if (message.frames.empty() || message.frames.size() > spec.max_frames)
    return ec::bad_frames;
  auto sum = std::size_t{0};
  for (auto& frame : message.frames) {
    if (frame.size() > spec.max_frame)
      return ec::too_large;
    sum += frame.size();
  }
  if (sum > spec.max_message)
    return ec::too_large;
  return std::nullopt;
}

} // namespace

// -- constructors, destructors, and assignment operators ----------------------

socket_actor_impl::socket_actor_impl(caf::actor_config& cfg,
                                     std::shared_ptr<socket_pump> pump,
                                     socket_spec spec)
  : super(cfg),
    pump_(std::move(pump)),
    spec_(std::move(spec)),
    policy_(spec_.copy.value_or(copy_policy{})),
    held_(spec_.max_held_messages, spec_.max_held_bytes),
    flow_(std::make_shared<delivery_flow>(pump_->bell(),
                                          spec_.max_unhandled_deliveries)) {
  // nop
}

// -- overridden functions of CAF's classes ------------------------------------

void socket_actor_impl::enqueue(caf::mailbox_element_ptr message,
                                caf::execution_unit*) {
  super::enqueue(std::move(message), pump_.get());
}

void socket_actor_impl::enqueue(caf::strong_actor_ptr sender,
                                caf::message_id id, caf::message content,
                                caf::execution_unit*) {
  enqueue(caf::make_mailbox_element(std::move(sender), id, {},
                                    std::move(content)),
          pump_.get());
}

const char* socket_actor_impl::name() const {
  return "troupe.socket";
}

caf::resumable::subtype_t socket_actor_impl::subtype() const {
  return caf::resumable::io_actor; // by this, the pump knows its own
}

bool socket_actor_impl::cleanup(caf::error&& reason,
                                caf::execution_unit* host) {
  if (owner_)
    demonitor(owner_.address()); // or CAF remembers us as long as it lives
  owner_ = nullptr;
  held_.take_all();
  if (socket_) {
    monitor_.reset();
    auto left = closing_
                  ? std::max(close_time_ - steady_now(), time_point::duration{})
                  : time_point::duration{};
    socket_.close(std::chrono::ceil<std::chrono::milliseconds>(left));
    pump_->remove(*this);
  }
  return super::cleanup(std::move(reason), host);
}

socket_actor_impl::behavior_type socket_actor_impl::make_behavior() {
  set_default_handler(caf::drop);
  set_exit_handler([this](caf::exit_msg& x) {
    if (x.reason == caf::exit_reason::kill) {
      quit(std::move(x.reason));
    } else if (x.reason) {
      // Behind what was sent to us before, so that it still leaves.
      reason_ = std::move(x.reason);
      send(this, atom::close_v);
    }
  });
  set_down_handler([this](caf::down_msg& x) {
    if (!owner_ || x.source != owner_.address())
      return;
    owner_ = nullptr;
    close();
  });
  return {
    [this](atom::open) { return open(); },
    [this](atom::attach, socket_owner_actor& owner) {
      attach_owner(std::move(owner));
    },
    [this](outgoing& x) { send_all(x.messages); },
    [this](atom::counters) {
      auto result = socket_counters{};
      add_counters(result, counters_);
      return result;
    },
    [this](atom::close) { close(); },
  };
}

// -- overridden functions of pumped_socket ------------------------------------

void socket_actor_impl::add_descriptors(std::vector<pollfd>& into) const {
  into.push_back({socket_.descriptor(), POLLIN, 0});
  if (monitor_ != nullptr)
    into.push_back({monitor_->descriptor(), POLLIN, 0});
}

void socket_actor_impl::signal(std::size_t index) noexcept {
  (index == 0 ? pending_ : events_pending_) = true;
}

bool socket_actor_impl::ready() const noexcept {
  return pending_ || events_pending_ || flow_->resumable();
}

void socket_actor_impl::service() {
  pending_ = false;
  // Input first: a peer that went away while its queue was full is noticed only
  // by reading.
  auto reads = reading();
  if (reads)
    read();
  else
    socket_.readable(); // for the sake of what ZeroMQ does inside
  if (!held_.empty()) {
    retry();
    pending_ = pending_ || (reads && socket_.readable());
  }
  if (events_pending_)
    report_events();
  if (done() && !std::exchange(done_, true))
    send(this, atom::close_v);
}

pumped_socket::time_point socket_actor_impl::deadline() const noexcept {
  return std::min(retry_time_, done_ ? time_point::max() : close_time_);
}

std::chrono::milliseconds socket_actor_impl::linger() const noexcept {
  return spec_.linger;
}

socket_counters& socket_actor_impl::counters() noexcept {
  return counters_;
}

// -- handlers -----------------------------------------------------------------

caf::result<open_socket> socket_actor_impl::open() {
  open_socket result;
  if (auto err = open_endpoints(result.endpoints)) {
    quit(err);
    return err;
  }
  pump_->add(*this, caf::strong_actor_ptr{ctrl()});
  result.handle = socket_actor{this};
  return result;
}

void socket_actor_impl::attach_owner(socket_owner_actor owner) {
  if (owner_)
    demonitor(owner_.address());
  owner_ = std::move(owner);
  if (owner_)
    monitor(owner_);
  pending_ = true;
  events_pending_ = true;
}

void socket_actor_impl::send_all(std::vector<multipart>& messages) {
  for (auto& message : messages)
    send_one(message);
  pending_ = true; // sending may have swallowed the signal of an input
}

void socket_actor_impl::close() {
  if (!closing_) {
    closing_ = true;
    close_time_ = steady_now() + spec_.linger;
    pending_ = true;
  }
  if (!done())
    return;
  for (auto& message : held_.take_all())
    give_back(ec::closed, message);
  quit(std::move(reason_));
}

// -- work ---------------------------------------------------------------------

caf::error socket_actor_impl::open_endpoints(std::vector<std::string>& bound) {
  if (pump_->stopping() || pump_->context() == nullptr)
    return make_error(ec::closed, "the bridge is closed");
  auto socket = zmq_socket::open(pump_->context(), spec_);
  if (!socket)
    return std::move(socket.error());
  socket_ = std::move(*socket);
  if (spec_.watch) {
    auto monitor = socket_monitor::make(pump_->context(), socket_);
    if (!monitor)
      return std::move(monitor.error());
    monitor_ = std::move(*monitor);
  }
  for (auto& text : spec_.bind) {
    auto where = endpoint::parse(text);
    if (!where)
      return std::move(where.error());
    auto real = socket_.bind(*where);
    if (!real)
      return std::move(real.error());
    bound.push_back(std::move(*real));
  }
  for (auto& text : spec_.connect) {
    auto where = endpoint::parse(text);
    if (!where)
      return std::move(where.error());
    if (auto err = socket_.connect(*where))
      return err;
  }
  return caf::none;
}

void socket_actor_impl::send_one(multipart& message) {
  if (spec_.type != socket_type::router)
    message.peer = {};
  if (closing_)
    return give_back(ec::closed, message);
  if (auto reason = violation(message, spec_))
    return give_back(*reason, message);
  if (held_.waits_for(message.peer))
    return hold(message);
  switch (socket_.send(message, policy_, counters_)) {
    case send_result::sent:
      break;
    case send_result::would_block:
      hold(message);
      break;
    case send_result::peer_gone:
      give_back(ec::peer_gone, message);
      break;
    case send_result::impossible:
      give_back(ec::unexpected_message, message);
      break;
  }
}

void socket_actor_impl::hold(multipart& message) {
  if (!held_.push(message))
    return give_back(ec::peer_full, message);
  set_gauge(counters_.held, held_.size());
  if (retry_time_ == time_point::max())
    retry_time_ = steady_now() + retry_interval;
}

void socket_actor_impl::retry() {
  auto lost = held_.retry([this](const multipart& message) {
    return socket_.send(message, policy_, counters_);
  });
  for (auto& message : lost)
    give_back(ec::peer_gone, message);
  set_gauge(counters_.held, held_.size());
  retry_time_ = held_.empty() ? time_point::max()
                              : steady_now() + retry_interval;
}

void socket_actor_impl::give_back(ec reason, multipart& message) {
  count(counters_.returned);
  if (owner_)
    send(owner_, returned{spec_.tag, reason, std::move(message)});
}

bool socket_actor_impl::reading() {
  // The flow comes first: it has to learn that it may be open again.
  return flow_->open() && owner_ && !closing_ && socket_.receives();
}

void socket_actor_impl::read() {
  delivery batch;
  batch.messages.reserve(usual_batch_);
  auto bytes = std::uint64_t{0};
  multipart message;
  auto left = spec_.max_batch;
  for (; left > 0; --left) {
    auto result = socket_.receive(message);
    if (result == receive_result::nothing)
      break;
    if (result == receive_result::dropped) {
      count(counters_.dropped);
      continue;
    }
    bytes += message.size_bytes();
    batch.messages.push_back(std::move(message));
  }
  pending_ = left == 0;
  if (batch.messages.empty())
    return;
  usual_batch_ = batch.messages.size();
  count(counters_.messages_received, usual_batch_);
  count(counters_.bytes_received, bytes);
  batch.tag = spec_.tag;
  batch.ticket = flow_->take_ticket();
  send(owner_, std::move(batch));
}

void socket_actor_impl::report_events() {
  events_pending_ = false;
  if (monitor_ == nullptr)
    return;
  monitor_->update();
  if (!owner_)
    return; // it shall learn what happened before it came
  for (auto what : monitor_->take())
    send(owner_, socket_event{spec_.tag, what});
}

bool socket_actor_impl::done() const noexcept {
  return closing_ && (held_.empty() || steady_now() >= close_time_);
}

} // namespace troupe
