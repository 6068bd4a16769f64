// SPDX-License-Identifier: BSL-1.0

// Garbage on every listening socket: dropped, and the cluster goes on.

#include "system/support/sandbox.hpp"

#include <zmq.hpp>

#include <arpa/inet.h>
#include <csignal>
#include <cstring>
#include <random>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace troupe::test;

namespace {

constexpr auto megabyte = std::size_t{1} << 20;

class raw_connection {
public:
  explicit raw_connection(const std::string& endpoint) {
    constexpr std::string_view ipc{"ipc://"};
    if (endpoint.starts_with(ipc)) {
      sockaddr_un address{};
      address.sun_family = AF_UNIX;
      endpoint.copy(address.sun_path, sizeof(address.sun_path) - 1, ipc.size());
      open(AF_UNIX, address);
    } else {
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      auto port = std::stoi(endpoint.substr(endpoint.rfind(':') + 1));
      address.sin_port = htons(static_cast<std::uint16_t>(port));
      open(AF_INET, address);
    }
  }

  ~raw_connection() {
    close(fd_);
  }

  /// Sends until the other side has enough.
  void send_all(std::string_view bytes) {
    while (!bytes.empty()) {
      auto n = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0)
        return;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
  }

private:
  template <class Address>
  void open(int family, const Address& address) {
    fd_ = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    timeval limit{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    auto data = reinterpret_cast<const sockaddr*>(&address);
    BOOST_REQUIRE(connect(fd_, data, sizeof(address)) == 0);
  }

  int fd_ = -1;
};

struct fixture : sandbox {
  std::minstd_rand random{42};

  std::string garbage(std::size_t size) {
    std::string result(size, '\0');
    for (auto& c : result)
      c = static_cast<char>(random() >> 8);
    return result;
  }

  /// Endpoints of all sockets of the only cluster.
  std::vector<std::string> endpoints() {
    auto cluster = json({"status"}).at("cluster");
    return {cluster.at("control"), cluster.at("tasks"), cluster.at("direct")};
  }

  /// Sends a megabyte that is no ZMTP at all.
  void send_bytes(const std::string& endpoint) {
    for (auto i = 0; i < 16; ++i)
      raw_connection{endpoint}.send_all(garbage(megabyte / 16));
  }

  /// Greets as a peer of ZeroMQ does, and then sends garbage.
  void send_after_greeting(const std::string& endpoint) {
    std::string greeting{"\xff\0\0\0\0\0\0\0\1\x7f\3\0NULL", 16};
    greeting.resize(64);
    std::string ready{"\4\34\5READY\13Socket-Type\0\0\0\6DEALER", 30};
    raw_connection x{endpoint};
    x.send_all(greeting + ready + garbage(megabyte));
  }

  /// Sends messages of random frames, some of which look like envelopes.
  void send_frames(const std::string& endpoint) {
    zmq::context_t context;
    zmq::socket_t peer{context, zmq::socket_type::dealer};
    peer.set(zmq::sockopt::linger, 1000);
    peer.set(zmq::sockopt::sndtimeo, 1000);
    peer.connect(endpoint);
    for (std::size_t sent = 0; sent < megabyte;) {
      auto more = random() % 4 != 0;
      auto frame = garbage(random() % 4096);
      if (random() % 2 == 0 && frame.size() > 8)
        std::memcpy(frame.data() + 4, "TRP1", 4);
      sent += frame.size();
      peer.send(zmq::buffer(frame),
                more ? zmq::send_flags::sndmore : zmq::send_flags::none);
    }
    peer.send(zmq::str_buffer("end"), zmq::send_flags::none);
  }

  void attack_everything() {
    auto before = controller();
    for (const auto& endpoint : endpoints()) {
      BOOST_TEST_MESSAGE(endpoint);
      send_bytes(endpoint);
      send_after_greeting(endpoint);
      send_frames(endpoint);
    }
    auto result = pipe(sequence(1, 100),
                       {"map", "-c", "default", "--", "echo"});
    BOOST_TEST(result.status == 0);
    BOOST_TEST(result.out == sequence(1, 100));
    BOOST_TEST(controller() == before);
    BOOST_TEST(engines().size() == 2u);
    BOOST_TEST(json({"status"}).at("dropped").get<int>() > 0);
    run({"stop"});
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(hostile_suite, fixture)

BOOST_AUTO_TEST_CASE(survives_garbage_on_ipc) {
  start_cluster({"-n", "2"});
  attack_everything();
}

BOOST_AUTO_TEST_CASE(survives_garbage_on_tcp) {
  start_cluster({"-n", "2", "--listen", "127.0.0.1", "--curve", "off"});
  attack_everything();
}

BOOST_AUTO_TEST_CASE(survives_a_client_that_stops_in_the_middle) {
  start_cluster({"-n", "2", "--load", library()});
  program_options options;
  options.input = sequence(1, 100'000);
  auto map = start({"map", "--task", "nap"}, options);
  BOOST_TEST(wait_until([&] { return !map->out().empty(); }));
  map->signal(SIGSTOP); // it reads no results any more
  auto result = pipe(sequence(1, 100), {"map", "--task", "nap"});
  BOOST_TEST(result.out == sequence(1, 100));
  map->signal(SIGKILL);
  BOOST_TEST(run({"stop"}).status == 0);
}

BOOST_AUTO_TEST_SUITE_END()
