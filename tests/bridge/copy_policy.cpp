// SPDX-License-Identifier: BSL-1.0

#include <troupe/copy_policy.hpp>
#include <troupe/error.hpp>

#include <boost/test/unit_test.hpp>

#include <limits>

using namespace troupe;

BOOST_AUTO_TEST_SUITE(copy_policy_suite)

BOOST_AUTO_TEST_CASE(copies_up_to_its_threshold) {
  copy_policy x{100};
  BOOST_TEST(x.copies(0));
  BOOST_TEST(x.copies(100));
  BOOST_TEST(!x.copies(101));
  BOOST_TEST(copy_policy{}.threshold() == copy_policy::default_threshold);
}

BOOST_AUTO_TEST_CASE(copies_always_or_never) {
  auto max = std::numeric_limits<std::size_t>::max();
  BOOST_TEST(copy_policy::always().copies(max));
  BOOST_TEST(!copy_policy::never().copies(1));
  BOOST_TEST(copy_policy::never().copies(0)); // nothing there to lend
}

BOOST_AUTO_TEST_CASE(reads_words_and_sizes) {
  auto threshold = [](std::string_view text) {
    auto x = copy_policy::parse(text);
    BOOST_REQUIRE_MESSAGE(x, text);
    return x->threshold();
  };
  BOOST_TEST((*copy_policy::parse("always") == copy_policy::always()));
  BOOST_TEST((*copy_policy::parse("never") == copy_policy::never()));
  BOOST_TEST(threshold("0") == 0u);
  BOOST_TEST(threshold("1024") == 1024u);
  BOOST_TEST(threshold("64k") == 65536u);
  BOOST_TEST(threshold("64K") == 65536u);
  BOOST_TEST(threshold("1M") == 1048576u);
  BOOST_TEST(threshold("2g") == 2147483648u);
}

BOOST_AUTO_TEST_CASE(automatic_is_no_number) {
  auto x = copy_policy::automatic();
  BOOST_TEST((*copy_policy::parse("auto") == x));
  BOOST_TEST(x.is_automatic());
  BOOST_TEST(!copy_policy{}.is_automatic());
  BOOST_TEST((x != copy_policy{}));
  // Until it is measured, it does as the default.
  BOOST_TEST(x.threshold() == copy_policy::default_threshold);
}

BOOST_AUTO_TEST_CASE(refuses_everything_else_with_a_sentence) {
  for (auto text :
       {"", "k", "-1", "1.5k", "1kk", "1 k", " 1", "1T", "sometimes",
        "18446744073709551616", "99999999999999999g", "0x10"}) {
    auto x = copy_policy::parse(text);
    BOOST_REQUIRE_MESSAGE(!x, text);
    BOOST_TEST((x.error() == ec::bad_config));
    auto sentence = describe(x.error());
    BOOST_TEST(sentence.find(text) != std::string::npos);
    BOOST_TEST(sentence.find("always, never") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(prints_what_it_reads) {
  for (auto text : {"always", "never", "auto", "1", "1024", "65536"})
    BOOST_TEST(to_string(*copy_policy::parse(text)) == text);
}

BOOST_AUTO_TEST_SUITE_END()
