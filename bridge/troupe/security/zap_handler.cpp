// SPDX-License-Identifier: BSL-1.0
#include "troupe/security/zap_handler.hpp"

#include "troupe/error.hpp"

#include <zmq.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <deque>
#include <pthread.h>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>

namespace troupe {

namespace {

constexpr auto where = "inproc://zeromq.zap.01";

/// Frames of a question that are looked at. ZeroMQ sends at most eight.
constexpr auto max_frames = std::size_t{16};

/// Parts of one message. Their bytes stay where they are.
struct received_parts {
  received_parts() = default;

  received_parts(const received_parts&) = delete;

  received_parts& operator=(const received_parts&) = delete;

  ~received_parts() {
    for (auto& part : parts)
      zmq_msg_close(&part);
  }

  /// Receives one message. @returns `false` if there is none.
  bool receive(void* socket) {
    auto more = true;
    while (more) {
      auto& part = parts.emplace_back();
      zmq_msg_init(&part);
      if (zmq_msg_recv(&part, socket, ZMQ_DONTWAIT) < 0)
        return false;
      more = zmq_msg_more(&part) != 0;
      if (parts.size() > max_frames) {
        zmq_msg_close(&part);
        parts.pop_back();
      }
    }
    return true;
  }

  std::vector<std::string_view> views() {
    std::vector<std::string_view> result;
    for (auto& part : parts)
      result.emplace_back(static_cast<const char*>(zmq_msg_data(&part)),
                          zmq_msg_size(&part));
    return result;
  }

  std::deque<zmq_msg_t> parts;
};

void send(void* socket, std::string_view text, bool more = true) {
  zmq_send(socket, text.data(), text.size(),
           ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0));
}

/// Signals are for the threads of the application.
void prepare_thread() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  pthread_setname_np(pthread_self(), "troupe.zap");
}

caf::error cannot_start() {
  return errno == EADDRINUSE
           ? make_error(ec::address_in_use,
                        "somebody else answers on inproc://zeromq.zap.01 of "
                        "this context: let the bridge have a context of its "
                        "own")
           : make_error(ec::system_failure,
                        std::string{"cannot check the keys of peers: "}
                          + zmq_strerror(errno));
}

/// Opens the socket that ZeroMQ asks. @returns null on failure.
void* open_socket_for_questions(void* context) {
  auto result = zmq_socket(context, ZMQ_REP);
  if (result == nullptr)
    return nullptr;
  auto linger = 0;
  if (zmq_setsockopt(result, ZMQ_LINGER, &linger, sizeof(linger)) == 0
      && zmq_bind(result, where) == 0)
    return result;
  auto number = errno;
  zmq_close(result);
  errno = number;
  return nullptr;
}

} // namespace

caf::expected<std::unique_ptr<zap_handler>> zap_handler::start(void* context) {
  auto socket = open_socket_for_questions(context);
  if (socket == nullptr)
    return cannot_start();
  std::unique_ptr<zap_handler> result{
    new zap_handler{socket, eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)}};
  try {
    if (result->stop_fd_ >= 0)
      result->thread_ = std::thread{[self = result.get()] { self->run(); }};
  } catch (const std::system_error&) {
    // nop
  }
  if (!result->thread_.joinable()) {
    zmq_close(socket);
    return make_error(ec::system_failure,
                      "cannot check the keys of peers: the operating system "
                      "gives no more threads or descriptors");
  }
  return result;
}

zap_handler::~zap_handler() {
  stop();
  if (stop_fd_ >= 0)
    close(stop_fd_);
}

void zap_handler::add(const std::shared_ptr<zap_domain>& domain) {
  std::lock_guard guard{mtx_};
  std::erase_if(domains_, [](auto& x) { return x.second.expired(); });
  domains_.insert_or_assign(domain->name(), domain);
}

void zap_handler::stop() noexcept {
  std::lock_guard guard{stop_mtx_};
  if (!thread_.joinable())
    return;
  auto one = std::uint64_t{1};
  [[maybe_unused]] auto written = write(stop_fd_, &one, sizeof(one));
  thread_.join();
}

// -- on the thread ------------------------------------------------------------

void zap_handler::run() noexcept {
  prepare_thread();
  std::array<zmq_pollitem_t, 2> items{
    {{socket_, 0, ZMQ_POLLIN, 0}, {nullptr, stop_fd_, ZMQ_POLLIN, 0}}};
  while (items[1].revents == 0) {
    auto n = zmq_poll(items.data(), static_cast<int>(items.size()), -1);
    if (n < 0 && errno != EINTR)
      break; // the context ends
    if (n > 0 && items[0].revents != 0)
      serve();
  }
  zmq_close(socket_);
}

void zap_handler::serve() {
  received_parts question;
  if (!question.receive(socket_))
    return;
  zap_request request;
  zap_answer reply;
  try {
    reply = answer(question.views(), request);
  } catch (...) {
    // Out of memory. Without an answer, nobody else would get one either.
  }
  send(socket_, "1.0");
  send(socket_, request.id);
  send(socket_, std::to_string(reply.status));
  send(socket_, reply.text);
  send(socket_, reply.user_id);
  send(socket_, "", false);
}

zap_answer zap_handler::answer(const std::vector<std::string_view>& frames,
                               zap_request& request) {
  if (auto what = read_zap_request(frames, request))
    return {500, what, {}};
  if (auto domain = find(request.domain))
    return domain->judge(request);
  return {400, "the socket is closed", {}};
}

std::shared_ptr<zap_domain> zap_handler::find(std::string_view name) {
  std::lock_guard guard{mtx_};
  auto i = domains_.find(name);
  return i == domains_.end() ? nullptr : i->second.lock();
}

} // namespace troupe
