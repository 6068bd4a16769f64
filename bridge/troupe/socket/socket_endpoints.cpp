// SPDX-License-Identifier: BSL-1.0

// The part of the socket actor that opens, binds, connects and subscribes.

#include "troupe/error.hpp"
#include "troupe/socket/farewells.hpp"
#include "troupe/socket/socket_actor.hpp"
#include "troupe/socket/zmq_options.hpp"

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

bool sends_over_ipc(const socket_spec& spec) {
  auto via_ipc = [](auto& x) { return x.starts_with("ipc:"); };
  return spec.type != socket_type::pull && spec.type != socket_type::sub
         && (std::ranges::any_of(spec.bind, via_ipc)
             || std::ranges::any_of(spec.connect, via_ipc));
}

} // namespace

caf::result<open_socket> socket_actor_impl::open() {
  open_socket result;
  if (auto err = open_endpoints(result.endpoints)) {
    quit(err);
    return err;
  }
  pump_->add(*this, caf::strong_actor_ptr{ctrl()});
  watch_keeper();
  result.handle = socket_actor{this};
  return result;
}

caf::error socket_actor_impl::open_socket_and_monitor() {
  if (pump_->stopping() || pump_->context() == nullptr)
    return make_error(ec::closed, "the bridge is closed");
  auto socket = zmq_socket::open(pump_->context(), spec_);
  if (!socket)
    return std::move(socket.error());
  socket_ = std::move(*socket);
  if (auto err = secure())
    return err;
  if (intake_watch::suits(spec_)) {
    auto intake = intake_watch::make(spec_);
    if (!intake)
      return std::move(intake.error());
    intake_ = std::move(*intake);
  }
  if (!spec_.watch && !waits_for_connection_ && !may_meet_itself(spec_)
      && !watches_handshakes() && !intake_ && !sends_over_ipc(spec_)
      && !(link_ && link_->knows_credit()))
    return caf::none;
  auto monitor = socket_monitor::make(pump_->context(), socket_,
                                      spec_.security);
  if (!monitor)
    return std::move(monitor.error());
  monitor_ = std::move(*monitor);
  return caf::none;
}

void socket_actor_impl::keep_until_read(time_point limit) {
  if (monitor_ == nullptr)
    return;
  monitor_->update();
  for (auto& [fd, name] : monitor_->ipc_connections())
    pump_->shared_context().parting().keep(fd, name, limit);
}

caf::error socket_actor_impl::open_endpoints(std::vector<std::string>& bound) {
  if (auto err = open_socket_and_monitor())
    return err;
  for (auto& text : spec_.bind) {
    auto where = endpoint::parse(text);
    if (!where)
      return std::move(where.error());
    note_endpoint(*where);
    auto real = socket_.bind(*where);
    if (!real)
      return std::move(real.error());
    bound.push_back(std::move(*real));
  }
  for (auto& text : spec_.connect) {
    auto where = endpoint::parse(text);
    if (!where)
      return std::move(where.error());
    note_endpoint(*where);
    if (auto err = socket_.connect(*where))
      return err;
  }
  return caf::none;
}

caf::result<std::string> socket_actor_impl::bind(const std::string& text) {
  auto where = check_bind(spec_, text);
  if (!where)
    return std::move(where.error());
  if (auto err = check_more(*where))
    return err;
  pending_ = true;
  note_endpoint(*where);
  auto real = socket_.bind(*where);
  if (!real) {
    --endpoints_;
    return std::move(real.error());
  }
  return std::move(*real);
}

caf::result<std::string> socket_actor_impl::connect(const std::string& text) {
  auto where = check_connect(spec_, text);
  if (!where)
    return std::move(where.error());
  if (auto err = check_more(*where))
    return err;
  pending_ = true;
  if (waits_for_connection_)
    socket_.queue_for_connections(); // we cannot wait for each of several
  note_endpoint(*where);
  if (auto err = socket_.connect(*where)) {
    --endpoints_;
    return err;
  }
  return to_string(*where);
}

caf::error socket_actor_impl::unbind(const std::string& where) {
  if (auto err = socket_.unbind(where))
    return err;
  forget_endpoint(where);
  return caf::none;
}

caf::error socket_actor_impl::disconnect(const std::string& where) {
  if (auto err = socket_.disconnect(where))
    return err;
  forget_endpoint(where);
  return caf::none;
}

void socket_actor_impl::forget_endpoint(const std::string& where) {
  pending_ = true;
  --endpoints_;
  if (monitor_ == nullptr)
    return;
  monitor_->update();
  monitor_->forget(endpoints_ == 0 ? std::nullopt : std::optional{where});
  note_events();
}

caf::error socket_actor_impl::subscribe(const std::string& prefix, bool on) {
  if (auto err = check_subscription(prefix))
    return err;
  pending_ = true;
  if (socket_.subscribe(prefix, on))
    return caf::none;
  return make_error(ec::unexpected_message,
                    "only SUB and XSUB sockets subscribe");
}

} // namespace troupe
