// SPDX-License-Identifier: BSL-1.0

#include "bridge/link_samples.hpp"
#include "bridge/loopback.hpp"
#include <troupe/link/link_reader.hpp>

#include <flatbuffers/flatbuffers.h>

using namespace troupe;
using namespace troupe::test;

namespace {

using place = wire::Place;

/// Takes copies of bytes, to be damaged.
std::string bytes_of(const buffer& x) {
  return std::string{x.text()};
}

struct fixture {
  /// Returns a piece as it is on the wire.
  static wire::Piece piece(std::size_t size, place where, bool last) {
    return {static_cast<std::uint16_t>(size), static_cast<std::uint8_t>(where),
            static_cast<std::uint8_t>(last)};
  }

  /// Builds a message with FlatBuffers' own builder.
  multipart build(const std::vector<wire::Piece>& pieces, std::string arena,
                  std::size_t large_frames, chunk_place chunk = {}) {
    flatbuffers::FlatBufferBuilder fbb;
    fbb.ForceVectorAlignment(arena.size(), 1, 8);
    auto bytes = fbb.CreateVector(
      reinterpret_cast<const std::uint8_t*>(arena.data()), arena.size());
    auto vec = fbb.CreateVectorOfStructs(pieces);
    auto link = wire::CreateLink(fbb, vec, bytes, 5, 10, 20, 6, chunk.id,
                                 chunk.offset, chunk.total);
    fbb.Finish(link, wire::LinkIdentifier());
    multipart result;
    result.frames.push_back(buffer::adopt(fbb.Release()));
    while (large_frames-- > 0)
      result.frames.push_back(buffer::copy_of("large"));
    return result;
  }

  /// Returns a wire message with a bit of everything.
  multipart sample() {
    arena_pool pool;
    link_writer writer{pool, {.max_inline = 20, .epoch = 1}};
    link_writer::output out;
    for (auto& texts : std::vector<std::vector<std::string>>{
           {"a", "", "bcdefghijk"}, {std::string(30, 'x')}, {""}, {"z"}}) {
      auto x = message(texts);
      writer.add(x, out);
    }
    writer.grant({2, 3, 4});
    writer.flush(out);
    return received(out.at(0).frames);
  }

  /// Reads something damaged: whatever comes out lies within what came in.
  void read_damaged(multipart x) {
    auto view = link_view::make(std::move(x), end.limits);
    if (!view)
      return;
    auto n = view->messages();
    std::vector<multipart> messages;
    if (!view->fields().chunk && view->unpack(nullptr, messages)) {
      BOOST_REQUIRE(messages.size() == n);
      for (auto& message : messages) {
        BOOST_REQUIRE(!message.frames.empty());
        for (auto& frame : message.frames)
          touched += std::count(frame.text().begin(), frame.text().end(), 'x');
      }
    }
  }

  link_end end;
  std::ptrdiff_t touched = 0; // so that the bytes are really read
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(link_reader_suite, fixture)

BOOST_AUTO_TEST_CASE(reads_what_the_generated_code_writes) {
  auto x = build({piece(3, place::Arena, false), piece(0, place::Frame, true),
                  piece(2, place::Arena, true)},
                 "abc     de", 1);
  BOOST_REQUIRE(!end.read(x));
  BOOST_REQUIRE(end.messages.size() == 2u);
  BOOST_TEST(texts(end.messages[0])
               == (std::vector<std::string>{"abc", "large"}),
             boost::test_tools::per_element());
  BOOST_TEST(texts(end.messages[1]).front() == "de");
  BOOST_TEST(end.bytes == 10u);
  BOOST_TEST(end.fields.epoch == 5u);
  BOOST_TEST((end.fields.credit == credit_grant{6, 10, 20}));
  BOOST_TEST(!end.fields.chunk);
}

BOOST_AUTO_TEST_CASE(hands_out_slices_of_one_buffer) {
  auto x = sample();
  auto head = x.frames[0];
  auto large = x.frames[1];
  BOOST_REQUIRE(!end.read(x));
  BOOST_REQUIRE(end.messages.size() == 4u);
  BOOST_TEST((end.messages[0].frames[2].owner() == head.owner()));
  BOOST_TEST(end.messages[1].frames[0].data() == large.data());
}

BOOST_AUTO_TEST_CASE(names_the_peer_of_each_message) {
  auto x = sample();
  x.peer = routing_id{"peer"};
  BOOST_REQUIRE(!end.read(x));
  for (auto& message : end.messages)
    BOOST_TEST((message.peer == routing_id{"peer"}));
}

BOOST_AUTO_TEST_CASE(refuses_what_has_no_header) {
  for (auto x : {message(std::vector<std::string>{}), message({""}),
                 message({"hello"}), message({std::string(1000, '\0')}),
                 message({std::string(1 << 20, 'x'), "y"})})
    BOOST_TEST((end.read(x) == ec::bad_envelope));
  auto other = sample();
  auto text = bytes_of(other.frames[0]);
  text[7] = '2';
  other.frames[0] = buffer::copy_of(text);
  BOOST_TEST((end.read(other) == ec::bad_envelope));
}

BOOST_AUTO_TEST_CASE(refuses_pieces_that_do_not_match) {
  auto in = place::Arena;
  auto own = place::Frame;
  auto refused = [&](std::vector<wire::Piece> pieces, std::string arena,
                     std::size_t large = 0) {
    auto reason = end.read(build(pieces, std::move(arena), large));
    BOOST_TEST(end.messages.empty());
    return reason;
  };
  BOOST_TEST((refused({piece(4, in, true)}, "abc") == ec::bad_range));
  BOOST_TEST((refused({piece(2, in, true)}, "abc") == ec::bad_range));
  BOOST_TEST((refused({piece(0xffff, in, true)}, "abc") == ec::bad_range));
  BOOST_TEST((refused({}, "abc") == ec::bad_range));
  BOOST_TEST((refused({piece(3, in, false)}, "abc") == ec::bad_range));
  BOOST_TEST((refused({piece(0, own, true)}, "") == ec::bad_frames));
  BOOST_TEST((refused({piece(0, own, true)}, "", 2) == ec::bad_frames));
  BOOST_TEST((refused({}, "", 1) == ec::bad_frames));
  BOOST_TEST((refused({piece(1, own, true)}, "", 1) == ec::bad_range));
  BOOST_TEST((refused({piece(0, place{3}, true)}, "") == ec::bad_range));
  BOOST_TEST((refused({piece(0, place::Chunks, true)}, "") == ec::bad_range));
}

BOOST_AUTO_TEST_CASE(refuses_messages_beyond_its_limits) {
  end.limits = {3, 10};
  auto in = place::Arena;
  auto reason = [&](std::vector<wire::Piece> pieces, std::size_t arena,
                    std::size_t large = 0) {
    return end.read(build(pieces, std::string(arena, 'x'), large));
  };
  auto none = std::optional<ec>{};
  BOOST_TEST((reason({piece(10, in, true)}, 10) == none));
  BOOST_TEST((reason({piece(11, in, true)}, 11) == ec::too_large));
  BOOST_TEST((reason({piece(5, in, false), piece(0, place::Frame, true)}, 5, 1)
              == none));
  BOOST_TEST((reason({piece(6, in, false), piece(0, place::Frame, true)}, 6, 1)
              == ec::too_large));
  std::vector<wire::Piece> pieces(3, piece(0, in, false));
  pieces.push_back(piece(0, in, true));
  BOOST_TEST((reason(pieces, 0) == ec::too_large));
  pieces[1] = piece(0, in, true);
  BOOST_TEST((reason(pieces, 0) == none));
}

BOOST_AUTO_TEST_CASE(refuses_bombs) {
  // Few bytes that would become many messages.
  for (auto n : {link_view::max_pieces, link_view::max_pieces + 1}) {
    std::vector<wire::Piece> pieces(n, piece(0, place::Arena, true));
    auto refused = end.read(build(pieces, "", 0)).has_value();
    BOOST_TEST(refused == (n > link_view::max_pieces));
    BOOST_TEST(end.messages.size() == link_view::max_pieces);
  }
}

BOOST_AUTO_TEST_CASE(survives_misaligned_heads) {
  auto x = sample();
  auto text = " " + bytes_of(x.frames[0]);
  x.frames[0] = buffer::copy_of(text).slice(1, text.size());
  BOOST_REQUIRE(!end.read(x));
  for (auto& message : end.messages)
    for (auto& frame : message.frames)
      BOOST_TEST(reinterpret_cast<std::uintptr_t>(frame.data()) % 8 == 0u);
}

BOOST_AUTO_TEST_CASE(survives_every_truncation) {
  auto x = sample();
  auto text = bytes_of(x.frames[0]);
  for (auto n = std::size_t{0}; n < text.size(); ++n) {
    auto cut = x;
    cut.frames[0] = buffer::copy_of(std::string_view{text}.substr(0, n));
    BOOST_TEST(end.read(cut).has_value());
  }
  x.frames.pop_back();
  BOOST_TEST((end.read(x) == ec::bad_frames));
  BOOST_TEST(end.messages.empty());
}

BOOST_AUTO_TEST_CASE(survives_every_flipped_bit) {
  auto x = sample();
  auto text = bytes_of(x.frames[0]);
  for (auto bit = std::size_t{0}; bit < 8 * text.size(); ++bit) {
    auto bad = x;
    auto copy = text;
    copy[bit / 8] = static_cast<char>(copy[bit / 8] ^ (1 << bit % 8));
    bad.frames[0] = buffer::copy_of(copy);
    read_damaged(std::move(bad));
  }
}

BOOST_AUTO_TEST_CASE(survives_random_damage) {
  std::mt19937 random{42};
  auto x = sample();
  auto text = bytes_of(x.frames[0]);
  for (auto round = 0; round < 50'000; ++round) {
    auto bad = x;
    auto copy = text;
    for (auto n = 1 + random() % 6; n > 0; --n)
      copy[random() % copy.size()] = static_cast<char>(random());
    bad.frames[0] = buffer::copy_of(copy);
    read_damaged(std::move(bad));
  }
}

BOOST_AUTO_TEST_CASE(takes_exactly_the_chunks_that_came) {
  auto chunked = build({piece(0, place::Chunks, true)}, "", 0);
  auto chunk = build({}, "", 1, {1, 0, 5});
  BOOST_TEST((end.read(chunked) == ec::bad_range)); // too early
  BOOST_TEST(!end.read(chunk));
  BOOST_TEST(!end.read(chunked));
  BOOST_TEST(texts(end.messages.at(0)).front() == "large");
  BOOST_TEST((end.read(chunked) == ec::bad_range)); // again
  BOOST_TEST(!end.read(build({}, "", 1, {2, 0, 5})));
  BOOST_TEST((end.read(build({piece(0, place::Arena, true)}, "", 0))
              == ec::bad_range)); // forgets to take it
  BOOST_TEST(end.assembler.complete() == 0u);
  BOOST_TEST(end.messages.size() == 1u);
}

BOOST_AUTO_TEST_CASE(refuses_chunks_with_messages_beside_them) {
  auto where = chunk_place{1, 0, 5};
  BOOST_TEST((end.read(build({}, "", 0, where)) == ec::bad_frames));
  BOOST_TEST((end.read(build({}, "", 2, where)) == ec::bad_frames));
  BOOST_TEST((end.read(build({piece(0, place::Frame, true)}, "", 1, where))
              == ec::bad_frames));
}

BOOST_AUTO_TEST_SUITE_END()
