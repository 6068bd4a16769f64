// SPDX-License-Identifier: BSL-1.0

#include "bridge/link_samples.hpp"
#include "bridge/loopback.hpp"
#include <troupe/link/link_writer.hpp>
#include <troupe/link/shared_frames.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

struct fixture {
  fixture() {
    cfg.shares = true;
    cfg.copy = copy_policy{2048};
  }

  buffer lent(std::size_t size) {
    return buffer::borrow(memory.data(), size, [this] { ++released; });
  }

  std::string memory = std::string(1 << 20, 'x');
  int released = 0;
  arena_pool pool;
  link_writer::config cfg;
  link_writer::output out;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(shared_frames_suite, fixture)

BOOST_AUTO_TEST_CASE(come_out_in_the_place_of_their_reference) {
  frame_list xs;
  xs.push_back(buffer::copy_of("head"));
  xs.push_back(shared_frames::lend({lent(10), lent(20)}));
  BOOST_TEST(xs.back().size() == shared_frames::size);
  BOOST_TEST(shared_frames::unfold(xs));
  BOOST_REQUIRE(xs.size() == 3u);
  BOOST_TEST(xs[1].size() == 10u);
  BOOST_TEST((xs[2].data() == lent(1).data()));
  xs.clear();
  BOOST_TEST(released == 3);
}

BOOST_AUTO_TEST_CASE(are_released_if_nobody_unfolds_them) {
  shared_frames::lend({lent(10), lent(20)});
  BOOST_TEST(released == 2);
}

BOOST_AUTO_TEST_CASE(trust_no_copy_and_nothing_made_up) {
  auto real = shared_frames::lend({lent(10)});
  frame_list copied;
  copied.push_back(buffer::copy_of(real.bytes()));
  BOOST_TEST(!shared_frames::unfold(copied));
  frame_list made_up;
  made_up.push_back(buffer::copy_of(std::string(shared_frames::size, '\1')));
  BOOST_TEST(!shared_frames::unfold(made_up));
  made_up.push_back(real.slice(0, shared_frames::size - 1));
  BOOST_TEST(!shared_frames::unfold(made_up));
  BOOST_TEST(made_up.size() == 2u);
  frame_list none;
  BOOST_TEST(!shared_frames::unfold(none));
  BOOST_TEST(released == 0);
}

BOOST_AUTO_TEST_CASE(unfold_to_nothing_the_second_time) {
  auto real = shared_frames::lend({lent(10)});
  frame_list first{real};
  frame_list second{real};
  BOOST_TEST(shared_frames::unfold(first));
  BOOST_TEST(shared_frames::unfold(second));
  BOOST_TEST(second.empty());
}

BOOST_AUTO_TEST_CASE(travel_with_the_small_ones_of_many_messages) {
  link_writer writer{pool, cfg};
  for (auto i = 0; i < 100; ++i) {
    multipart x;
    x.frames.push_back(buffer::copy_of(std::to_string(i)));
    x.frames.push_back(lent(100'000));
    x.frames.push_back(lent(1500)); // copied
    writer.add(x, out);
  }
  writer.flush(out);
  auto shared = std::size_t{0};
  auto copied = std::size_t{0};
  link_end end;
  for (auto& x : out) {
    BOOST_TEST(x.frames.frames.size() == 2u);
    shared += x.frames_shared;
    copied += x.frames_copied;
    BOOST_TEST(x.bytes_shared == x.frames_shared * 100'000);
    BOOST_REQUIRE(!end.read(std::move(x.frames)));
  }
  BOOST_TEST(out.size() < 4u);
  BOOST_TEST(shared == 100u);
  BOOST_TEST(copied == 200u);
  BOOST_TEST(released == 100); // those that were copied
  BOOST_REQUIRE(end.messages.size() == 100u);
  for (auto i = 0u; i < 100; ++i) {
    BOOST_TEST(end.messages[i].frames[0].text() == std::to_string(i));
    BOOST_TEST((end.messages[i].frames[1].data() == lent(1).data()));
    BOOST_TEST(end.messages[i].frames[2].size() == 1500u);
  }
}

BOOST_AUTO_TEST_CASE(need_only_one_reference_for_a_message_of_many_frames) {
  link_writer writer{pool, cfg};
  multipart x;
  for (auto i = 0; i < 1000; ++i)
    x.frames.push_back(lent(5000));
  writer.add(x, out);
  BOOST_REQUIRE(out.size() == 1u);
  link_end end;
  BOOST_REQUIRE(!end.read(std::move(out.front().frames)));
  BOOST_TEST(end.messages.front().frames.size() == 1000u);
}

BOOST_AUTO_TEST_SUITE_END()
