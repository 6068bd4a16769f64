// SPDX-License-Identifier: BSL-1.0
#include "troupe/socket/socket_actor.hpp"

#include "troupe/socket/counting.hpp"
#include "troupe/socket/guest_hours.hpp"
#include "troupe/socket/zmq_options.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

auto steady_now() {
  return std::chrono::steady_clock::now();
}

caf::result<void> to_result(caf::error err) {
  if (err)
    return err;
  return caf::unit;
}

std::unique_ptr<bridged_link> make_link(const socket_spec& spec,
                                        copy_policy policy, socket_pump& pump) {
  if (spec.peers != socket_peers::bridged)
    return nullptr;
  return std::make_unique<bridged_link>(spec, policy, pump.bell());
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
    link_(make_link(spec_, policy_, *pump_)),
    inbox_(link_ ? link_->bundles() : std::nullopt),
    held_(spec_.max_held_messages, spec_.max_held_bytes),
    notices_(spec_.type),
    requests_(spec_.max_requests),
    flow_(std::make_shared<delivery_flow>(pump_->bell(),
                                          spec_.max_unhandled_deliveries)),
    waits_for_connection_(waits_for_connection(spec_)) {
  // nop
}

// -- overridden functions of CAF's classes ------------------------------------

const char* socket_actor_impl::name() const {
  return "troupe.socket";
}

caf::resumable::subtype_t socket_actor_impl::subtype() const {
  return caf::resumable::io_actor; // by this, the pump knows its own
}

bool socket_actor_impl::cleanup(caf::error&& reason,
                                caf::execution_unit* host) {
  let_go_of_owner();
  if (spec_.ends_with)
    demonitor(spec_.ends_with);
  held_.take_all();
  count(counters_.dropped, unclaimed_.size());
  unclaimed_.clear();
  fail_all(requests_.take_all(), ec::closed);
  auto waits_for_credit = link_ && link_->knows_credit();
  link_ = nullptr;
  if (socket_) {
    auto now = steady_now();
    auto left = closing_ ? std::max(close_time_ - now, time_point::duration{})
                         : time_point::duration{};
    if (left.count() > 0 && !waits_for_credit)
      keep_until_read(now + left);
    monitor_.reset();
    intake_.reset();
    socket_.close(std::chrono::ceil<std::chrono::milliseconds>(left));
    pump_->remove(*this);
  }
  return super::cleanup(std::move(reason), host);
}

caf::resumable::resume_result
socket_actor_impl::resume(caf::execution_unit* host, std::size_t max) {
  try {
    gather_and_send(); // it came before what is in the mailbox
  } catch (...) {
    caf::anon_send_exit(this, caf::exit_reason::kill); // out of memory
  }
  auto result = super::resume(host, max);
  try {
    flush_link(); // what the handlers sent leaves together
  } catch (...) {
    caf::anon_send_exit(this, caf::exit_reason::kill); // out of memory
  }
  return result;
}

caf::invoke_message_result
socket_actor_impl::consume(caf::mailbox_element& message) {
  // Whoever saw an empty mailbox may have come to the inbox only now, and sent
  // `message` since, the long way.
  send_inbox();
  return super::consume(message);
}

socket_actor_impl::behavior_type socket_actor_impl::make_behavior() {
  set_default_handler(caf::drop);
  set_error_handler([](caf::error&) {
    // An owner that does not handle all that it is told answers so.
  });
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
    auto owned = owner_ && x.source == owner_.address();
    if (owned)
      owner_ = nullptr;
    if (owned || x.source == spec_.ends_with)
      close();
  });
  return {
    [this](atom::open) { return open(); },
    [this](atom::attach, socket_owner_actor& owner) {
      attach_owner(std::move(owner));
    },
    [this](outgoing& x) { send_all(x.messages); },
    [this](multipart& x) {
      send_one(x);
      pending_ = true;
    },
    [this](atom::request, multipart& x) { return request(x); },
    [this](atom::subscribe, const std::string& prefix) -> caf::result<void> {
      return to_result(subscribe(prefix, true));
    },
    [this](atom::unsubscribe, const std::string& prefix) -> caf::result<void> {
      return to_result(subscribe(prefix, false));
    },
    [this](atom::bind, const std::string& where) { return bind(where); },
    [this](atom::connect, const std::string& where) { return connect(where); },
    [this](atom::unbind, const std::string& where) -> caf::result<void> {
      return to_result(unbind(where));
    },
    [this](atom::disconnect, const std::string& where) -> caf::result<void> {
      return to_result(disconnect(where));
    },
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
  if (intake_ != nullptr)
    into.push_back({intake_->descriptor(), POLLIN, 0});
}

void socket_actor_impl::signal(std::size_t index) noexcept {
  if (index == 2)
    intake_->wake();
  else
    (index == 0 ? pending_ : events_pending_) = true;
}

bool socket_actor_impl::ready() const noexcept {
  return pending_ || events_pending_ || inbox_.pending() != 0
         || flow_->resumable() || (link_ && link_->ready())
         || (guard_ && guard_->outdated());
}

void socket_actor_impl::service() {
  guest_hours open{*pump_, spec_.handlers_on_pump};
  gather_and_send();
  pending_ = false;
  if (retry_time_ != time_point::max() && retry_time_ <= steady_now()) {
    retry_time_ = time_point::max(); // whoever still waits sets it again
    probe_peers();
  }
  if (events_pending_)
    note_events(); // before reading: what came before these is told before
  // Input first: a peer that went away while its queue was full is noticed only
  // by reading.
  auto reads = reading();
  if (intake_ && intake_->sample(steady_now()))
    socket_.readable(); // whatever is whole by now gets its turn
  if (reads)
    read();
  // If not for the answer, for the sake of what ZeroMQ does inside.
  auto drained = reads ? !pending_ : !socket_.readable();
  if (last_words_.heard(socket_.taken(), drained || !wanted()))
    fail_all(requests_.take_lost(), ec::peer_gone);
  if (intake_)
    watch_intake(drained);
  review_keys();
  if (unreported_ && !last_words_.waiting())
    report_events();
  report_refusals();
  if (requests_.deadline() <= steady_now())
    fail_all(requests_.take_expired(steady_now()), ec::timed_out);
  advance_requests();
  if (!held_.empty() || !full_.empty()) {
    retry();
    pending_ = pending_ || (reads && socket_.readable());
  }
  if (link_) {
    flush_link();
    pending_ = pending_ || (reads && socket_.readable());
  }
  if (done() && !std::exchange(done_, true))
    send(this, atom::close_v);
}

pumped_socket::time_point socket_actor_impl::deadline() const noexcept {
  return std::min({retry_time_, requests_.deadline(), refusals_.deadline(),
                   intake_ ? intake_->deadline() : time_point::max(),
                   done_ ? time_point::max() : close_time_});
}

std::chrono::milliseconds socket_actor_impl::linger() const noexcept {
  return spec_.options.linger;
}

socket_counters& socket_actor_impl::counters() noexcept {
  return counters_;
}

// -- handlers -----------------------------------------------------------------

void socket_actor_impl::send_all(std::vector<multipart>& messages) {
  for (auto& message : messages)
    send_one(message);
  pending_ = true; // sending may have swallowed the signal of an input
}

void socket_actor_impl::close() {
  if (!closing_) {
    closing_ = true;
    close_time_ = steady_now() + spec_.options.linger;
    pending_ = true;
  }
  flush_link();
  if (!done()) {
    done_ = false; // something came in between: `service` has to look again
    return;
  }
  if (link_)
    for (auto& message : link_->take_all())
      give_back(ec::closed, message);
  for (auto& message : held_.take_all())
    give_back(ec::closed, message);
  fail_all(requests_.take_all(), ec::closed); // while the owner is there
  quit(std::move(reason_));
}

bool socket_actor_impl::done() const noexcept {
  return closing_
         && ((held_.empty() && requests_.empty() && (!link_ || link_->idle()))
             || steady_now() >= close_time_);
}

} // namespace troupe
