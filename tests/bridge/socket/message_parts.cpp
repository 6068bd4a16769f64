// SPDX-License-Identifier: BSL-1.0

#include "bridge/loopback.hpp"
#include <troupe/socket/message_parts.hpp>

#include <boost/test/unit_test.hpp>
#include <zmq.h>

#include <memory>
#include <string>
#include <vector>

using namespace troupe;
using namespace troupe::test;

namespace {

using strings = std::vector<std::string>;
using result = message_parts::result;

struct closing {
  void operator()(void* socket) const {
    zmq_close(socket);
  }
};

using end = std::unique_ptr<void, closing>;

struct context {
  context() : handle(zmq_ctx_new()) {
    // nop
  }

  ~context() {
    zmq_ctx_term(handle);
  }

  end open(int type) const {
    auto socket = zmq_socket(handle, type);
    BOOST_REQUIRE(socket != nullptr);
    auto none = 0;
    zmq_setsockopt(socket, ZMQ_LINGER, &none, sizeof(none));
    return end{socket};
  }

  end bound(int type, const char* where) const {
    auto result = open(type);
    BOOST_REQUIRE(zmq_bind(result.get(), where) == 0);
    return result;
  }

  end connected(int type, const char* where) const {
    auto result = open(type);
    BOOST_REQUIRE(zmq_connect(result.get(), where) == 0);
    return result;
  }

  void* handle;
};

struct fixture {
  /// Sends a message of as many frames, which count when they are released.
  void put(std::size_t frames, std::size_t bytes) {
    static char memory[1000];
    BOOST_REQUIRE(bytes <= sizeof(memory));
    auto count_one = [](void*, void* count) { ++*static_cast<int*>(count); };
    for (; frames > 0; --frames) {
      zmq_msg_t part;
      zmq_msg_init_data(&part, memory, bytes, count_one, &released);
      auto more = frames > 1 ? ZMQ_SNDMORE : 0;
      BOOST_REQUIRE(zmq_msg_send(&part, in.get(), more) >= 0);
    }
  }

  /// Sends texts as one message.
  void put(const strings& texts) {
    for (auto& x : texts) {
      auto more = &x == &texts.back() ? 0 : ZMQ_SNDMORE;
      BOOST_REQUIRE(zmq_send(in.get(), x.data(), x.size(), more) >= 0);
    }
  }

  /// Frames that nobody keeps any more.
  int released = 0;

  context zmq;
  end in = zmq.bound(ZMQ_PAIR, "inproc://in");
  end source = zmq.connected(ZMQ_PAIR, "inproc://in");
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(message_parts_suite, fixture)

BOOST_AUTO_TEST_CASE(keep_a_message_within_the_bounds) {
  message_parts uut{3, 1000};
  BOOST_TEST(!uut.receive(source.get()));
  put(3, 333);
  BOOST_REQUIRE(uut.receive(source.get()));
  BOOST_TEST(uut.fits());
  BOOST_TEST(uut.size() == 3u);
  BOOST_TEST(uut.bytes() == 999u);
  BOOST_TEST(released == 0);
  uut.clear();
  BOOST_TEST(released == 3);
  BOOST_TEST(uut.size() == 0u);
}

BOOST_AUTO_TEST_CASE(let_go_at_once_what_breaks_a_bound) {
  message_parts uut{3, 1000};
  put(3, 600);
  BOOST_REQUIRE(uut.receive(source.get()));
  BOOST_TEST(!uut.fits());
  BOOST_TEST(uut.size() == 3u);
  BOOST_TEST(uut.bytes() == 1800u);
  BOOST_TEST(released == 3);
  put(10, 1);
  BOOST_REQUIRE(uut.receive(source.get()));
  BOOST_TEST(!uut.fits());
  BOOST_TEST(uut.size() == 10u);
  BOOST_TEST(released == 13);
}

BOOST_AUTO_TEST_CASE(let_go_what_nobody_sent_before_the_next) {
  message_parts uut{3, 1000};
  put(3, 100);
  BOOST_REQUIRE(uut.receive(source.get()));
  put(1, 100);
  BOOST_REQUIRE(uut.receive(source.get()));
  BOOST_TEST(released == 3);
  BOOST_TEST(!uut.receive(source.get()));
  BOOST_TEST(released == 4);
}

BOOST_AUTO_TEST_CASE(wait_for_room) {
  message_parts uut{3, 1000};
  put({"one", "two"});
  BOOST_REQUIRE(uut.receive(source.get()));
  auto out = zmq.bound(ZMQ_DEALER, "inproc://out");
  BOOST_TEST((uut.send(out.get()) == result::full));
  BOOST_TEST(uut.size() == 2u);
  plain_peer peer{ZMQ_DEALER, zmq.handle};
  peer.connect("inproc://out");
  BOOST_TEST(wait_until([&] { return uut.send(out.get()) == result::sent; }));
  BOOST_TEST(peer.receive() == (strings{"one", "two"}));
}

BOOST_AUTO_TEST_CASE(take_nothing_along_if_the_peer_goes_in_mid_message) {
  constexpr auto frames = std::size_t{100'000};
  auto out = zmq.bound(ZMQ_DEALER, "inproc://out");
  // ZeroMQ looks for peers that went once in about a millisecond of sending,
  // and not always between two of these frames.
  message_parts many{frames, frames};
  BOOST_REQUIRE(wait_until([&] {
    put(frames, 1);
    many.receive(source.get());
    auto peer = zmq.connected(ZMQ_DEALER, "inproc://out");
    zmq_send(out.get(), "probe", 5, 0); // now they know each other
    peer.reset();
    return many.send(out.get()) == result::lost;
  }));
  plain_peer peer{ZMQ_DEALER, zmq.handle};
  peer.connect("inproc://out");
  message_parts uut{2, 100};
  for (auto text : {"first", "second"}) {
    put({text, "payload"});
    BOOST_REQUIRE(uut.receive(source.get()));
    BOOST_TEST(wait_until([&] { return uut.send(out.get()) == result::sent; }));
  }
  BOOST_TEST(peer.receive() == (strings{"first", "payload"}));
}

BOOST_AUTO_TEST_SUITE_END()
