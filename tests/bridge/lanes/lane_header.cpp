// SPDX-License-Identifier: BSL-1.0

#include <troupe/lanes/lane_header.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstring>
#include <set>
#include <vector>

using namespace troupe;

namespace {

lane_header hello() {
  lane_header result;
  result.word = lane_word::hello;
  result.via = lane::bulk;
  result.link = link_id::random();
  return result;
}

/// Writes and reads a header.
lane_header there_and_back(const lane_header& header) {
  auto result = read_lane_header(pack(header));
  BOOST_REQUIRE(result);
  return *result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(lane_header_suite)

BOOST_AUTO_TEST_CASE(carries_hello) {
  auto sent = hello();
  auto read = there_and_back(sent);
  BOOST_TEST((read.word == lane_word::hello));
  BOOST_TEST((read.via == lane::bulk));
  BOOST_TEST((read.link == sent.link));
  BOOST_TEST(read.version == lane_header::current_version);
}

BOOST_AUTO_TEST_CASE(carries_the_numbers_of_fences) {
  lane_header sent;
  sent.number = ~std::uint64_t{0};
  for (auto word : {lane_word::fence, lane_word::passed}) {
    sent.word = word;
    auto read = there_and_back(sent);
    BOOST_TEST((read.word == word));
    BOOST_TEST(read.number == sent.number);
  }
}

BOOST_AUTO_TEST_CASE(carries_reasons_and_cuts_long_texts) {
  lane_header sent;
  sent.word = lane_word::refusal;
  sent.text = std::string(2000, 'x');
  for (auto reason : {ec::version_mismatch, ec::limit_reached, ec::unknown_peer,
                      ec::timed_out, ec::unexpected_message, ec::peer_full,
                      ec::peer_gone, ec::closed, ec::bad_envelope}) {
    sent.reason = reason;
    auto read = there_and_back(sent);
    BOOST_TEST((read.reason == reason));
    BOOST_TEST(read.text == std::string(512, 'x'));
  }
}

BOOST_AUTO_TEST_CASE(shares_one_header_among_all_messages) {
  BOOST_TEST(pack({}).data() == pack({}).data());
  BOOST_TEST(pack({}).size() <= 32);
  BOOST_TEST((there_and_back({}).word == lane_word::message));
}

BOOST_AUTO_TEST_CASE(draws_different_links) {
  std::set<link_id> seen;
  for (auto i = 0; i < 1000; ++i)
    seen.insert(link_id::random());
  BOOST_TEST(seen.size() == 1000);
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_header) {
  for (auto text : {"", "x", "not a header at all"})
    BOOST_TEST(!read_lane_header(buffer::copy_of(std::string_view{text})));
}

// Whatever damage a header suffers, reading it ends, with a value in range.
BOOST_AUTO_TEST_CASE(survives_any_damage) {
  auto sent = hello();
  sent.word = lane_word::refusal;
  sent.text = "why";
  for (auto& original : {pack(hello()), pack(sent)}) {
    for (auto cut = std::size_t{0}; cut < original.size(); ++cut)
      read_lane_header(buffer::copy_of(original.bytes().first(cut)));
    for (auto bit = std::size_t{0}; bit < original.size() * 8; ++bit) {
      auto bytes = std::vector<std::byte>(original.bytes().begin(),
                                          original.bytes().end());
      bytes[bit / 8] ^= std::byte{1} << (bit % 8);
      if (auto read = read_lane_header(buffer::adopt(std::move(bytes)))) {
        BOOST_TEST((read->word <= lane_word::goodbye));
        BOOST_TEST((read->via <= lane::bulk));
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
