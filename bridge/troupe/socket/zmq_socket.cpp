// SPDX-License-Identifier: BSL-1.0
#include "troupe/socket/zmq_socket.hpp"

#include "troupe/error.hpp"
#include "troupe/socket/binding.hpp"
#include "troupe/socket/spare_files.hpp"
#include "troupe/socket/zmq_frames.hpp"
#include "troupe/socket/zmq_options.hpp"

#include <zmq.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <mutex>
#include <sys/random.h>
#include <utility>

namespace troupe {

namespace {

// -- endpoints ----------------------------------------------------------------

/// Returns what stands for the wildcard of inproc, which ZeroMQ lacks.
std::string unused_name() {
  static std::atomic<unsigned> counter{0};
  return "troupe-" + std::to_string(++counter);
}

/// Makes a socket whose routing ids nobody can guess. ZeroMQ counts them up
/// from a number of `rand()`, which is the same in every program that did not
/// seed it, and aborts the program when a peer claims the id that comes next.
void* make_socket(void* context, int type) {
  static std::mutex mutex;
  static std::array<char, 128> state;
  auto seed = 0u;
  if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
    return nullptr;
  std::unique_lock guard{mutex};
  auto before = initstate(seed, state.data(), state.size());
  auto result = ::zmq_socket(context, type);
  setstate(before); // the numbers of the program go on as they would have
  return result;
}

bool set_linger(void* socket, std::chrono::milliseconds time) {
  auto value = static_cast<int>(time.count());
  return zmq_setsockopt(socket, ZMQ_LINGER, &value, sizeof(value)) == 0;
}

void allow_ipv6(void* socket, const endpoint& where) {
  auto on = 1;
  if (where.where.starts_with('['))
    zmq_setsockopt(socket, ZMQ_IPV6, &on, sizeof(on));
}

caf::error no_more_sockets() {
  return make_error(ec::limit_reached,
                    "no more sockets: raise the limit of open files (ulimit "
                    "-n), or bridge_config::max_sockets");
}

} // namespace

// -- constructors, destructors, and assignment operators ----------------------

caf::expected<zmq_socket> zmq_socket::open(void* context,
                                           const socket_spec& spec) {
  if (!has_spare_files(files_per_socket))
    return no_more_sockets();
  auto handle = make_socket(context, type_number(spec.type));
  if (handle == nullptr)
    return errno == EMFILE
             ? no_more_sockets()
             : make_error(ec::system_failure, zmq_strerror(errno));
  zmq_socket result{handle, spec};
  if (!set_options(handle, spec))
    return make_error(ec::bad_config, std::string{"ZeroMQ refuses an option: "}
                                        + zmq_strerror(errno));
  return result;
}

zmq_socket::zmq_socket() noexcept = default;

zmq_socket::zmq_socket(void* handle, const socket_spec& spec) noexcept
  : handle_(handle),
    type_(spec.type),
    limits_{wire_limits(spec).max_frames, wire_limits(spec).max_message,
            spec.generated_ids_only},
    asks_for_proof_(asks_for_proof(spec.security)) {
  // nop
}

zmq_socket::zmq_socket(zmq_socket&& other) noexcept
  : handle_(std::exchange(other.handle_, nullptr)),
    type_(other.type_),
    limits_(other.limits_),
    spare_(std::move(other.spare_)),
    small_(std::move(other.small_)),
    asks_for_proof_(other.asks_for_proof_),
    notes_sources_(other.notes_sources_),
    user_id_(std::move(other.user_id_)),
    taken_(other.taken_) {
  // nop
}

zmq_socket& zmq_socket::operator=(zmq_socket&& other) noexcept {
  std::swap(handle_, other.handle_);
  std::swap(type_, other.type_);
  std::swap(limits_, other.limits_);
  std::swap(spare_, other.spare_);
  std::swap(small_, other.small_);
  std::swap(asks_for_proof_, other.asks_for_proof_);
  std::swap(notes_sources_, other.notes_sources_);
  std::swap(user_id_, other.user_id_);
  std::swap(taken_, other.taken_);
  return *this;
}

zmq_socket::~zmq_socket() {
  close(std::chrono::milliseconds::zero());
}

void zmq_socket::close(std::chrono::milliseconds linger) noexcept {
  if (handle_ == nullptr)
    return;
  set_linger(handle_, linger);
  zmq_close(handle_);
  handle_ = nullptr;
}

// -- endpoints ----------------------------------------------------------------

caf::expected<std::string> zmq_socket::bind(const endpoint& where) {
  if (where.via == endpoint::transport::inproc && where.where == "*")
    return bind({where.via, unused_name()});
  if (auto err = check_bindable(where))
    return err;
  if (!has_spare_files(files_per_bind))
    return bind_error(where, EMFILE);
  allow_ipv6(handle_, where);
  if (zmq_bind(handle_, to_string(where).c_str()) != 0)
    return bind_error(where, errno);
  auto text = std::array<char, 512>{};
  auto size = text.size();
  if (zmq_getsockopt(handle_, ZMQ_LAST_ENDPOINT, text.data(), &size) != 0)
    return bind_error(where, errno);
  return std::string{text.data()};
}

caf::error zmq_socket::connect(const endpoint& where) {
  allow_ipv6(handle_, where);
  if (zmq_connect(handle_, to_string(where).c_str()) != 0)
    return connect_error(where, errno);
  return caf::none;
}

void zmq_socket::queue_for_connections() noexcept {
  auto on = 1;
  zmq_setsockopt(handle_, ZMQ_IMMEDIATE, &on, sizeof(on));
}

caf::error zmq_socket::unbind(const std::string& where) {
  if (zmq_unbind(handle_, where.c_str()) == 0)
    return caf::none;
  return make_error(ec::bad_endpoint,
                    where + " is not bound: write it as `bind` answered it");
}

caf::error zmq_socket::disconnect(const std::string& where) {
  if (zmq_disconnect(handle_, where.c_str()) == 0)
    return caf::none;
  return make_error(ec::bad_endpoint, where
                                        + " is not connected: write it as "
                                          "`connect` answered it");
}

// -- subscriptions ------------------------------------------------------------

bool zmq_socket::subscribe(const std::string& prefix, bool on) {
  if (type_ == socket_type::sub)
    return zmq_setsockopt(handle_, on ? ZMQ_SUBSCRIBE : ZMQ_UNSUBSCRIBE,
                          prefix.data(), prefix.size())
           == 0;
  auto text = (on ? '\1' : '\0') + prefix;
  return type_ == socket_type::xsub
         && zmq_send(handle_, text.data(), text.size(), ZMQ_DONTWAIT) >= 0;
}

// -- readiness ----------------------------------------------------------------

int zmq_socket::descriptor() const noexcept {
  auto fd = -1;
  auto size = sizeof(fd);
  zmq_getsockopt(handle_, ZMQ_FD, &fd, &size);
  return fd;
}

bool zmq_socket::readable() noexcept {
  auto events = 0;
  auto size = sizeof(events);
  return zmq_getsockopt(handle_, ZMQ_EVENTS, &events, &size) == 0
         && (events & ZMQ_POLLIN) != 0;
}

} // namespace troupe
