// SPDX-License-Identifier: BSL-1.0
#include "troupe/socket/tcp_probe.hpp"

#include "troupe/error.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace troupe {

namespace {

/// Reads a socket option. @returns whether all of it is there.
template <class T>
bool get(int fd, int level, int option, T& value) {
  socklen_t size = sizeof(value);
  return getsockopt(fd, level, option, &value, &size) == 0
         && size >= sizeof(value);
}

bool means(int fd, std::uint64_t cookie) {
  std::uint64_t found = 0;
  return get(fd, SOL_SOCKET, SO_COOKIE, found) && found == cookie;
}

std::string peer_of(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (getpeername(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    return {};
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.ss_family == AF_INET) {
    auto& x = reinterpret_cast<const sockaddr_in&>(address);
    inet_ntop(AF_INET, &x.sin_addr, text.data(), text.size());
    return text.data() + (':' + std::to_string(ntohs(x.sin_port)));
  }
  auto& x = reinterpret_cast<const sockaddr_in6&>(address);
  inet_ntop(AF_INET6, &x.sin6_addr, text.data(), text.size());
  return '[' + std::string{text.data()}
         + "]:" + std::to_string(ntohs(x.sin6_port));
}

} // namespace

void cut_connection(int fd) noexcept {
  auto nowhere = sockaddr{};
  nowhere.sa_family = AF_UNSPEC;
  connect(fd, &nowhere, sizeof(nowhere));
}

caf::expected<std::unique_ptr<tcp_probe>> tcp_probe::make() {
  auto epoll = epoll_create1(EPOLL_CLOEXEC);
  auto spare = epoll < 0 ? -1 : fcntl(epoll, F_DUPFD_CLOEXEC, 0);
  if (spare < 0) {
    auto why = std::string{std::strerror(errno)};
    if (epoll >= 0)
      close(epoll);
    return make_error(ec::limit_reached, "cannot watch connections: " + why);
  }
  return std::unique_ptr<tcp_probe>{new tcp_probe{epoll, spare}};
}

tcp_probe::~tcp_probe() {
  close(epoll_);
  close(spare_);
}

bool tcp_probe::began(int fd) {
  auto protocol = 0;
  cookie_type cookie = 0;
  if (!get(fd, SOL_SOCKET, SO_PROTOCOL, protocol) || protocol != IPPROTO_TCP
      || !get(fd, SOL_SOCKET, SO_COOKIE, cookie))
    return false;
  connections_.insert_or_assign(fd, cookie);
  // It leaves the set by itself when ZeroMQ closes it.
  auto event = epoll_event{EPOLLONESHOT, {}};
  epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  return true;
}

void tcp_probe::ended(int fd) {
  connections_.erase(fd);
}

std::optional<tcp_probe::traffic> tcp_probe::look(int fd, cookie_type cookie) {
  auto info = tcp_info{};
  socklen_t size = sizeof(info);
  auto unread = 0;
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0
      || ioctl(fd, SIOCINQ, &unread) != 0 || !means(fd, cookie))
    return std::nullopt;
  auto received = std::uint64_t{info.tcpi_bytes_received};
  return traffic{received - std::min<std::uint64_t>(received, unread),
                 info.tcpi_bytes_acked};
}

std::string tcp_probe::cut(int fd) {
  auto i = connections_.find(fd);
  if (i == connections_.end())
    return {};
  // In the place of a file that is there already: offenders may have brought
  // this process to its limit. Fails only if `fd` is closed.
  if (dup3(fd, spare_, O_CLOEXEC) < 0)
    return {};
  std::string result;
  if (means(spare_, i->second)) {
    result = peer_of(spare_);
    cut_connection(spare_);
  }
  dup3(epoll_, spare_, O_CLOEXEC);
  return result;
}

void tcp_probe::arm() noexcept {
  for (auto& [fd, cookie] : connections_) {
    auto event = epoll_event{EPOLLIN | EPOLLONESHOT, {}};
    epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event);
  }
}

void tcp_probe::disarm() noexcept {
  std::array<epoll_event, 64> events;
  while (epoll_wait(epoll_, events.data(), events.size(), 0)
         == static_cast<int>(events.size()))
    ; // nop
}

} // namespace troupe
