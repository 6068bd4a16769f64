// SPDX-License-Identifier: BSL-1.0

#include "harness/options.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <iostream>
#include <sstream>

using namespace troupe::perf;

namespace {

using sizes = std::vector<std::size_t>;

/// Keeps help and error messages out of the test's output.
struct fixture {
  fixture()
    : out(std::cout.rdbuf(printed.rdbuf())),
      err(std::cerr.rdbuf(printed.rdbuf())) {
    // nop
  }

  ~fixture() {
    std::cout.rdbuf(out);
    std::cerr.rdbuf(err);
  }

  template <class... Ts>
  selection parse(Ts... words) {
    std::array<const char*, sizeof...(Ts) + 1> argv{"troupe-bench", words...};
    return parse_command_line(static_cast<int>(argv.size()), argv.data(),
                              workloads);
  }

  std::array<workload, 2> workloads{
    workload{"flood",
             "many",
             {"engines", "tasks", "size", "transport"},
             {},
             {}},
    workload{"startup", "first", {"engines"}, {}, {}}};
  std::ostringstream printed;
  std::streambuf* out;
  std::streambuf* err;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(options_suite, fixture)

BOOST_AUTO_TEST_CASE(sizes_take_units) {
  BOOST_CHECK(parse_size("0") == std::size_t{0});
  BOOST_CHECK(parse_size("100") == std::size_t{100});
  BOOST_CHECK(parse_size("64k") == std::size_t{64} << 10);
  BOOST_CHECK(parse_size("4M") == std::size_t{4} << 20);
  BOOST_CHECK(parse_size("1g") == std::size_t{1} << 30);
}

BOOST_AUTO_TEST_CASE(nonsense_is_no_size) {
  for (auto text : {"", "k", "-1", "1.5", "1kk", "x", " 1", "1 ",
                    "99999999999999999999", "99999999999g"})
    BOOST_TEST(!parse_size(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(lists_are_separated_by_commas) {
  BOOST_CHECK(parse_sizes("1,64k,3") == (sizes{1, 65536, 3}));
  BOOST_TEST(!parse_sizes("1,,3").has_value());
  BOOST_TEST(!parse_sizes("").has_value());
}

BOOST_AUTO_TEST_CASE(flags_fill_the_options) {
  auto [what, with, status] =
    parse("flood", "--engines", "2,4", "--tasks", "1k", "--size", "16",
          "--path", "raw", "--repeat", "7", "--json", "--transport", "tcp");
  BOOST_REQUIRE(what != nullptr);
  BOOST_TEST(what->name == "flood");
  BOOST_TEST(with.engines == (sizes{2, 4}), boost::test_tools::per_element());
  BOOST_TEST(with.tasks == sizes{1024}, boost::test_tools::per_element());
  BOOST_TEST(with.sizes == sizes{16}, boost::test_tools::per_element());
  BOOST_TEST(with.transports.front() == "tcp");
  BOOST_TEST(with.repeat == 7u);
  BOOST_TEST(with.json);
  BOOST_TEST(with.runs_raw());
  BOOST_TEST(!with.runs_actor());
}

BOOST_AUTO_TEST_CASE(without_flags_a_workload_has_its_defaults) {
  workloads[1].defaults.engines = {9};
  auto [what, with, status] = parse("startup");
  BOOST_REQUIRE(what != nullptr);
  BOOST_TEST(with.engines == sizes{9}, boost::test_tools::per_element());
  BOOST_TEST(with.repeat == 5u);
  BOOST_TEST(with.runs_raw());
  BOOST_TEST(with.runs_actor());
  BOOST_TEST(!with.json);
}

BOOST_AUTO_TEST_CASE(wrong_usage_ends_with_two) {
  for (auto [flag, text] : {std::pair{"--engines", "0"},
                            {"--engines", "x"},
                            {"--tasks", ""},
                            {"--path", "fast"},
                            {"--repeat", "0"},
                            {"--transport", "udp"},
                            {"--nonsense", "1"}}) {
    auto result = parse("flood", flag, text);
    BOOST_TEST((result.what == nullptr), flag << ' ' << text);
    BOOST_TEST(result.exit_status == 2, flag << ' ' << text);
  }
  BOOST_TEST(parse().exit_status == 2);
  BOOST_TEST(parse("swim").exit_status == 2);
}

BOOST_AUTO_TEST_CASE(a_workload_takes_no_flag_of_a_dimension_it_lacks) {
  BOOST_TEST(parse("startup", "--size", "16").exit_status == 2);
}

BOOST_AUTO_TEST_CASE(help_ends_with_zero) {
  auto result = parse("--help");
  BOOST_TEST((result.what == nullptr));
  BOOST_TEST(result.exit_status == 0);
  BOOST_TEST(printed.str().find("flood") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
