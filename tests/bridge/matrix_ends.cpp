// SPDX-License-Identifier: BSL-1.0

#include "bridge/matrix_ends.hpp"

#include <troupe/socket/zmq_options.hpp>

#include <caf/send.hpp>

#include <zmq.h>

#include <algorithm>
#include <deque>
#include <utility>

namespace troupe::test {

// -- what all ends share ------------------------------------------------------

matrix_end::matrix_end(socket_type type, bool delimited)
  : type_(type), delimited_(delimited) {
  if (delimited_ && type_ == socket_type::dealer)
    envelope_.emplace_back();
}

matrix_end::~matrix_end() {
  // nop
}

void matrix_end::send(strings frames) {
  frames.insert(frames.begin(), envelope_.begin(), envelope_.end());
  put(peer_, std::move(frames));
}

matrix_end::strings matrix_end::receive() {
  auto [peer, frames] = take();
  peer_ = std::move(peer);
  if (!delimited_)
    return frames;
  auto end = std::find(frames.begin(), frames.end(), std::string{});
  BOOST_REQUIRE_MESSAGE(end != frames.end(), "the message has no empty frame");
  envelope_.assign(frames.begin(), ++end);
  return {end, frames.end()};
}

std::string matrix_end::receive_bytes(std::size_t size) {
  std::string result;
  while (result.size() < size) {
    auto bytes = take().frames.front();
    BOOST_REQUIRE_MESSAGE(!bytes.empty(), "the stream ended");
    result += bytes;
  }
  return result;
}

void matrix_end::meet() {
  // nop
}

namespace {

bool subscribes(socket_type type) {
  return type == socket_type::sub || type == socket_type::xsub;
}

// -- our end ------------------------------------------------------------------

class actor_end : public matrix_end {
public:
  actor_end(bridge_fixture& fixture, const matrix_role& role)
    : matrix_end(role.type, role.delimited), owner_(fixture.sys) {
    socket_spec spec;
    spec.type = role.type;
    (role.binds ? spec.bind : spec.connect) = {role.where};
    if (subscribes(role.type))
      spec.subscriptions = {""};
    spec.options.probe_router = role.probes;
    socket_ = fixture.open(std::move(spec));
    owner_.attach(socket_.handle);
  }

  ~actor_end() override {
    caf::anon_send(socket_.handle, atom::close_v);
  }

  const std::string& endpoint() const override {
    return socket_.endpoints.front();
  }

  void meet() override {
    auto event = owner_.take_event();
    BOOST_TEST((event.what == socket_event::kind::connected));
    peer_ = event.peer.bytes();
  }

  bool has_mail() override {
    return owner_.has_mail();
  }

protected:
  void put(const std::string& peer, strings frames) override {
    owner_.send(socket_.handle, message(routing_id{peer}, std::move(frames)));
  }

  incoming take() override {
    auto got = owner_.take();
    return {std::string{got.peer.bytes()}, texts(got)};
  }

private:
  open_socket socket_;
  owner owner_;
};

// -- their ends ---------------------------------------------------------------

class plain_end : public matrix_end {
public:
  plain_end(const matrix_role& role, plain_peer* socket)
    : matrix_end(role.type, role.delimited), socket_(socket) {
    if (role.type == socket_type::sub)
      socket_->set(ZMQ_SUBSCRIBE, "");
    if (role.probes)
      socket_->set(ZMQ_PROBE_ROUTER, 1);
    if (role.binds)
      endpoint_ = socket_->bind(role.where);
    else
      socket_->connect(role.where);
    if (role.type == socket_type::xsub)
      BOOST_REQUIRE(socket_->send({"\1"}));
  }

  const std::string& endpoint() const override {
    return endpoint_;
  }

  void meet() override {
    auto got = take();
    BOOST_TEST(got.frames.front().empty());
    peer_ = got.peer;
  }

  bool has_mail() override {
    if (auto got = socket_->try_receive())
      mail_.push_back(std::move(*got));
    return !mail_.empty();
  }

protected:
  void put(const std::string& peer, strings frames) override {
    if (addressed())
      frames.insert(frames.begin(), peer);
    BOOST_REQUIRE(socket_->send(frames));
  }

  incoming take() override {
    auto frames = next();
    while (type_ == socket_type::xpub && frames.front().starts_with('\1'))
      frames = next(); // a subscription
    if (!addressed())
      return {{}, std::move(frames)};
    auto peer = std::move(frames.front());
    frames.erase(frames.begin());
    return {std::move(peer), std::move(frames)};
  }

private:
  bool addressed() const {
    return type_ == socket_type::router || type_ == socket_type::stream;
  }

  strings next() {
    if (mail_.empty())
      return socket_->receive();
    auto result = std::move(mail_.front());
    mail_.pop_front();
    return result;
  }

  std::unique_ptr<plain_peer> socket_;
  std::string endpoint_;
  std::deque<strings> mail_;
};

class raw_end : public matrix_end {
public:
  explicit raw_end(const matrix_role& role)
    : matrix_end(role.type, false),
      socket_(role.binds ? std::make_unique<raw_peer>()
                         : std::make_unique<raw_peer>(role.where)) {
    // nop
  }

  const std::string& endpoint() const override {
    return socket_->endpoint();
  }

  bool has_mail() override {
    return false; // nobody asks
  }

protected:
  void put(const std::string&, strings frames) override {
    for (auto& frame : frames)
      socket_->write(frame);
  }

  incoming take() override {
    return {{}, {socket_->read()}};
  }

private:
  std::unique_ptr<raw_peer> socket_;
};

} // namespace

// -- makers -------------------------------------------------------------------

std::unique_ptr<matrix_end> make_actor_end(bridge_fixture& fixture,
                                           const matrix_role& role) {
  return std::make_unique<actor_end>(fixture, role);
}

std::unique_ptr<matrix_end> make_plain_end(const matrix_role& role,
                                           void* context) {
  auto type = type_number(role.type);
  return std::make_unique<plain_end>(role, context == nullptr
                                             ? new plain_peer(type)
                                             : new plain_peer(type, context));
}

std::unique_ptr<matrix_end> make_raw_end(const matrix_role& role) {
  return std::make_unique<raw_end>(role);
}

} // namespace troupe::test
