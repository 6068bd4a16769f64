// SPDX-License-Identifier: BSL-1.0

#include "troupe/client/error.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <set>

using namespace troupe;

namespace {

constexpr errc all_codes[] = {errc::usage,
                              errc::no_cluster,
                              errc::timed_out,
                              errc::unauthorized,
                              errc::engine_lost,
                              errc::version_mismatch,
                              errc::task_not_registered,
                              errc::task_failed,
                              errc::cancelled,
                              errc::no_engines,
                              errc::too_large,
                              errc::failed};

} // namespace

BOOST_AUTO_TEST_SUITE(error_suite)

BOOST_AUTO_TEST_CASE(each_code_has_its_own_name) {
  std::set<std::string> names;
  for (auto code : all_codes)
    names.insert(to_string(code));
  BOOST_TEST(names.size() == std::size(all_codes));
  BOOST_TEST(names.count("invalid") == 0u);
  BOOST_TEST(to_string(static_cast<errc>(99)) == "invalid");
}

BOOST_AUTO_TEST_CASE(exit_statuses_are_those_of_the_command_line) {
  const std::map<errc, int> special{
    {errc::usage, 2},       {errc::no_cluster, 3},
    {errc::timed_out, 4},   {errc::unauthorized, 5},
    {errc::engine_lost, 6}, {errc::version_mismatch, 7},
  };
  for (auto code : all_codes) {
    auto i = special.find(code);
    BOOST_TEST(exit_status(code) == (i != special.end() ? i->second : 1));
  }
}

BOOST_AUTO_TEST_CASE(an_error_carries_text_and_hint) {
  error x{errc::usage, "what", "hint"};
  BOOST_TEST((x.code == errc::usage));
  BOOST_TEST(std::string{x.what()} == "what");
  BOOST_TEST(x.hint == "hint");
  BOOST_TEST((x.engine == no_engine));
  BOOST_TEST(x.remote_type.empty());
}

BOOST_AUTO_TEST_SUITE_END()
