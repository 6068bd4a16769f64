// SPDX-License-Identifier: BSL-1.0
#include "troupe/process/runtime_dir.hpp"

#include "support/temp_dir.hpp"
#include "troupe/error.hpp"
#include "troupe/process/child_process.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace troupe;

namespace fs = std::filesystem;

namespace {

mode_t mode_of(const fs::path& path) {
  struct stat info {};
  BOOST_REQUIRE(stat(path.c_str(), &info) == 0);
  return info.st_mode & 07777;
}

connection_info live(const std::string& name) {
  connection_info result;
  result.name = name;
  result.pid = getpid();
  result.start_time = process_start_time(getpid());
  result.control = "ipc:///c";
  result.tasks = "ipc:///t";
  return result;
}

connection_info dead(const std::string& name) {
  auto result = live(name);
  ++result.start_time; // the number was given to another process
  return result;
}

struct fixture {
  fixture() {
    setenv("XDG_RUNTIME_DIR", dir.path().c_str(), 1);
  }

  runtime_dir create(const std::string& name) {
    auto result = runtime_dir::create(name);
    BOOST_REQUIRE(result);
    return std::move(*result);
  }

  caf::error create_error(const std::string& name) {
    auto result = runtime_dir::create(name);
    BOOST_REQUIRE(!result);
    return std::move(result.error());
  }

  std::string find_error(const std::string& name) {
    auto result = runtime_dir::find(name);
    BOOST_REQUIRE(!result);
    return describe(result.error());
  }

  test::temp_dir dir;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(runtime_dir_suite, fixture)

BOOST_AUTO_TEST_CASE(keeps_everybody_else_out) {
  auto before = umask(0);
  auto x = create("prod");
  BOOST_TEST(!x.publish(live("prod")));
  umask(before);
  BOOST_CHECK(x.path() == dir / "troupe/prod");
  BOOST_TEST(mode_of(runtime_dir::base()) == 0700u);
  BOOST_TEST(mode_of(x.path()) == 0700u);
  BOOST_TEST(mode_of(x.path() / "cluster.json") == 0600u);
}

BOOST_AUTO_TEST_CASE(refuses_a_directory_that_others_can_enter) {
  create("prod").remove();
  chmod(runtime_dir::base().c_str(), 0755);
  BOOST_CHECK(create_error("prod") == ec::system_failure);
  BOOST_TEST(runtime_dir::running().empty());
  chmod(runtime_dir::base().c_str(), 0700);
  create("prod");
  chmod((dir / "troupe/prod").c_str(), 0750);
  BOOST_CHECK(create_error("prod") == ec::system_failure);
}

BOOST_AUTO_TEST_CASE(refuses_a_link_in_the_place_of_a_directory) {
  fs::create_directory(dir / "elsewhere");
  chmod((dir / "elsewhere").c_str(), 0700);
  fs::create_directory_symlink(dir / "elsewhere", dir / "troupe");
  BOOST_CHECK(create_error("prod") == ec::system_failure);
}

BOOST_AUTO_TEST_CASE(falls_back_to_tmp_without_a_private_runtime_directory) {
  auto expected = fs::path{"/tmp/troupe-" + std::to_string(geteuid())};
  unsetenv("XDG_RUNTIME_DIR");
  BOOST_CHECK(runtime_dir::base() == expected);
  setenv("XDG_RUNTIME_DIR", "relative", 1);
  BOOST_CHECK(runtime_dir::base() == expected);
  setenv("XDG_RUNTIME_DIR", (dir / "missing").c_str(), 1);
  BOOST_CHECK(runtime_dir::base() == expected);
}

BOOST_AUTO_TEST_CASE(takes_plain_words_as_names_only) {
  for (auto name : {"a", "default", "A-1_b.c", "...x"})
    BOOST_TEST(runtime_dir::valid_name(name), name);
  for (auto name : {"", ".", "..", "a/b", "a b", "\xc3\xa4", "a\n", "$x"})
    BOOST_TEST(!runtime_dir::valid_name(name), name);
  BOOST_TEST(runtime_dir::valid_name(std::string(64, 'x')));
  BOOST_TEST(!runtime_dir::valid_name(std::string(65, 'x')));
  BOOST_CHECK(create_error("../x") == ec::bad_config);
  BOOST_TEST(find_error("../x").find("is no name for a cluster")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(refuses_names_too_long_for_sockets) {
  auto deep = dir / std::string(60, 'd');
  fs::create_directory(deep);
  chmod(deep.c_str(), 0700);
  setenv("XDG_RUNTIME_DIR", deep.c_str(), 1);
  auto err = create_error(std::string(40, 'x'));
  BOOST_CHECK(err == ec::bad_config);
  BOOST_TEST(describe(err).find("choose a shorter name") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(names_endpoints_of_its_sockets) {
  BOOST_TEST(create("prod").ipc_endpoint("control")
             == "ipc://" + (dir / "troupe/prod/control.sock").string());
}

BOOST_AUTO_TEST_CASE(gives_one_directory_to_one_controller) {
  auto first = create("prod");
  BOOST_CHECK(create_error("prod") == ec::limit_reached); // before it published
  BOOST_TEST(!first.publish(live("prod")));
  auto err = create_error("prod");
  BOOST_CHECK(err == ec::limit_reached);
  BOOST_TEST(describe(err)
             == "cluster \"prod\" is running already (process "
                  + std::to_string(getpid())
                  + "): stop it, or choose another name");
  create("other");
}

BOOST_AUTO_TEST_CASE(takes_over_what_a_dead_controller_left) {
  {
    auto first = create("prod");
    BOOST_TEST(!first.publish(dead("prod")));
    std::ofstream{first.path() / "control.sock"} << "stale";
  }
  auto second = create("prod");
  BOOST_TEST(!fs::exists(second.path() / "cluster.json"));
  BOOST_TEST(!fs::exists(second.path() / "control.sock"));
}

BOOST_AUTO_TEST_CASE(never_takes_over_what_a_live_process_published) {
  BOOST_TEST(!create("prod").publish(live("prod"))); // lost its lock only
  BOOST_CHECK(create_error("prod") == ec::limit_reached);
}

BOOST_AUTO_TEST_CASE(finds_what_was_published) {
  auto x = create("prod");
  BOOST_TEST(!x.publish(live("prod")));
  auto found = runtime_dir::find("prod");
  BOOST_REQUIRE(found);
  BOOST_CHECK(*found == live("prod"));
  BOOST_CHECK(*runtime_dir::find("") == live("prod"));
}

BOOST_AUTO_TEST_CASE(replaces_what_was_published_at_once) {
  auto x = create("prod");
  BOOST_TEST(!x.publish(live("prod")));
  auto info = live("prod");
  info.control = "ipc:///other";
  BOOST_TEST(!x.publish(info));
  BOOST_TEST(runtime_dir::find("prod")->control == "ipc:///other");
  for (auto& entry : fs::directory_iterator{x.path()})
    BOOST_TEST(entry.path().extension() != ".new");
}

BOOST_AUTO_TEST_CASE(names_what_runs_when_a_cluster_does_not) {
  BOOST_TEST(find_error("prod") == "no cluster \"prod\". None is running.");
  BOOST_TEST(find_error("") == "no cluster. None is running.");
  auto a = create("a");
  auto b = create("b");
  BOOST_TEST(!b.publish(live("b")));
  BOOST_TEST(!a.publish(live("a")));
  BOOST_TEST(find_error("prod") == "no cluster \"prod\". Running: a, b.");
  BOOST_CHECK(runtime_dir::find("prod").error() == ec::peer_gone);
}

BOOST_AUTO_TEST_CASE(lists_live_clusters_only) {
  auto a = create("a");
  auto b = create("b");
  create("empty");
  BOOST_TEST(!a.publish(live("a")));
  BOOST_TEST(!b.publish(dead("b")));
  auto all = runtime_dir::running();
  BOOST_REQUIRE_EQUAL(all.size(), 1u);
  BOOST_TEST(all[0].name == "a");
}

BOOST_AUTO_TEST_CASE(ignores_files_that_are_broken) {
  auto good = create("good");
  BOOST_TEST(!good.publish(live("good")));
  auto half = to_json(live("half"));
  for (auto text : {std::string{}, half.substr(0, half.size() / 2),
                    std::string(1 << 20, '['), std::string(100, '\0'),
                    to_json(live("somebody-else"))}) {
    auto x = create("half");
    std::ofstream{x.path() / "cluster.json"} << text;
    BOOST_TEST(runtime_dir::running().size() == 1);
    x.remove();
  }
  auto odd = create("odd");
  fs::create_directory(odd.path() / "cluster.json");
  std::ofstream{runtime_dir::base() / "file"} << "x";
  auto fifo = create("fifo");
  BOOST_TEST(mkfifo((fifo.path() / "cluster.json").c_str(), 0600) == 0);
  BOOST_TEST(runtime_dir::running().size() == 1);
}

BOOST_AUTO_TEST_CASE(leaves_nothing_behind) {
  auto x = create("prod");
  BOOST_TEST(!x.publish(live("prod")));
  x.remove();
  BOOST_TEST(!fs::exists(x.path()));
  BOOST_TEST(fs::is_empty(runtime_dir::base()));
  create("prod");
}

BOOST_AUTO_TEST_SUITE_END()
