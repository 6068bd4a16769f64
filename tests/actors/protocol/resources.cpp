// SPDX-License-Identifier: BSL-1.0
#include "troupe/protocol/resources.hpp"

#include "troupe/error.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe;

namespace {

resources parsed(const char* tags, const char* slots) {
  auto result = parse_resources(tags, slots);
  BOOST_REQUIRE(result);
  return *result;
}

std::string problem(const char* tags, const char* slots) {
  auto result = parse_resources(tags, slots);
  return result ? "none" : describe(result.error());
}

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(resources_suite)

BOOST_AUTO_TEST_CASE(text_is_read_sorted_and_written) {
  auto x = parsed("gpu-node,fast", "mem=4G,gpu=1,odd=1025");
  BOOST_TEST(tags_text(x) == "fast,gpu-node");
  BOOST_TEST(slots_text(x) == "gpu=1,mem=4G,odd=1025");
  BOOST_TEST(x.slots[1].amount == std::uint64_t{4} << 30);
  BOOST_TEST((parsed(tags_text(x).c_str(), slots_text(x).c_str()) == x));
  BOOST_TEST(to_string(x)
             == "gpu=1,mem=4G,odd=1025 and the tags fast,gpu-node");
  BOOST_TEST(to_string(resources{}) == "nothing");
}

BOOST_AUTO_TEST_CASE(what_makes_no_sense_is_refused_in_words) {
  BOOST_TEST(says(problem("a b", ""), "no name"));
  BOOST_TEST(says(problem(std::string(65, 'x').c_str(), ""), "no name"));
  BOOST_TEST(says(problem("a,a", ""), "twice"));
  BOOST_TEST(says(problem("", "gpu"), "gpu=1"));
  BOOST_TEST(says(problem("", "gpu=0"), "no slot"));
  BOOST_TEST(says(problem("", "gpu=-1"), "no slot"));
  BOOST_TEST(says(problem("", "mem=99999999999G"), "no slot"));
  BOOST_TEST(says(problem("", "gpu=1,gpu=2"), "twice"));
  std::string many = "t0";
  for (auto i = 1; i <= 32; ++i)
    many += ",t" + std::to_string(i);
  BOOST_TEST(says(problem(many.c_str(), ""), "more than 32"));
}

BOOST_AUTO_TEST_CASE(an_engine_covers_what_it_has_enough_of) {
  auto engine = parsed("a,b,c", "gpu=2,mem=4G");
  for (auto& wanted : {parsed("", ""), parsed("b", ""), parsed("a,c", "gpu=2"),
                       parsed("", "gpu=1,mem=4G")})
    BOOST_TEST(engine.cover(wanted), to_string(wanted));
  for (auto& wanted : {parsed("d", ""), parsed("a,d", ""), parsed("", "gpu=3"),
                       parsed("", "gpu=1,tpu=1"), parsed("", "cpu=1")})
    BOOST_TEST(!engine.cover(wanted), to_string(wanted));
}

BOOST_AUTO_TEST_SUITE_END()
