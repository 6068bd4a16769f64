// SPDX-License-Identifier: BSL-1.0

#include "cluster/settings.hpp"

#include "cli/command_error.hpp"
#include "cluster/programs.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe;
using namespace troupe::apps;
using namespace std::chrono_literals;

using words = std::vector<std::string>;

namespace {

struct fixture {
  int refusal() const {
    try {
      checked(x);
    } catch (const command_error& e) {
      return e.status;
    }
    return 0;
  }

  cluster_settings x;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(settings_suite, fixture)

BOOST_AUTO_TEST_CASE(accepts_the_defaults) {
  BOOST_TEST((checked(x) == x));
}

BOOST_AUTO_TEST_CASE(makes_the_path_of_a_program_absolute) {
  x.program = "sh";
  BOOST_TEST(checked(x).program.ends_with("/bin/sh"));
}

BOOST_AUTO_TEST_CASE(refuses_names_that_are_no_plain_words) {
  for (auto name : {"", "a/b", "..", "a b", "\n"}) {
    x.name = name;
    BOOST_TEST(refusal() == 2, name);
  }
}

BOOST_AUTO_TEST_CASE(refuses_thresholds_programs_and_libraries) {
  x.copy_threshold = "64q";
  BOOST_TEST(refusal() == 2);
  x.copy_threshold = "never";
  x.program = "/no/such/program";
  BOOST_TEST(refusal() == 127);
  x.program = "sh";
  x.load = {"a.so"};
  BOOST_TEST(refusal() == 2);
  x.program = "";
  BOOST_TEST(refusal() == 2);
}

BOOST_AUTO_TEST_CASE(refuses_a_scheme_that_nobody_brings) {
  x.scheme = "best";
  BOOST_TEST(refusal() == 2);
  x.scheme = "weighted";
  BOOST_TEST(checked(x).scheme == "weighted");
}

BOOST_AUTO_TEST_CASE(takes_a_device_without_hwm) {
  x.scheme = "pure";
  BOOST_TEST(to_controller_config(checked(x)).pure);
  x.hwm = 4;
  BOOST_TEST(refusal() == 2);
  x.scheme = "lru";
  BOOST_TEST(!to_controller_config(checked(x)).pure);
}

BOOST_AUTO_TEST_CASE(makes_this_program_the_engine) {
  x.load = {"/a.so", "/b.so"};
  auto arguments = words{"engine", "--load", "/a.so", "--load", "/b.so"};
  auto local = to_cluster_options(x);
  BOOST_TEST(local.program == own_program());
  BOOST_TEST((local.arguments == arguments));
  auto controller = to_controller_config(x);
  BOOST_TEST(controller.engine.program == own_program());
  BOOST_TEST((controller.engine.arguments == arguments));
}

BOOST_AUTO_TEST_CASE(makes_another_program_the_engine) {
  x.program = "/bin/p";
  BOOST_TEST(to_cluster_options(x).program == "/bin/p");
  BOOST_TEST(to_cluster_options(x).arguments.empty());
  BOOST_TEST(to_controller_config(x).engine.program == "/bin/p");
  BOOST_TEST(to_controller_config(x).engine.arguments.empty());
}

BOOST_AUTO_TEST_CASE(passes_everything_on) {
  x.engines = 3;
  x.name = "a";
  x.scheme = "lru";
  x.hwm = 7;
  x.broadcast_depth = 2;
  x.copy_threshold = "64k";
  x.listen = "127.0.0.1";
  x.port = 5000;
  x.curve_off = true;
  x.wait = 5s;
  auto controller = to_controller_config(x);
  BOOST_TEST(controller.name == "a");
  BOOST_TEST(controller.engines == 3u);
  BOOST_TEST(controller.listen == "127.0.0.1");
  BOOST_TEST(controller.port == 5000);
  BOOST_TEST(controller.curve_off);
  BOOST_TEST((controller.start_limit == 5s));
  BOOST_TEST((controller.scheduler.scheme == &lru_scheme()));
  BOOST_TEST(controller.scheduler.hwm == 7u);
  BOOST_TEST(controller.broadcast_depth == 2u);
  BOOST_TEST(controller.bridge.copy.threshold() == 65536u);
  auto local = to_cluster_options(x);
  BOOST_TEST(local.engines == 3u);
  BOOST_TEST(local.name == ""); // private
  BOOST_TEST((local.scheme == "lru"));
  BOOST_TEST(local.hwm == 7u);
  BOOST_TEST(local.broadcast_depth == 2u);
  BOOST_TEST(local.copy_threshold == "64k");
  BOOST_TEST((local.engine_timeout == 5s));
}

BOOST_AUTO_TEST_SUITE_END()
