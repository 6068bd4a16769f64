// SPDX-License-Identifier: BSL-1.0

#include "troupe/client/signature_text.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe;

namespace {

using types = std::vector<std::string>;

types parameters_of(const std::string& text) {
  auto signature = parse_signature(text);
  BOOST_REQUIRE_MESSAGE(signature, text);
  return signature->parameters;
}

} // namespace

BOOST_AUTO_TEST_SUITE(signature_text_suite)

BOOST_AUTO_TEST_CASE(reads_parameters_and_result) {
  auto signature = parse_signature("(f64, string) -> i32");
  BOOST_REQUIRE(signature);
  BOOST_TEST(signature->parameters == (types{"f64", "string"}));
  BOOST_TEST(signature->result == "i32");
}

BOOST_AUTO_TEST_CASE(reads_nested_types_as_one) {
  BOOST_TEST(parameters_of("() -> void").empty());
  BOOST_TEST(parameters_of("(f64) -> void") == types{"f64"});
  BOOST_TEST(parameters_of("([f64], (i8, [u8]), bool?) -> f64")
             == (types{"[f64]", "(i8, [u8])", "bool?"}));
  BOOST_TEST(parameters_of("(((a, b), c)) -> (x, y)")
             == (types{"((a, b), c)"}));
}

BOOST_AUTO_TEST_CASE(refuses_other_forms) {
  for (auto text : {"", "f64", "(f64", "(f64)", "(f64) - f64", "(f64]) -> x",
                    "f64 -> f64", "()->void"})
    BOOST_TEST(!parse_signature(text));
}

BOOST_AUTO_TEST_CASE(knows_what_can_be_text) {
  for (auto name : {"bool", "string", "f32", "f64", "i8", "u64"})
    BOOST_TEST(is_textual(name));
  for (auto name :
       {"bytes", "[f64]", "f64?", "(f64)", "void", "", "example.image/1"})
    BOOST_TEST(!is_textual(name));
}

BOOST_AUTO_TEST_SUITE_END()
