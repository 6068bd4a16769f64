// SPDX-License-Identifier: BSL-1.0

#include "support/temp_dir.hpp"
#include <troupe/error.hpp>
#include <troupe/security/private_file.hpp>

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace troupe;
using namespace troupe::test;

namespace fs = std::filesystem;

namespace {

constexpr auto limit = std::size_t{100};

struct fixture {
  fixture() {
    BOOST_REQUIRE(!write_private_file(path, "secret", if_exists::keep));
  }

  /// Expects that `where` is not read, and that the sentence says `hint`.
  void check_refused(const fs::path& where, const std::string& hint) {
    auto got = read_private_file(where, limit);
    BOOST_REQUIRE(!got);
    BOOST_TEST((got.error() == ec::bad_key_file));
    auto text = describe(got.error());
    BOOST_TEST(text.find(where.string()) != std::string::npos, text);
    BOOST_TEST(text.find(hint) != std::string::npos, text);
    BOOST_TEST(text.find("secret") == std::string::npos, text);
  }

  std::size_t entries() {
    return static_cast<std::size_t>(std::distance(
      fs::directory_iterator{dir.path()}, fs::directory_iterator{}));
  }

  temp_dir dir;
  fs::path path = dir / "file";
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(private_file_suite, fixture)

BOOST_AUTO_TEST_CASE(reads_what_it_wrote) {
  auto got = read_private_file(path, limit);
  BOOST_REQUIRE(got);
  BOOST_TEST(*got == "secret");
}

BOOST_AUTO_TEST_CASE(lets_nobody_else_read_it_whatever_the_umask) {
  auto before = umask(0);
  auto err = write_private_file(dir / "open", "x", if_exists::keep);
  umask(0777);
  auto other = write_private_file(dir / "shut", "x", if_exists::keep);
  umask(before);
  BOOST_TEST(!err);
  BOOST_TEST(!other);
  for (auto name : {"open", "shut"}) {
    struct stat info {};
    BOOST_REQUIRE(stat((dir / name).c_str(), &info) == 0);
    BOOST_TEST((info.st_mode & 07777) == 0600u);
  }
}

BOOST_AUTO_TEST_CASE(keeps_what_is_there_unless_told_otherwise) {
  auto err = write_private_file(path, "new", if_exists::keep);
  BOOST_TEST((err == ec::bad_key_file));
  BOOST_TEST(describe(err).find("exists already") != std::string::npos);
  BOOST_TEST(*read_private_file(path, limit) == "secret");
  BOOST_TEST(!write_private_file(path, "new", if_exists::replace));
  BOOST_TEST(*read_private_file(path, limit) == "new");
  BOOST_TEST(entries() == 1u); // nothing half-made stays behind
}

BOOST_AUTO_TEST_CASE(replaces_a_link_and_not_what_it_leads_to) {
  auto name = dir / "link";
  fs::create_symlink(path, name);
  BOOST_TEST(
    (write_private_file(name, "new", if_exists::keep) == ec::bad_key_file));
  BOOST_TEST(!write_private_file(name, "new", if_exists::replace));
  BOOST_TEST(*read_private_file(path, limit) == "secret");
  BOOST_TEST(*read_private_file(name, limit) == "new");
}

BOOST_AUTO_TEST_CASE(needs_a_directory) {
  auto err = write_private_file(dir / "no/such/file", "x", if_exists::keep);
  BOOST_TEST((err == ec::bad_key_file));
  BOOST_TEST(describe(err).find("directory does not exist")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(refuses_what_others_may_read_or_write) {
  for (auto mode : {0640, 0604, 0620, 0602, 0610}) {
    BOOST_REQUIRE(chmod(path.c_str(), static_cast<mode_t>(mode)) == 0);
    check_refused(path, "chmod 600");
  }
  for (auto mode : {0600, 0400, 0700}) {
    BOOST_REQUIRE(chmod(path.c_str(), static_cast<mode_t>(mode)) == 0);
    BOOST_TEST(read_private_file(path, limit).engaged());
  }
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_plain_file) {
  fs::create_symlink(path, dir / "link");
  check_refused(dir / "link", "symbolic link");
  check_refused(dir.path(), "regular file");
  BOOST_REQUIRE(mkfifo((dir / "pipe").c_str(), 0600) == 0);
  check_refused(dir / "pipe", "regular file"); // and does not wait for a writer
  check_refused(dir / "missing", "does not exist");
}

BOOST_AUTO_TEST_CASE(refuses_what_somebody_else_owns) {
  if (geteuid() == 0) {
    BOOST_REQUIRE(chown(path.c_str(), 65534, 65534) == 0);
    check_refused(path, "somebody else");
  } else if (access("/etc/hostname", R_OK) == 0) {
    check_refused("/etc/hostname", "somebody else");
  }
}

BOOST_AUTO_TEST_CASE(refuses_what_is_too_long) {
  auto text = std::string(limit, 'x');
  BOOST_TEST(!write_private_file(path, text, if_exists::replace));
  BOOST_TEST(*read_private_file(path, limit) == text);
  BOOST_TEST(!write_private_file(path, text + 'x', if_exists::replace));
  check_refused(path, "longer than 100 bytes");
}

BOOST_AUTO_TEST_CASE(wipes_all_of_a_text) {
  std::string text = "a secret that is longer than what a string keeps inside";
  auto bytes = text.data();
  auto capacity = text.capacity();
  text.resize(10);
  wipe(text);
  BOOST_TEST(text.empty());
  BOOST_REQUIRE(text.capacity() == capacity);
  text.resize(capacity);
  BOOST_TEST(text.data() == bytes);
  BOOST_TEST(text == std::string(capacity, '\0'));
}

BOOST_AUTO_TEST_SUITE_END()
