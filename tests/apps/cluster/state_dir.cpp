// SPDX-License-Identifier: BSL-1.0

#include "cluster/state_dir.hpp"

#include "cli/command_error.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <fstream>

using namespace troupe;
using namespace troupe::apps;

namespace fs = std::filesystem;

namespace {

struct fixture {
  fixture() {
    setenv("XDG_STATE_HOME", dir.path().c_str(), 1);
  }

  ~fixture() {
    unsetenv("XDG_STATE_HOME");
  }

  test::temp_dir dir;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(state_dir_suite, fixture)

BOOST_AUTO_TEST_CASE(makes_a_private_directory) {
  auto path = state_dir("a");
  BOOST_TEST(path == dir / "troupe/a");
  BOOST_TEST((fs::status(path).permissions() == fs::perms::owner_all));
  BOOST_TEST(state_dir("a") == path);
}

BOOST_AUTO_TEST_CASE(lies_below_the_home_by_default) {
  unsetenv("XDG_STATE_HOME");
  std::string before = std::getenv("HOME");
  setenv("HOME", dir.path().c_str(), 1);
  BOOST_TEST(state_dir("a") == dir / ".local/state/troupe/a");
  setenv("HOME", before.c_str(), 1);
}

BOOST_AUTO_TEST_CASE(ignores_a_relative_path) {
  setenv("XDG_STATE_HOME", "relative", 1);
  std::string before = std::getenv("HOME");
  setenv("HOME", dir.path().c_str(), 1);
  BOOST_TEST(state_dir("a") == dir / ".local/state/troupe/a");
  setenv("HOME", before.c_str(), 1);
}

BOOST_AUTO_TEST_CASE(tells_what_is_in_the_way) {
  std::ofstream{dir / "troupe"} << "a file";
  BOOST_CHECK_THROW(state_dir("a"), command_error);
}

BOOST_AUTO_TEST_SUITE_END()
