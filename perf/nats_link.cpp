// SPDX-License-Identifier: BSL-1.0

#include "nats_link.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <charconv>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace troupe::perf {

namespace {

constexpr std::string_view line_end = "\r\n";

descriptor connect_to(std::uint16_t port) {
  descriptor result{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int yes = 1;
  if (connect(result.get(), reinterpret_cast<sockaddr*>(&address),
              sizeof(address))
        != 0
      || setsockopt(result.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes))
           != 0)
    throw std::runtime_error("cannot connect to the NATS server");
  return result;
}

/// Cuts the first word off.
std::string_view take_word(std::string_view& line) {
  auto end = line.find(' ');
  auto result = line.substr(0, end);
  line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
  return result;
}

} // namespace

nats_link::nats_link(std::uint16_t port) : socket_(connect_to(port)) {
  out_ = "CONNECT {\"verbose\":false,\"pedantic\":false,\"lang\":\"c++\"}\r\n";
}

void nats_link::subscribe(std::string_view subject, std::string_view group) {
  out_.append("SUB ").append(subject).append(" ");
  if (!group.empty())
    out_.append(group).append(" ");
  out_.append("1").append(line_end);
}

void nats_link::publish(std::string_view subject, std::string_view reply_to,
                        std::string_view payload) {
  out_.append("PUB ").append(subject).append(" ");
  if (!reply_to.empty())
    out_.append(reply_to).append(" ");
  out_.append(std::to_string(payload.size())).append(line_end);
  out_.append(payload).append(line_end);
}

void nats_link::synchronize() {
  out_.append("PING\r\n");
  nats_message unexpected;
  for (auto before = pongs_; pongs_ == before;) {
    exchange();
    if (next(unexpected))
      throw std::runtime_error("NATS delivered a message too early");
  }
}

bool nats_link::next_line(std::string_view& line) {
  auto end = in_.find(line_end, read_);
  if (end == std::string::npos)
    return false;
  line = std::string_view{in_}.substr(read_, end - read_);
  return true;
}

bool nats_link::next(nats_message& x) {
  for (std::string_view line; next_line(line);) {
    auto behind = read_ + line.size() + line_end.size();
    auto verb = take_word(line);
    if (verb != "MSG") {
      if (verb == "PING")
        out_.append("PONG\r\n");
      else if (verb == "PONG")
        ++pongs_;
      else if (verb == "-ERR")
        throw std::runtime_error("NATS refuses: " + std::string{line});
      read_ = behind;
      continue;
    }
    // MSG subject sid [reply-to] size
    take_word(line);
    take_word(line);
    x.reply_to = line.find(' ') != std::string_view::npos ? take_word(line)
                                                          : std::string_view{};
    std::size_t size = 0;
    std::from_chars(line.data(), line.data() + line.size(), size);
    if (in_.size() < behind + size + line_end.size())
      return false;
    x.payload = std::string_view{in_}.substr(behind, size);
    read_ = behind + size + line_end.size();
    return true;
  }
  return false;
}

void nats_link::exchange(int patience_ms) {
  pollfd wanted{socket_.get(), POLLIN, 0};
  if (unsent() > 0)
    wanted.events |= POLLOUT;
  auto ready = poll(&wanted, 1, patience_ms);
  if (ready < 0 && errno == EINTR)
    return;
  if (ready == 0)
    throw std::runtime_error("NATS lost an answer");
  if ((wanted.revents & POLLOUT) != 0)
    write_some();
  if ((wanted.revents & (POLLIN | POLLHUP | POLLERR)) != 0)
    read_some();
}

void nats_link::write_some() {
  auto n = send(socket_.get(), out_.data() + sent_, unsent(),
                MSG_DONTWAIT | MSG_NOSIGNAL);
  if (n < 0 && errno != EAGAIN && errno != EINTR)
    throw std::runtime_error("the NATS server is gone");
  if (n > 0)
    sent_ += static_cast<std::size_t>(n);
  if (unsent() == 0) {
    out_.clear();
    sent_ = 0;
  }
}

void nats_link::read_some() {
  in_.erase(0, read_); // short: the rest of one message
  read_ = 0;
  auto before = in_.size();
  in_.resize(before + (64u << 10));
  auto n = recv(socket_.get(), in_.data() + before, in_.size() - before,
                MSG_DONTWAIT);
  auto error = errno;
  in_.resize(before + static_cast<std::size_t>(n > 0 ? n : 0));
  if (n == 0 || (n < 0 && error != EAGAIN && error != EINTR))
    throw std::runtime_error("the NATS server is gone");
}

} // namespace troupe::perf
