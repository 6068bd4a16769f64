// SPDX-License-Identifier: BSL-1.0

#include "bridge/link_samples.hpp"
#include "bridge/loopback.hpp"
#include <troupe/link/credit_window.hpp>
#include <troupe/link/message_bundle.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

struct fixture {
  /// Returns messages that rules let in, all different.
  std::vector<multipart> samples(std::size_t n) {
    std::vector<multipart> result;
    while (result.size() < n)
      if (auto x = random_message(random, 3, 1100); rules.allow(x))
        result.push_back(std::move(x));
    return result;
  }

  /// Copies as many of `messages` as fit.
  std::size_t fill(const std::vector<multipart>& messages) {
    auto n = std::size_t{0};
    while (n < messages.size()
           && bundle.fits(messages[n], message_bundle::max_frame))
      bundle.copy(messages[n++], pool);
    return n;
  }

  std::mt19937 random{4711};
  arena_pool pool;
  bundle_rules rules{link_layout{true}, 1024, 2};
  message_bundle bundle{rules.layout};
};

multipart of_size(std::size_t frames, std::size_t size) {
  return message(std::vector<std::string>(frames, std::string(size, 'x')));
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(message_bundle_suite, fixture)

BOOST_AUTO_TEST_CASE(lets_in_what_is_small) {
  BOOST_TEST(rules.allow(of_size(1, 0)));
  BOOST_TEST(rules.allow(of_size(2, 1024)));
  BOOST_TEST(!rules.allow(of_size(1, 1025)));
  BOOST_TEST(!rules.allow(of_size(3, 1)));
  BOOST_TEST(!rules.allow(multipart{}));
  rules.max_frames = 1;
  BOOST_TEST(!rules.allow(of_size(2, 1)));
}

BOOST_AUTO_TEST_CASE(has_room_for_every_message_that_rules_allow) {
  rules.max_frame = std::size_t{1} << 20;
  auto largest = of_size(2, message_bundle::max_frame);
  BOOST_TEST(rules.allow(largest));
  BOOST_TEST(!rules.allow(of_size(1, message_bundle::max_frame + 1)));
  BOOST_TEST(bundle.fits(largest, rules.max_frame));
}

BOOST_AUTO_TEST_CASE(gives_back_what_was_copied) {
  for (auto round = 0; round < 50; ++round) {
    auto messages = samples(40);
    messages.resize(fill(messages));
    BOOST_REQUIRE(!messages.empty());
    BOOST_TEST(bundle.messages() == messages.size());
    auto bytes = std::size_t{0};
    for (auto& x : messages)
      bytes += x.size_bytes();
    BOOST_TEST(bundle.bytes() == bytes);
    std::vector<multipart> result;
    bundle.unpack(result);
    BOOST_TEST((contents(result) == contents(messages)));
    BOOST_TEST(bundle.empty());
    BOOST_TEST(bundle.messages() + bundle.frames() + bundle.bytes() == 0u);
  }
}

BOOST_AUTO_TEST_CASE(becomes_a_wire_message) {
  for (auto round = 0; round < 50; ++round) {
    auto messages = samples(40);
    messages.resize(fill(messages));
    link_fields fields;
    fields.epoch = 7;
    auto head = bundle.finish(fields, pool);
    BOOST_TEST(head.size() <= arena_pool::block_size);
    link_end end;
    BOOST_REQUIRE(!end.read(received(multipart{head})));
    BOOST_TEST((contents(end.messages) == contents(messages)));
    BOOST_TEST(bundle.empty());
  }
}

BOOST_AUTO_TEST_CASE(ends_at_a_number_of_messages_that_credit_can_cover) {
  auto tiny = of_size(1, 0);
  while (bundle.fits(tiny, message_bundle::max_frame))
    bundle.copy(tiny, pool);
  BOOST_TEST(bundle.messages() == message_bundle::max_messages);
  BOOST_TEST(2 * message_bundle::max_messages <= initial_credit.messages);
}

BOOST_AUTO_TEST_CASE(keeps_its_memory_as_long_as_a_message_lives) {
  bundle.copy(message({"kept"}), pool);
  std::vector<multipart> first;
  bundle.unpack(first);
  for (auto i = 0; i < 40; ++i) {
    bundle.copy(message({"other"}), pool);
    std::vector<multipart> other;
    bundle.unpack(other);
  }
  BOOST_TEST(texts(first.front()).front() == "kept");
}

BOOST_AUTO_TEST_SUITE_END()
