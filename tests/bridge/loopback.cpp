// SPDX-License-Identifier: BSL-1.0

#include "bridge/loopback.hpp"

#include <troupe/endpoint.hpp>

#include <caf/send.hpp>

#include <zmq.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace troupe::test {

// -- messages -----------------------------------------------------------------

multipart message(std::vector<std::string> texts) {
  return message(routing_id{}, std::move(texts));
}

multipart message(routing_id peer, std::vector<std::string> texts) {
  multipart result;
  result.peer = std::move(peer);
  for (auto& text : texts)
    result.frames.push_back(buffer::copy_of(text));
  return result;
}

std::vector<std::string> texts(const multipart& x) {
  std::vector<std::string> result;
  for (auto& frame : x.frames)
    result.emplace_back(frame.text());
  return result;
}

// -- owner --------------------------------------------------------------------

socket_owner_actor owner::handle() const {
  return caf::actor_cast<socket_owner_actor>(self_);
}

void owner::send(const socket_actor& socket, multipart message) {
  outgoing out;
  out.messages.push_back(std::move(message));
  self_->send(socket, std::move(out));
}

void owner::send(const socket_actor& socket, std::vector<multipart> messages) {
  self_->send(socket, outgoing{std::move(messages)});
}

void owner::receive_one(time_point limit) {
  caf::timespan left = limit - std::chrono::steady_clock::now();
  self_->receive(
    [this](delivery& x) {
      last_sender_ = self_->current_sender();
      deliveries_.push_back(std::move(x));
    },
    [this](returned& x) { returned_.push_back(std::move(x)); },
    [this](socket_event& x) {
      auto retry = x.what == socket_event::kind::retrying;
      (retry ? retries_ : events_).push_back(std::move(x));
    },
    [this](caf::down_msg& x) { downs_.push_back(std::move(x.reason)); },
    caf::after(std::max(left, caf::timespan{0})) >>
      [] { BOOST_FAIL("waited for a message in vain"); });
}

template <class Queue>
auto owner::pop(Queue& queue) {
  // Messages of other kinds may come for ever.
  auto limit = std::chrono::steady_clock::now() + patience;
  while (queue.empty())
    receive_one(limit);
  auto result = std::move(queue.front());
  queue.pop_front();
  return result;
}

multipart owner::take() {
  while (messages_.empty())
    for (auto& x : pop(deliveries_).messages)
      messages_.push_back(std::move(x));
  return pop(messages_);
}

delivery owner::take_delivery() {
  return pop(deliveries_);
}

returned owner::take_returned() {
  return pop(returned_);
}

socket_event owner::take_event() {
  return pop(events_);
}

bool owner::has_event(socket_event::kind what) {
  auto limit = std::chrono::steady_clock::now() + patience;
  while (has_mail())
    receive_one(limit);
  return std::any_of(events_.begin(), events_.end(),
                     [what](const socket_event& x) { return x.what == what; });
}

socket_event owner::take_retry() {
  return pop(retries_);
}

caf::error owner::take_down() {
  return pop(downs_);
}

socket_counters owner::counters(const socket_actor& socket) {
  socket_counters result;
  self_->request(socket, patience, atom::counters_v)
    .receive([&](const socket_counters& x) { result = x; },
             [&](caf::error& err) { BOOST_FAIL(describe(err)); });
  return result;
}

// -- bridge_fixture -----------------------------------------------------------

bridge_fixture::bridge_fixture(bridge_config cfg)
  : sys(init(cfg_)), bridge(std::make_unique<bridge_runtime>(sys, cfg)) {
  // nop
}

caf::actor_system_config& bridge_fixture::init(caf::actor_system_config& cfg) {
  cfg.add_message_types<caf::id_block::troupe_bridge>();
  cfg.set("scheduler.policy", caf::atom("sharing")); // does not poll when idle
  return cfg;
}

namespace {

void allow_tcp(socket_spec& spec) {
  if (std::holds_alternative<std::monostate>(spec.security))
    spec.security = no_security{};
}

} // namespace

open_socket bridge_fixture::open(socket_spec spec) {
  allow_tcp(spec);
  auto result = bridge->open(std::move(spec));
  if (!result)
    BOOST_FAIL(describe(result.error()));
  return std::move(*result);
}

caf::error bridge_fixture::open_error(socket_spec spec) {
  allow_tcp(spec);
  auto result = bridge->open(std::move(spec));
  BOOST_REQUIRE_MESSAGE(!result, "the socket opened");
  return result.error();
}

open_socket bridge_fixture::open_router(std::string where) {
  socket_spec spec;
  spec.type = socket_type::router;
  spec.bind = {std::move(where)};
  return open(std::move(spec));
}

open_socket bridge_fixture::open_dealer(std::string where) {
  socket_spec spec;
  spec.connect = {std::move(where)};
  return open(std::move(spec));
}

socket_counters bridge_fixture::totals() {
  socket_counters result;
  caf::scoped_actor self{sys, true};
  self->request(bridge->actor(), patience, atom::counters_v)
    .receive([&](const socket_counters& x) { result = x; },
             [&](caf::error& err) { BOOST_FAIL(describe(err)); });
  return result;
}

// -- busy_pump ----------------------------------------------------------------

busy_pump::busy_pump(bridge_fixture& where) {
  auto begun = std::make_shared<std::promise<void>>();
  auto is_busy = begun->get_future();
  // A PULL socket without owner drops what it shall send, on the pump.
  socket_spec spec;
  spec.type = socket_type::pull;
  spec.bind = {"inproc://*"};
  auto socket = where.open(spec).handle;
  auto wait = [begun, end = end_.get_future().share()] {
    begun->set_value();
    end.wait_for(patience);
  };
  caf::anon_send(socket, multipart{buffer::borrow("", 1, wait)});
  caf::anon_send(socket, atom::close_v);
  BOOST_REQUIRE(is_busy.wait_for(patience) == std::future_status::ready);
}

busy_pump::~busy_pump() {
  end_.set_value();
}

// -- plain_peer ---------------------------------------------------------------

plain_peer::plain_peer(int type) : plain_peer(type, zmq_ctx_new()) {
  owns_context_ = true;
}

plain_peer::plain_peer(int type, void* context)
  : owns_context_(false),
    context_(context),
    socket_(zmq_socket(context_, type)) {
  BOOST_REQUIRE(socket_ != nullptr);
  auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(patience);
  set(ZMQ_LINGER, 0);
  set(ZMQ_SNDTIMEO, static_cast<int>(limit.count()));
  set(ZMQ_RCVTIMEO, static_cast<int>(limit.count()));
}

plain_peer::~plain_peer() {
  if (monitor_ != nullptr)
    zmq_socket_monitor(socket_, nullptr, 0);
  monitor_ = nullptr;
  zmq_close(socket_);
  if (owns_context_)
    zmq_ctx_term(context_);
}

void plain_peer::set(int option, int value) {
  BOOST_REQUIRE(zmq_setsockopt(socket_, option, &value, sizeof(value)) == 0);
}

void plain_peer::set(int option, std::string_view value) {
  BOOST_REQUIRE(zmq_setsockopt(socket_, option, value.data(), value.size())
                == 0);
}

std::string plain_peer::bind(const std::string& where) {
  BOOST_REQUIRE(zmq_bind(socket_, where.c_str()) == 0);
  std::array<char, 256> text;
  auto size = text.size();
  zmq_getsockopt(socket_, ZMQ_LAST_ENDPOINT, text.data(), &size);
  return text.data();
}

void plain_peer::connect(const std::string& where) {
  BOOST_REQUIRE(zmq_connect(socket_, where.c_str()) == 0);
}

void plain_peer::watch() {
  auto where = "inproc://watch-a-plain-peer";
  BOOST_REQUIRE(
    zmq_socket_monitor(socket_, where, ZMQ_EVENT_HANDSHAKE_SUCCEEDED) == 0);
  monitor_ = std::make_unique<plain_peer>(ZMQ_PAIR, context_);
  monitor_->connect(where);
}

void plain_peer::take_handshake() {
  monitor_->receive();
}

bool plain_peer::send(const std::vector<std::string>& frames) {
  for (auto& frame : frames)
    if (zmq_send(socket_, frame.data(), frame.size(),
                 &frame == &frames.back() ? 0 : ZMQ_SNDMORE)
        < 0)
      return false;
  return true;
}

bool plain_peer::send_part(std::string_view frame) {
  return zmq_send(socket_, frame.data(), frame.size(), ZMQ_SNDMORE) >= 0;
}

std::vector<std::string> plain_peer::receive() {
  auto result = receive_with(0);
  BOOST_REQUIRE_MESSAGE(result, "the peer waited for a message in vain");
  return std::move(*result);
}

std::optional<std::vector<std::string>> plain_peer::try_receive() {
  return receive_with(ZMQ_DONTWAIT);
}

std::optional<std::vector<std::string>> plain_peer::receive_with(int flags) {
  std::vector<std::string> result;
  zmq_msg_t part;
  zmq_msg_init(&part);
  do {
    if (zmq_msg_recv(&part, socket_, flags) < 0) {
      zmq_msg_close(&part);
      return std::nullopt;
    }
    result.emplace_back(static_cast<const char*>(zmq_msg_data(&part)),
                        zmq_msg_size(&part));
  } while (zmq_msg_more(&part));
  zmq_msg_close(&part);
  return result;
}

// -- raw streams --------------------------------------------------------------

namespace {

int connect_raw(const endpoint& where) {
  auto tcp = where.via == endpoint::transport::tcp;
  auto fd = socket(tcp ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto inet = sockaddr_in{};
  inet.sin_family = AF_INET;
  inet.sin_port = htons(where.port);
  inet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto local = sockaddr_un{};
  local.sun_family = AF_UNIX;
  where.where.copy(local.sun_path, sizeof(local.sun_path) - 1);
  auto status =
    tcp ? connect(fd, reinterpret_cast<sockaddr*>(&inet), sizeof(inet))
        : connect(fd, reinterpret_cast<sockaddr*>(&local), sizeof(local));
  BOOST_REQUIRE(status == 0);
  return fd;
}

/// Makes reads from `fd`, or the wait for connections, end after `patience`.
void limit_reads(int fd) {
  auto limit = timeval{};
  limit.tv_sec = patience.count();
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
}

} // namespace

raw_peer::raw_peer(const std::string& where)
  : endpoint_(where), fd_(connect_raw(*troupe::endpoint::parse(where))) {
  limit_reads(fd_);
}

raw_peer::raw_peer()
  : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  auto where = sockaddr_in{};
  auto size = static_cast<socklen_t>(sizeof(where));
  auto address = reinterpret_cast<sockaddr*>(&where);
  where.sin_family = AF_INET;
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  BOOST_REQUIRE(::bind(listener_, address, size) == 0);
  BOOST_REQUIRE(listen(listener_, 1) == 0);
  BOOST_REQUIRE(getsockname(listener_, address, &size) == 0);
  endpoint_ = "tcp://127.0.0.1:" + std::to_string(ntohs(where.sin_port));
  limit_reads(listener_);
}

raw_peer::~raw_peer() {
  for (auto fd : {fd_, listener_})
    if (fd >= 0)
      close(fd);
}

int raw_peer::connection() {
  if (fd_ < 0) {
    fd_ = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    BOOST_REQUIRE_MESSAGE(fd_ >= 0, "nobody connected");
    limit_reads(fd_);
  }
  return fd_;
}

void raw_peer::write(std::string_view bytes) {
  while (!bytes.empty()) {
    auto n = ::send(connection(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0)
      break; // the other side had enough
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

std::string raw_peer::read() {
  std::string result(65536, '\0');
  auto n = recv(connection(), result.data(), result.size(), 0);
  result.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return result;
}

void write_raw(const std::string& where, std::string_view bytes) {
  raw_peer{where}.write(bytes);
}

} // namespace troupe::test
