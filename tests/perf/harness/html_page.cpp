// SPDX-License-Identifier: BSL-1.0

#include "harness/html_page.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe::perf;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

row ratio(double rate) {
  row result;
  result.set("bench", "flood").set("path", "ratio").set("a_per_s", rate);
  return result.set("repeat", 5).set("ratio", true);
}

} // namespace

BOOST_AUTO_TEST_SUITE(html_page_suite)

BOOST_AUTO_TEST_CASE(a_page_has_all_parts) {
  html_page page;
  page.origin.set("commit", "abc").set("cores", 2);
  page.sections = {{"flood", "What to see.", {"<svg id='a'/>"}, {ratio(2)}}};
  page.failures = {{"memory --quick", "not enough <memory>"}};
  auto text = to_html(page);
  BOOST_TEST(text.starts_with("<!DOCTYPE html>"));
  BOOST_TEST(text.ends_with("</html>\n"));
  for (auto part :
       {"<td>abc</td>", "<td>2</td>", "id=\"flood\"", "What to see.",
        "<svg id='s0f0-a'/>", "a_per_s", "not enough &lt;memory&gt;"})
    BOOST_TEST(contains(text, part), part);
}

BOOST_AUTO_TEST_CASE(a_page_needs_no_other_file) {
  html_page page;
  page.sections = {{"flood", "", {}, {ratio(2)}}};
  auto text = to_html(page);
  for (auto part : {"http", "src=", "<link", "<script"})
    BOOST_TEST(!contains(text, part), part);
}

BOOST_AUTO_TEST_CASE(ratios_become_a_sentence) {
  auto texts = ratio_sentences({ratio(0.5), ratio(2), ratio(1)});
  BOOST_REQUIRE(texts.size() == 1u);
  BOOST_TEST(texts[0]
             == "a_per_s of the actor path: 0.5 to 2 times that of the raw "
                "path over 3 points; more is better.");
  BOOST_TEST(ratio_sentences({row{}.set("a_per_s", 2.0)}).empty());
}

BOOST_AUTO_TEST_CASE(drawings_get_ids_of_their_own) {
  BOOST_TEST(to_inline("<?xml?>\n<svg><g id=\"a\"/><use xlink:href='#a'/>"
                       "<b clip-path=\"url(#c)\"/></svg>",
                       "p-")
             == "<svg><g id=\"p-a\"/><use xlink:href='#p-a'/>"
                "<b clip-path=\"url(#p-c)\"/></svg>");
}

BOOST_AUTO_TEST_CASE(texts_are_escaped) {
  BOOST_TEST(escape_html("a<b>&\"c\"") == "a&lt;b&gt;&amp;&quot;c&quot;");
}

BOOST_AUTO_TEST_SUITE_END()
