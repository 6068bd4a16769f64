// SPDX-License-Identifier: BSL-1.0

#include "bridge/link_samples.hpp"
#include "bridge/loopback.hpp"
#include <troupe/link/link_writer.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

struct fixture {
  fixture() {
    cfg.epoch = 7;
  }

  link_writer make() {
    return link_writer{pool, cfg};
  }

  /// Writes all messages, reads what comes out, and compares.
  void check_round_trip(const std::vector<multipart>& messages) {
    auto writer = make();
    for (auto message : messages)
      writer.add(message, out);
    writer.flush(out);
    link_end end;
    auto completed = std::size_t{0};
    for (auto& x : out) {
      BOOST_REQUIRE(!end.read(received(x.frames)));
      completed += x.messages;
      BOOST_REQUIRE(end.messages.size() == completed);
    }
    BOOST_REQUIRE((contents(end.messages) == contents(messages)));
    BOOST_TEST(end.assembler.complete() == 0u);
    BOOST_TEST(end.budget.used == 0u);
  }

  std::mt19937 random{4711};
  arena_pool pool;
  link_writer::config cfg;
  link_writer::output out;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(link_writer_suite, fixture)

BOOST_AUTO_TEST_CASE(puts_small_messages_into_one_wire_message) {
  std::vector<multipart> messages;
  for (auto i = 0; i < 100; ++i)
    messages.push_back(message({std::to_string(i), "", std::string(30, 'x')}));
  check_round_trip(messages);
  BOOST_TEST(out.size() == 1u);
  BOOST_TEST(out[0].frames.frames.size() == 1u);
  BOOST_TEST(out[0].messages == 100u);
  BOOST_TEST(out[0].frames_copied == 300u);
  BOOST_TEST(out[0].bytes_copied == 3190u);
}

BOOST_AUTO_TEST_CASE(costs_little_for_one_small_message) {
  cfg.epoch = 0;
  check_round_trip({message({std::string(32, 'x')})});
  BOOST_TEST(out[0].frames.size_bytes() == 32u + 48u + 8u);
}

BOOST_AUTO_TEST_CASE(lets_full_blocks_go_at_once) {
  auto writer = make();
  auto sent = std::size_t{0};
  while (out.size() < 3) {
    auto x = message({std::string(1000, 'x')});
    writer.add(x, out);
    ++sent;
  }
  BOOST_TEST(sent == 3 * out[0].messages + 1);
  for (auto& x : out) {
    BOOST_TEST(x.frames.size_bytes() <= arena_pool::block_size);
    BOOST_TEST(x.frames.size_bytes() + 1100 > arena_pool::block_size);
  }
  BOOST_TEST(writer.pending());
  writer.flush(out);
  BOOST_TEST(!writer.pending());
  BOOST_TEST(out.size() == 4u);
  writer.flush(out);
  BOOST_TEST(out.size() == 4u);
}

BOOST_AUTO_TEST_CASE(lends_large_frames) {
  auto writer = make();
  auto large = buffer::copy_of(std::string(1025, 'x'));
  multipart x;
  x.frames.push_back(buffer::copy_of(std::string(1024, 'y')));
  x.frames.push_back(large);
  writer.add(x, out);
  writer.flush(out);
  BOOST_REQUIRE(out.size() == 1u);
  BOOST_REQUIRE(out[0].frames.frames.size() == 2u);
  BOOST_TEST(out[0].frames.frames[1].data() == large.data());
  BOOST_TEST(out[0].frames_copied == 1u);
}

BOOST_AUTO_TEST_CASE(does_not_wait_with_large_messages) {
  auto writer = make();
  auto x = message({std::string(100'000, 'x')});
  writer.add(x, out);
  BOOST_TEST(out.size() == 1u);
  BOOST_TEST(!writer.pending());
}

BOOST_AUTO_TEST_CASE(sends_messages_of_more_frames_than_fit) {
  std::vector<std::string> many(4096);
  for (auto i = 0u; i < many.size(); ++i)
    many[i].assign(i % 20, 'x');
  check_round_trip({message({"before"}), message(many), message({"behind"})});
}

BOOST_AUTO_TEST_CASE(keeps_every_frame_aligned) {
  auto writer = make();
  for (auto i = 0u; i < 50; ++i) {
    auto x = message({std::string(i, 'x'), "y"});
    writer.add(x, out);
  }
  writer.flush(out);
  link_end end;
  for (auto& x : out)
    BOOST_REQUIRE(!end.read(received(x.frames)));
  for (auto& x : end.messages)
    for (auto& frame : x.frames)
      BOOST_TEST(reinterpret_cast<std::uintptr_t>(frame.data()) % 8 == 0u);
}

BOOST_AUTO_TEST_CASE(sends_frames_beyond_the_chunk_size_in_slices) {
  cfg.chunk_size = 1000;
  auto writer = make();
  auto large = buffer::copy_of(std::string(2500, 'x'));
  multipart x;
  x.frames = {buffer::copy_of("head"), large};
  writer.add(x, out);
  BOOST_TEST(!writer.pending());
  BOOST_REQUIRE(out.size() == 4u);
  for (auto i = 0u; i < 3; ++i) {
    BOOST_TEST(out[i].messages == 0u);
    BOOST_TEST(out[i].frames.frames[1].data() == large.data() + 1000 * i);
  }
  BOOST_TEST(out[3].messages == 1u);
  BOOST_TEST(texts(out[3].original).back() == large.text());
}

BOOST_AUTO_TEST_CASE(carries_grants_with_and_without_messages) {
  auto writer = make();
  auto grant = credit_grant{3, 1000, 2000};
  writer.grant(grant);
  BOOST_TEST(writer.pending());
  writer.flush(out);
  auto x = message({"x"});
  writer.add(x, out);
  writer.grant(grant);
  writer.flush(out);
  writer.add(x, out);
  writer.flush(out);
  BOOST_REQUIRE(out.size() == 3u);
  link_end end;
  for (auto i : {0u, 1u, 2u}) {
    BOOST_REQUIRE(!end.read(received(out[i].frames)));
    BOOST_TEST(end.fields.epoch == 7u);
    BOOST_TEST((end.fields.credit == (i < 2 ? grant : credit_grant{})));
    BOOST_TEST(end.messages.size() == i);
  }
}

BOOST_AUTO_TEST_CASE(names_its_peer) {
  cfg.peer = routing_id{"peer"};
  cfg.chunk_size = 10;
  auto writer = make();
  writer.nudge();
  writer.flush(out);
  auto x = message({std::string(15, 'x')});
  writer.add(x, out);
  BOOST_TEST(out.size() == 4u);
  for (auto& wire : out)
    BOOST_TEST((wire.frames.peer == cfg.peer));
}

BOOST_AUTO_TEST_CASE(numbers_large_frames_per_epoch) {
  cfg.chunk_size = 10;
  auto writer = make();
  link_end end;
  for (auto epoch : {7u, 8u}) {
    for (auto id : {1u, 2u}) {
      auto x = message({std::string(15, 'x')});
      writer.add(x, out);
      BOOST_REQUIRE(!end.read(received(out[0].frames)));
      BOOST_TEST(end.fields.epoch == epoch);
      BOOST_TEST((end.fields.chunk == chunk_place{id, 0, 15}));
      out.clear();
      end.assembler.reset();
    }
    writer.restart(epoch + 1);
  }
}

BOOST_AUTO_TEST_CASE(leaks_nothing_of_earlier_messages) {
  auto secret = std::string(arena_pool::block_size / 5, '!');
  for (auto i = 0; i < 3; ++i) {
    auto writer = make();
    auto x = message({secret, secret, secret, secret});
    writer.add(x, out);
    writer.flush(out);
    out.clear();
    for (auto size : {1, 2, 9, 0, 5}) {
      x = message({std::string(static_cast<std::size_t>(size), 'x')});
      writer.add(x, out);
    }
    writer.flush(out);
    BOOST_REQUIRE(out.size() == 1u);
    auto bytes = out[0].frames.frames[0].text();
    BOOST_TEST((bytes.find('!') == std::string_view::npos));
    out.clear();
  }
}

BOOST_AUTO_TEST_CASE(brings_everything_across) {
  for (auto round = 0; round < 300; ++round) {
    cfg.epoch = round % 2 == 0 ? 7 : 0;
    cfg.max_inline = random() % 2000;
    cfg.chunk_size = cfg.epoch == 0 ? 0 : random() % 5000;
    out.clear();
    std::vector<multipart> messages;
    for (auto n = random() % 100; n > 0; --n)
      messages.push_back(
        random_message(random, 1 + random() % 20, 1 + random() % 20'000));
    check_round_trip(messages);
  }
}

BOOST_AUTO_TEST_SUITE_END()
