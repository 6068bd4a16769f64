// SPDX-License-Identifier: BSL-1.0

#include "cluster/programs.hpp"

#include "cli/command_error.hpp"
#include "support/temp_dir.hpp"
#include "troupe/client/runtime.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace troupe;
using namespace troupe::apps;

namespace fs = std::filesystem;

namespace {

struct fixture {
  fixture() : old_path(std::getenv("PATH")) {
    setenv("PATH", (dir.path().string() + ":/nosuch").c_str(), 1);
  }

  ~fixture() {
    setenv("PATH", old_path.c_str(), 1);
  }

  std::string file(const std::string& name, const std::string& content,
                   fs::perms mode = fs::perms::owner_all) {
    std::ofstream{dir / name} << content;
    fs::permissions(dir / name, mode);
    return (dir / name).string();
  }

  /// Returns the exit status with which a program is refused.
  static int refusal(const std::string& name) {
    try {
      find_program(name);
    } catch (const command_error& e) {
      BOOST_TEST(std::string{e.what()}.starts_with("cannot start \"" + name));
      return e.status;
    }
    return 0;
  }

  test::temp_dir dir;
  std::string old_path;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(programs_suite, fixture)

BOOST_AUTO_TEST_CASE(finds_programs_in_the_path) {
  auto path = file("tool", "x");
  BOOST_TEST(find_program("tool") == path);
  BOOST_TEST(find_program(path) == path);
}

BOOST_AUTO_TEST_CASE(tells_missing_programs_from_others) {
  BOOST_TEST(refusal("nosuch") == 127);
  BOOST_TEST(refusal("./nosuch") == 127);
  BOOST_TEST(refusal("") == 126);
  BOOST_TEST(refusal(dir.path().string()) == 126);
}

BOOST_AUTO_TEST_CASE(knows_programs_that_can_be_engines) {
  BOOST_TEST(contains_runtime(own_program()));
  BOOST_TEST(!contains_runtime("/bin/sh"));
  BOOST_TEST(!contains_runtime(file("empty", "")));
  BOOST_TEST(!contains_runtime("/no/such/file"));
  // A text that mentions the marker is no program.
  BOOST_TEST(!contains_runtime(file("text", runtime_marker)));
  BOOST_TEST(
    contains_runtime(file("elf", std::string{"\177ELF..."} + runtime_marker)));
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_library) {
  auto text = file("text.so", "text");
  for (auto& path : {text, std::string{"/nosuch.so"}, std::string{"libc.so.6"}})
    BOOST_CHECK_EXCEPTION(check_libraries({path}), command_error,
                          [&](const command_error& e) {
                            return e.status == 2
                                   && std::string{e.what()}.starts_with(
                                     "cannot load " + path + ": ");
                          });
}

BOOST_AUTO_TEST_CASE(loads_what_the_flags_of_an_engine_name) {
  auto text = file("text.so", "text");
  auto load = [](std::vector<std::string> args) {
    std::vector<char*> argv{const_cast<char*>("troupe")};
    for (auto& x : args)
      argv.push_back(x.data());
    load_libraries(static_cast<int>(argv.size()), argv.data());
  };
  BOOST_CHECK_THROW(load({"engine", "--load", text}), command_error);
  BOOST_CHECK_THROW(load({"engine", "--load=" + text}), command_error);
  load({"engine", "--load"});
  load({"engine", "--", "--load", text});
}

BOOST_AUTO_TEST_SUITE_END()
