// SPDX-License-Identifier: BSL-1.0

#include "harness/provenance.hpp"

#include <boost/test/unit_test.hpp>

#include <array>

using namespace troupe::perf;

namespace {

template <class... Ts>
std::string quoted(Ts... words) {
  std::array<const char*, sizeof...(Ts)> argv{words...};
  return quote_command(static_cast<int>(argv.size()), argv.data());
}

} // namespace

BOOST_AUTO_TEST_SUITE(provenance_suite)

BOOST_AUTO_TEST_CASE(the_first_processor_names_the_model) {
  BOOST_TEST(cpu_model("processor\t: 0\nmodel\t\t: 1\n"
                       "model name\t: Some CPU @ 2.00GHz\n"
                       "processor\t: 1\nmodel name\t: Other\n")
             == "Some CPU @ 2.00GHz");
  BOOST_TEST(cpu_model("model name : X") == "X");
  BOOST_TEST(cpu_model("model name") == "unknown");
  BOOST_TEST(cpu_model("processor : 0\n") == "unknown");
  BOOST_TEST(cpu_model("") == "unknown");
}

BOOST_AUTO_TEST_CASE(commands_can_be_pasted_into_a_shell) {
  BOOST_TEST(quoted("bin/troupe-bench", "flood", "--tasks=1k,2")
             == "bin/troupe-bench flood --tasks=1k,2");
  BOOST_TEST(quoted("a b", "", "it's", "$x") == "'a b' '' 'it'\\''s' '$x'");
}

BOOST_AUTO_TEST_CASE(only_release_builds_count) {
  BOOST_TEST(build_warning("Release") == "");
  BOOST_TEST(build_warning("RelWithDebInfo") == "");
  for (auto build : {"Debug", "none", "Release address", "MinSizeRel"})
    BOOST_TEST(build_warning(build).find(build) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_machine_says_what_it_is) {
  auto x = make_provenance("abc", "troupe-bench flood");
  BOOST_TEST(x.cores >= 1u);
  BOOST_TEST(x.commit == "abc");
  BOOST_TEST(x.command == "troupe-bench flood");
  BOOST_TEST(x.caf.starts_with("0.17."));
  BOOST_TEST(x.libzmq.starts_with("4."));
  BOOST_TEST(x.time.size() == 20u);
  const auto fields = to_row(x);
  for (const auto& [name, content] : fields.fields())
    BOOST_TEST(to_plain(content) != "", name);
  BOOST_TEST(make_provenance("", "").commit == "unknown");
}

BOOST_AUTO_TEST_CASE(people_get_lines_of_comment) {
  auto text = to_text(make_provenance("abc", "troupe-bench flood"));
  BOOST_TEST(text.starts_with("# "));
  BOOST_TEST(text.ends_with(": troupe-bench flood\n"));
  BOOST_TEST(text.find("commit abc, ") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
