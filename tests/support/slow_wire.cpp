// SPDX-License-Identifier: BSL-1.0

#include "support/slow_wire.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace troupe::test {

namespace {

using namespace std::chrono_literals;

/// What one connection sends before it is the next one's turn.
constexpr auto quantum = std::size_t{4096};

sockaddr_in local(std::uint16_t port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  result.sin_port = htons(port);
  return result;
}

const sockaddr* as_address(const sockaddr_in& x) {
  return reinterpret_cast<const sockaddr*>(&x);
}

} // namespace

/// One direction of one connection.
class slow_wire::direction {
public:
  direction(int from, int to, bool forward)
    : forward(forward), from_(from), to_(to) {
    // nop
  }

  /// Moves at most one quantum. @returns the bytes that were read.
  std::size_t step() {
    if (ended_ || !write_rest())
      return 0;
    auto n = recv(from_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (n == 0) {
      ended_ = true;
      shutdown(to_, SHUT_WR);
    }
    if (n <= 0)
      return 0;
    begin_ = 0;
    end_ = static_cast<std::size_t>(n);
    write_rest();
    return end_;
  }

  bool forward;

private:
  bool write_rest() {
    while (begin_ < end_) {
      auto n = send(to_, buffer_.data() + begin_, end_ - begin_,
                    MSG_DONTWAIT | MSG_NOSIGNAL);
      if (n <= 0)
        return false;
      begin_ += static_cast<std::size_t>(n);
    }
    return true;
  }

  int from_;
  int to_;
  std::array<char, quantum> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool ended_ = false;
};

slow_wire::slow_wire(const std::string& target, std::size_t bytes_per_second)
  : target_(static_cast<std::uint16_t>(
    std::stoi(target.substr(target.rfind(':') + 1)))),
    rate_(bytes_per_second),
    listener_(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
  auto address = local(0);
  auto size = static_cast<socklen_t>(sizeof(address));
  // A short queue: what lies in it is not on the wire any more.
  auto bytes = 64 << 10;
  setsockopt(listener_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
  if (::bind(listener_, as_address(address), size) != 0
      || listen(listener_, 16) != 0
      || getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size)
           != 0)
    throw std::runtime_error("a slow wire cannot listen");
  endpoint_ = "tcp://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  thread_ = std::thread{[this] { run(); }};
}

slow_wire::~slow_wire() {
  stopping_ = true;
  thread_.join();
  for (auto fd : sockets_)
    close(fd);
  close(listener_);
}

void slow_wire::accept_one() {
  auto here = accept4(listener_, nullptr, nullptr, 0);
  if (here < 0)
    return;
  auto there = socket(AF_INET, SOCK_STREAM, 0);
  auto address = local(target_);
  sockets_.push_back(here);
  sockets_.push_back(there);
  if (connect(there, as_address(address), sizeof(address)) != 0) {
    shutdown(here, SHUT_RDWR);
    return;
  }
  directions_.emplace_back(here, there, true);
  directions_.emplace_back(there, here, false);
}

void slow_wire::run() {
  constexpr auto tick = 2ms;
  auto share = std::max(rate_ * tick.count() / 1000, quantum);
  auto pause = std::chrono::microseconds{share * 1'000'000 / rate_};
  auto next = std::chrono::steady_clock::now();
  while (!stopping_) {
    accept_one();
    for (auto forward : {true, false}) {
      auto left = static_cast<std::ptrdiff_t>(share);
      auto moved = true;
      while (left > 0 && moved) {
        moved = false;
        for (auto& x : directions_)
          if (x.forward == forward)
            if (auto n = x.step(); n > 0) {
              left -= static_cast<std::ptrdiff_t>(n);
              moved = true;
            }
      }
    }
    // Time that was lost to other programs is made up for, but not more.
    next = std::max(next + pause, std::chrono::steady_clock::now() - 50ms);
    std::this_thread::sleep_until(next);
  }
}

} // namespace troupe::test
