// SPDX-License-Identifier: BSL-1.0
#include "plain_caller.hpp"

#include <boost/test/unit_test.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

plain_caller::plain_caller(const std::string& endpoint)
  : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  timeval patience{10, 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto port = std::stoi(endpoint.substr(endpoint.rfind(':') + 1));
  where.sin_port = htons(static_cast<std::uint16_t>(port));
  BOOST_REQUIRE(connect(fd_, reinterpret_cast<sockaddr*>(&where), sizeof(where))
                == 0);
}

plain_caller::~plain_caller() {
  close(fd_);
}

void plain_caller::write(std::string_view bytes) {
  auto written = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  BOOST_REQUIRE(written == static_cast<ssize_t>(bytes.size()));
}

std::string plain_caller::read_line() {
  std::string result;
  for (auto c = '\0'; recv(fd_, &c, 1, 0) == 1 && c != '\n';)
    result += c;
  return result;
}

bool plain_caller::hung_up() {
  auto c = '\0';
  auto n = recv(fd_, &c, 1, 0);
  return n == 0 || (n < 0 && errno == ECONNRESET);
}
