// SPDX-License-Identifier: BSL-1.0

#include "support/temp_dir.hpp"
#include <troupe/access_list.hpp>
#include <troupe/curve_keys.hpp>
#include <troupe/error.hpp>

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <sys/stat.h>
#include <thread>

using namespace troupe;
using namespace troupe::test;

namespace {

std::string make_key() {
  return key_pair::generate()->public_key();
}

struct fixture {
  void write(const std::string& text) {
    std::ofstream{path} << text;
    BOOST_REQUIRE(chmod(path.c_str(), 0600) == 0);
  }

  temp_dir dir;
  std::filesystem::path path = dir / "access";
  std::string alice = make_key();
  std::string bob = make_key();
  access_list list;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(access_list_suite, fixture)

BOOST_AUTO_TEST_CASE(admits_nobody_at_first) {
  BOOST_TEST(list.size() == 0u);
  BOOST_TEST(list.find(alice) == nullptr);
  BOOST_TEST(!list.remove(alice));
}

BOOST_AUTO_TEST_CASE(knows_who_owns_a_key) {
  BOOST_TEST(!list.add(alice, {"alice", "client"}));
  BOOST_REQUIRE(list.find(alice) != nullptr);
  BOOST_TEST((*list.find(alice) == identity{"alice", "client"}));
  BOOST_TEST(list.find(alice) == list.find(alice)); // shared
  BOOST_TEST(list.find(bob) == nullptr);
  BOOST_TEST(!list.add(alice, {"alice", "admin"}));
  BOOST_TEST(list.find(alice)->role == "admin");
  BOOST_TEST(list.remove(alice));
  BOOST_TEST(list.find(alice) == nullptr);
}

BOOST_AUTO_TEST_CASE(counts_its_changes) {
  auto version = list.version();
  auto changed = [&] { return std::exchange(version, list.version()); };
  BOOST_TEST(!list.add(alice, {"alice", "client"}));
  BOOST_TEST(changed() < version);
  BOOST_TEST((list.add("bad", {"bob", "client"}) == ec::bad_config));
  BOOST_TEST(!list.remove(bob));
  BOOST_TEST(changed() == version);
  BOOST_TEST(list.remove(alice));
  BOOST_TEST(changed() < version);
}

BOOST_AUTO_TEST_CASE(takes_no_nonsense) {
  auto long_name = std::string(65, 'x');
  for (auto& name : {std::string{}, std::string{"a b"}, std::string{"a\n"},
                     std::string{"\x7f"}, long_name, std::string{"\xc3\xa4"}}) {
    BOOST_TEST((list.add(alice, {name, "client"}) == ec::bad_config));
    BOOST_TEST((list.add(alice, {"alice", name}) == ec::bad_config));
  }
  BOOST_TEST(list.size() == 0u);
}

BOOST_AUTO_TEST_CASE(comes_back_from_a_file) {
  BOOST_TEST(!list.add(alice, {"alice", "client"}));
  BOOST_TEST(!list.add(bob, {"bob", "engine"}));
  BOOST_TEST(!list.save(path));
  BOOST_TEST(!list.save(path)); // may replace it
  auto loaded = access_list::load(path);
  BOOST_REQUIRE(loaded);
  BOOST_TEST((*loaded)->size() == 2u);
  BOOST_TEST((*(*loaded)->find(bob) == identity{"bob", "engine"}));
}

BOOST_AUTO_TEST_CASE(reads_what_people_write) {
  write("# Our friends\n\n#\n  " + alice + "\tclient  alice \r\n#" + alice
        + "\n" + bob + " engine bob"); // no newline at the end
  auto loaded = access_list::load(path);
  BOOST_REQUIRE(loaded);
  BOOST_TEST((*loaded)->size() == 2u);
  BOOST_TEST((*(*loaded)->find(alice) == identity{"alice", "client"}));
}

BOOST_AUTO_TEST_CASE(names_the_bad_line) {
  auto good = alice + " client alice\n";
  struct {
    std::string line;
    const char* hint;
  } cases[] = {
    {"alice client " + alice, "no public key"},
    {bob, "role"},
    {bob + " engine", "name"},
    {bob + " engine bob smith", "more than"},
    {good, "a line above"},
  };
  for (auto& x : cases) {
    write("# list\n" + good + x.line + "\n");
    auto loaded = access_list::load(path);
    BOOST_REQUIRE(!loaded);
    BOOST_TEST((loaded.error() == ec::bad_key_file));
    auto text = describe(loaded.error());
    BOOST_TEST(text.find("line 3") != std::string::npos, text);
    BOOST_TEST(text.find(x.hint) != std::string::npos, text);
  }
}

BOOST_AUTO_TEST_CASE(changes_whole_or_not_at_all) {
  BOOST_TEST(!list.add(alice, {"alice", "client"}));
  auto version = list.version();
  write(bob + " engine bob\nnonsense\n");
  BOOST_TEST((list.reload(path) == ec::bad_key_file));
  BOOST_TEST((list.reload(dir / "missing") == ec::bad_key_file));
  BOOST_TEST(list.find(alice) != nullptr);
  BOOST_TEST(list.find(bob) == nullptr);
  BOOST_TEST(list.version() == version);
  write(bob + " engine bob\n");
  BOOST_TEST(!list.reload(path));
  BOOST_TEST(list.find(alice) == nullptr);
  BOOST_TEST(list.find(bob) != nullptr);
  BOOST_TEST(list.version() > version);
}

BOOST_AUTO_TEST_CASE(tells_of_removals_while_somebody_listens) {
  auto calls = 0;
  auto token = list.on_removal([&] {
    ++calls;
    BOOST_TEST(list.find(alice) == nullptr); // not locked
  });
  BOOST_TEST(!list.add(alice, {"alice", "client"}));
  BOOST_TEST(calls == 0);
  BOOST_TEST(list.remove(alice));
  BOOST_TEST(!list.remove(alice));
  BOOST_TEST(calls == 1);
  write(bob + " engine bob\n");
  BOOST_TEST(!list.reload(path));
  BOOST_TEST(calls == 2);
  token = nullptr;
  BOOST_TEST(list.remove(bob));
  BOOST_TEST(calls == 2);
  BOOST_TEST(list.removals() == 3u);
}

BOOST_AUTO_TEST_CASE(may_be_read_while_it_changes) {
  std::thread writer{[&] {
    for (auto i = 0; i < 2000; ++i) {
      static_cast<void>(list.add(alice, {"alice", i % 2 ? "client" : "admin"}));
      if (i % 3 == 0)
        list.remove(alice);
    }
  }};
  for (auto last = std::uint64_t{0}; last < 2668;) {
    auto version = list.version();
    BOOST_REQUIRE(version >= last);
    last = version;
    if (auto who = list.find(alice))
      BOOST_REQUIRE(who->name == "alice");
  }
  writer.join();
}

BOOST_AUTO_TEST_SUITE_END()
