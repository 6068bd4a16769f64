// SPDX-License-Identifier: BSL-1.0
// The measurement behind `calibrate`.

#include "troupe/calibration.hpp"

#include <zmq.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace troupe {

namespace {

using clock = std::chrono::steady_clock;

/// Sizes that are measured, a factor of two apart.
constexpr auto first_size = std::size_t{64};
constexpr auto last_size = std::size_t{1} << 20;

/// Bytes and messages of one run, which takes well under a millisecond for most
/// sizes.
constexpr auto run_bytes = std::size_t{1} << 20;
constexpr auto min_messages = std::size_t{4};
constexpr auto max_messages = std::size_t{256};

/// More rounds than that tell no more.
constexpr auto max_rounds = 12;

struct context_closer {
  void operator()(void* context) const noexcept {
    while (zmq_ctx_term(context) != 0 && errno == EINTR)
      ; // nop
  }
};

struct socket_closer {
  void operator()(void* socket) const noexcept {
    zmq_close(socket);
  }
};

using context_ptr = std::unique_ptr<void, context_closer>;
using socket_ptr = std::unique_ptr<void, socket_closer>;

context_ptr make_context() {
  context_ptr result{zmq_ctx_new()};
  if (result != nullptr) {
    zmq_ctx_set(result.get(), ZMQ_BLOCKY, 0);
    zmq_ctx_set(result.get(), 10 /* ZMQ_ZERO_COPY_RECV, as the bridge */, 0);
  }
  return result;
}

std::string wildcard(endpoint::transport via) {
  static std::atomic<unsigned> count{0};
  auto name = "troupe-calibration-" + std::to_string(getpid()) + '-'
              + std::to_string(++count);
  switch (via) {
    case endpoint::transport::tcp:
      return "tcp://127.0.0.1:*";
    case endpoint::transport::ipc:
      return "ipc://@" + name;
    default:
      return "inproc://" + name;
  }
}

/// A PUSH and a PULL socket, with a context each as in two processes, except
/// over inproc. A thread receives.
class rig {
public:
  rig(endpoint::transport via, std::chrono::milliseconds limit)
    : limit_ms_(static_cast<int>(limit.count())),
      deadline_(clock::now() + limit) {
    contexts_[0] = make_context();
    if (via != endpoint::transport::inproc)
      contexts_[1] = make_context();
    auto theirs = contexts_[1] ? contexts_[1].get() : contexts_[0].get();
    if (contexts_[0] == nullptr || theirs == nullptr)
      return;
    pull_ = open(theirs, ZMQ_PULL);
    push_ = open(contexts_[0].get(), ZMQ_PUSH);
    std::array<char, 256> bound{};
    auto size = bound.size();
    works_ = pull_ != nullptr && push_ != nullptr
             && zmq_bind(pull_.get(), wildcard(via).c_str()) == 0
             && zmq_getsockopt(pull_.get(), ZMQ_LAST_ENDPOINT, bound.data(),
                               &size)
                  == 0
             && zmq_connect(push_.get(), bound.data()) == 0;
    if (works_)
      receiver_ = std::thread{[this] { receive(); }};
  }

  ~rig() {
    if (!receiver_.joinable())
      return;
    // An empty message ends the receiver, and if that is lost, its time-out.
    zmq_send(push_.get(), "", 0, ZMQ_DONTWAIT);
    receiver_.join();
  }

  rig(const rig&) = delete;
  rig& operator=(const rig&) = delete;

  bool works() const noexcept {
    return works_;
  }

  /// Sends messages and waits until they arrived and their memory is free.
  /// @returns seconds per message, or none if that took too long.
  std::optional<double> run(std::size_t size, bool lends) {
    auto count = std::clamp(run_bytes / size, min_messages, max_messages);
    auto start = clock::now();
    for (auto i = std::size_t{0}; i < count; ++i)
      if (!(lends ? lend(size) : copy(size)))
        return std::nullopt;
    pending_ += lends ? 2 * count : count;
    if (!await())
      return std::nullopt;
    auto seconds = std::chrono::duration<double>(clock::now() - start);
    return seconds.count() / static_cast<double>(count);
  }

private:
  socket_ptr open(void* context, int type) const {
    socket_ptr result{zmq_socket(context, type)};
    if (result == nullptr)
      return result;
    auto none = 0;
    zmq_setsockopt(result.get(), ZMQ_LINGER, &none, sizeof(none));
    zmq_setsockopt(result.get(), ZMQ_RCVTIMEO, &limit_ms_, sizeof(limit_ms_));
    zmq_setsockopt(result.get(), ZMQ_SNDTIMEO, &limit_ms_, sizeof(limit_ms_));
    return result;
  }

  static void release(void*, void* self) {
    static_cast<rig*>(self)->finish();
  }

  bool lend(std::size_t size) {
    zmq_msg_t message;
    if (zmq_msg_init_data(&message, payload_.data(), size, release, this) != 0)
      return false;
    if (zmq_msg_send(&message, push_.get(), 0) >= 0)
      return true;
    zmq_msg_close(&message);
    return false;
  }

  bool copy(std::size_t size) {
    return zmq_send(push_.get(), payload_.data(), size, 0) >= 0;
  }

  void receive() {
    zmq_msg_t message;
    zmq_msg_init(&message);
    while (zmq_msg_recv(&message, pull_.get(), 0) > 0) {
      zmq_msg_close(&message);
      zmq_msg_init(&message);
      finish();
    }
    zmq_msg_close(&message);
  }

  /// Counts an arrival, or a release.
  void finish() noexcept {
    finished_.fetch_add(1);
  }

  /// Waits for what is pending: short, so that it looks rather than sleeps.
  bool await() const {
    while (finished_.load() != pending_) {
      if (clock::now() > deadline_)
        return false;
      std::this_thread::yield();
    }
    return true;
  }

  int limit_ms_;
  clock::time_point deadline_;
  bool works_ = false;
  std::vector<char> payload_ = std::vector<char>(last_size, 'x');
  std::atomic<std::size_t> finished_{0};
  std::size_t pending_ = 0;
  std::array<context_ptr, 2> contexts_; // sockets end first
  socket_ptr pull_;
  socket_ptr push_;
  std::thread receiver_;
};

/// Keeps the fastest run: slower ones were disturbed.
void keep(double& best, std::optional<double> seconds) {
  if (seconds)
    best = std::min(best, *seconds);
}

} // namespace

copy_policy calibrate(endpoint::transport via,
                      std::chrono::milliseconds limit) {
  auto start = clock::now();
  rig with{via, limit};
  if (!with.works() || !with.run(1, false)) // the first waits for a connection
    return copy_policy{};
  constexpr auto unknown = std::numeric_limits<double>::infinity();
  std::vector<copy_sample> samples;
  for (auto size = first_size; size <= last_size; size *= 2)
    samples.push_back({size, unknown, unknown});
  // Another round, if it ends in time.
  auto round_start = clock::now();
  auto longest = clock::duration::zero();
  for (auto round = 0; round < max_rounds; ++round) {
    for (auto& x : samples) {
      keep(x.copied, with.run(x.size, false));
      keep(x.lent, with.run(x.size, true));
      if (clock::now() - start > limit)
        break;
    }
    auto now = clock::now();
    longest = std::max(longest, now - std::exchange(round_start, now));
    if (now - start + longest > limit)
      break;
  }
  std::erase_if(samples, [](auto& x) {
    return x.copied == unknown || x.lent == unknown;
  });
  return copy_policy{best_threshold(samples)};
}

} // namespace troupe
