// SPDX-License-Identifier: BSL-1.0

#include "harness/options.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <iostream>
#include <sstream>
#include <unistd.h>

using namespace troupe::perf;

namespace {

using sizes = std::vector<std::size_t>;
using words = std::vector<std::string>;

/// Catches what goes to the standard streams.
class catcher {
public:
  catcher() : out_(std::cout.rdbuf(help_.rdbuf())), file_(std::tmpfile()) {
    std::fflush(stderr);
    stderr_ = dup(STDERR_FILENO);
    dup2(fileno(file_), STDERR_FILENO);
  }

  ~catcher() {
    std::cout.rdbuf(out_);
    std::fflush(stderr);
    dup2(stderr_, STDERR_FILENO);
    close(stderr_);
    std::fclose(file_);
  }

  std::string help() const {
    return help_.str();
  }

  std::string errors() {
    std::fflush(stderr);
    std::rewind(file_);
    std::string result;
    for (int c = std::fgetc(file_); c != EOF; c = std::fgetc(file_))
      result += static_cast<char>(c);
    return result;
  }

private:
  std::ostringstream help_;
  std::streambuf* out_;
  std::FILE* file_;
  int stderr_;
};

struct fixture {
  fixture() {
    workload flood{"flood", "many", {}, {}, {}};
    flood.dimensions = {"engines", "tasks", "size", "transport", "scheme"};
    flood.dimensions.push_back("peer");
    flood.rivals = {"dask", "nats"};
    workloads.push_back(flood);
    workloads.push_back({"startup", "first", {"engines"}, {}, {}});
    workloads.push_back({"map", "sleeps", {"dt", "queued"}, {}, {}});
    workloads.push_back(
      {"latency", "round trips", {"copy", "task", "batch", "peers"}, {}, {}});
  }

  template <class... Ts>
  selection parse(Ts... xs) {
    catcher caught;
    std::vector<const char*> argv{"troupe-bench", xs...};
    auto result = parse_command_line(static_cast<int>(argv.size()), argv.data(),
                                     workloads);
    help = caught.help();
    errors = caught.errors();
    return result;
  }

  bool complains_about(std::string_view text) const {
    return errors.find(text) != std::string::npos;
  }

  std::vector<workload> workloads;
  std::string help;
  std::string errors;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(options_suite, fixture)

BOOST_AUTO_TEST_CASE(flags_fill_the_options) {
  auto [what, with, status] =
    parse("flood", "--engines", "2,4", "--tasks", "1k", "--size", "16,64k",
          "--path", "raw", "--repeat", "7", "--transport", "tcp", "--scheme",
          "lru,leastload", "--peer", "nats");
  BOOST_REQUIRE_MESSAGE(what != nullptr, errors);
  BOOST_TEST(what->name == "flood");
  BOOST_TEST(with.engines == (sizes{2, 4}), boost::test_tools::per_element());
  BOOST_TEST(with.tasks == sizes{1024}, boost::test_tools::per_element());
  BOOST_CHECK(with.sizes == (sizes{16, 65536}));
  BOOST_CHECK(with.transports == words{"tcp"});
  BOOST_CHECK(with.schemes == (words{"lru", "leastload"}));
  BOOST_CHECK(with.rivals == words{"nats"});
  BOOST_TEST(with.repeat == 7u);
  BOOST_TEST(with.runs_raw());
  BOOST_TEST(!with.runs_actor());
}

BOOST_AUTO_TEST_CASE(times_and_queues_are_lists) {
  auto [what, with, status] = parse("map", "--dt", "1,128", "--queued=1k,1M",
                                    "--path", "actor");
  BOOST_REQUIRE_MESSAGE(what != nullptr, errors);
  BOOST_CHECK(with.dts == (sizes{1, 128}));
  BOOST_CHECK(with.queued == (sizes{1 << 10, 1 << 20}));
  BOOST_TEST(!with.runs_raw());
}

BOOST_AUTO_TEST_CASE(copies_are_names_or_sizes) {
  auto [what, with, status] = parse("latency", "--copy",
                                    "always,never,auto,64k", "--task",
                                    "--batch", "1,64", "--peers", "raw");
  BOOST_REQUIRE_MESSAGE(what != nullptr, errors);
  BOOST_CHECK(with.copies == (words{"always", "never", "auto", "64k"}));
  BOOST_CHECK(with.batches == (sizes{1, 64}));
  BOOST_TEST(with.one_task);
  BOOST_TEST(!with.bridged);
}

BOOST_AUTO_TEST_CASE(outputs_belong_to_all_workloads) {
  for (auto name : {"flood", "startup", "map", "latency"}) {
    auto [what, with, status] = parse(name, "--json", "--csv", "a.csv",
                                      "--plot", "dir", "--no-progress");
    BOOST_REQUIRE_MESSAGE(what != nullptr, errors);
    BOOST_TEST(with.json);
    BOOST_TEST(with.csv_file == "a.csv");
    BOOST_TEST(with.plot_dir == "dir");
    BOOST_TEST(with.no_progress);
  }
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
  BOOST_TEST(with.csv_file.empty());
  BOOST_TEST(with.plot_dir.empty());
}

BOOST_AUTO_TEST_CASE(quick_changes_defaults_and_flags_win) {
  workloads[0].hurry = [](options& with) {
    with.tasks = {10};
    with.repeat = 2;
  };
  auto [what, with, status] = parse("flood", "--repeat", "3", "--quick");
  BOOST_REQUIRE(what != nullptr);
  BOOST_TEST(with.quick);
  BOOST_CHECK(with.tasks == sizes{10});
  BOOST_TEST(with.repeat == 3u);
}

BOOST_AUTO_TEST_CASE(wrong_usage_ends_with_two) {
  for (auto [flag, text] : {std::pair{"--engines", "0"},
                            {"--engines", "5000"},
                            {"--engines", "x"},
                            {"--engines", "1,"},
                            {"--tasks", ""},
                            {"--tasks", "0"},
                            {"--tasks", "99g"},
                            {"--size", "-1"},
                            {"--size", "99g"},
                            {"--path", "fast"},
                            {"--repeat", "0"},
                            {"--transport", "udp"},
                            {"--transport", "ipc,udp"},
                            {"--scheme", "magic"},
                            {"--peer", "ray"},
                            {"--nonsense", "1"}}) {
    auto result = parse("flood", flag, text);
    BOOST_TEST((result.what == nullptr), flag << ' ' << text);
    BOOST_TEST(result.exit_status == 2, flag << ' ' << text);
    BOOST_TEST(complains_about(flag), errors);
    BOOST_TEST(complains_about("troupe-bench: "), errors);
  }
  BOOST_TEST(parse("map", "--dt", "0").exit_status == 2);
  BOOST_TEST(parse("map", "--queued", "1.5").exit_status == 2);
  BOOST_TEST(parse("latency", "--copy", "sometimes").exit_status == 2);
  BOOST_TEST(complains_about("always, never, auto or a size"), errors);
  BOOST_TEST(parse("latency", "--peers", "none").exit_status == 2);
}

BOOST_AUTO_TEST_CASE(without_a_workload_the_error_names_them) {
  for (auto result : {parse(), parse("swim"), parse("--json")}) {
    BOOST_TEST(result.exit_status == 2);
    BOOST_TEST(complains_about("flood,startup,map,latency"), errors);
  }
  parse("swim");
  BOOST_TEST(complains_about("\"swim\" was not expected"), errors);
}

BOOST_AUTO_TEST_CASE(a_flag_of_another_workload_names_its_owners) {
  BOOST_TEST(parse("startup", "--size", "16").exit_status == 2);
  BOOST_TEST(complains_about("`startup` takes --engines --path"), errors);
  BOOST_TEST(complains_about("`--size` belongs to flood"), errors);
  BOOST_TEST(parse("startup", "--dt=1").exit_status == 2);
  BOOST_TEST(complains_about("`--dt` belongs to map"), errors);
}

BOOST_AUTO_TEST_CASE(help_ends_with_zero) {
  auto result = parse("--help");
  BOOST_TEST((result.what == nullptr));
  BOOST_TEST(result.exit_status == 0);
  BOOST_TEST(help.find("flood") != std::string::npos);
  BOOST_TEST(parse("map", "--help").exit_status == 0);
  BOOST_TEST(help.find("[1,2,4,8,16,32,64,128]") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
