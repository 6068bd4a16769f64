// SPDX-License-Identifier: BSL-1.0

#include "support/temp_dir.hpp"
#include <troupe/curve_keys.hpp>
#include <troupe/error.hpp>

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <memory>
#include <sys/stat.h>

using namespace troupe;
using namespace troupe::test;

namespace {

key_pair make_keys() {
  auto result = key_pair::generate();
  BOOST_REQUIRE(result);
  return std::move(*result);
}

/// Replaces the content of a private file.
void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream{path} << text;
  BOOST_REQUIRE(chmod(path.c_str(), 0600) == 0);
}

} // namespace

BOOST_AUTO_TEST_SUITE(curve_keys_suite)

BOOST_AUTO_TEST_CASE(makes_another_pair_each_time) {
  auto x = make_keys();
  auto y = make_keys();
  BOOST_TEST(!x.empty());
  BOOST_TEST(valid_key(x.public_key()));
  BOOST_TEST(valid_key(x.secret_key()));
  BOOST_TEST(x.public_key() != y.public_key());
  BOOST_TEST(x.secret_key() != y.secret_key());
}

BOOST_AUTO_TEST_CASE(holds_nothing_at_first) {
  key_pair keys;
  BOOST_TEST(keys.empty());
  BOOST_TEST(keys.public_key().empty());
  BOOST_TEST(keys.secret_key().empty());
}

BOOST_AUTO_TEST_CASE(derives_the_public_key) {
  // The pair in ZeroMQ's manual.
  auto keys = key_pair::from_secret("D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs");
  BOOST_REQUIRE(keys);
  BOOST_TEST(keys->public_key() == "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID");
}

BOOST_AUTO_TEST_CASE(takes_nothing_else_for_a_key) {
  auto good = make_keys().public_key();
  BOOST_TEST(valid_key(good));
  auto broken = good;
  for (auto c : {' ', '"', '\\', '~', '\n', '\0', '\x7f', '\xff'}) {
    broken[7] = c;
    BOOST_TEST(!valid_key(broken));
  }
  BOOST_TEST(!valid_key(""));
  BOOST_TEST(!valid_key(good.substr(1)));
  BOOST_TEST(!valid_key(good + "0"));
  BOOST_TEST(!valid_key(std::string(40, '0'))); // 32 zero bytes
  BOOST_TEST(valid_key(std::string(35, '0') + "%nSc0"));
  BOOST_TEST(!valid_key(std::string(35, '0') + "%nSc1")); // 2 to the 32nd
  BOOST_TEST(!valid_key("#0000" + good.substr(5))); // so no key is a comment
}

BOOST_AUTO_TEST_CASE(does_not_repeat_a_bad_secret) {
  auto keys = key_pair::from_secret("my dog's name");
  BOOST_REQUIRE(!keys);
  BOOST_TEST((keys.error() == ec::bad_config));
  BOOST_TEST(describe(keys.error()).find("dog") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(leaves_no_secret_in_memory) {
  alignas(key_pair) std::byte memory[sizeof(key_pair)];
  auto keys = make_keys();
  auto secret = std::string{keys.secret_key()};
  auto copy = std::construct_at(reinterpret_cast<key_pair*>(memory), keys);
  auto where = copy->secret_key().data() - reinterpret_cast<char*>(memory);
  BOOST_TEST(copy->secret_key() == secret);
  std::destroy_at(copy);
  auto left = std::string(reinterpret_cast<char*>(memory) + where, 40);
  BOOST_TEST(left == std::string(40, '\0'));
}

BOOST_AUTO_TEST_CASE(comes_back_from_a_file) {
  temp_dir dir;
  auto keys = make_keys();
  BOOST_TEST(!save_keys(keys, dir / "keys"));
  auto loaded = load_keys(dir / "keys");
  BOOST_REQUIRE(loaded);
  BOOST_TEST(loaded->public_key() == keys.public_key());
  BOOST_TEST(loaded->secret_key() == keys.secret_key());
  BOOST_TEST((save_keys(make_keys(), dir / "keys") == ec::bad_key_file));
  BOOST_TEST((save_keys(key_pair{}, dir / "other") == ec::bad_config));
  BOOST_REQUIRE(chmod((dir / "keys").c_str(), 0644) == 0);
  BOOST_TEST((load_keys(dir / "keys").error() == ec::bad_key_file));
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong_with_a_file) {
  temp_dir dir;
  auto path = dir / "keys";
  auto keys = make_keys();
  auto secret = "secret = " + std::string{keys.secret_key()} + "\n";
  auto other = "public = " + make_keys().public_key() + "\n";
  struct {
    std::string content;
    const char* hint;
  } cases[] = {
    {"", "no valid secret key"},
    {"public = " + keys.public_key() + "\n", "no valid secret key"},
    {secret, "do not belong together"},
    {other + secret, "do not belong together"},
    {"hello\n" + secret, "a line that is neither"},
    {std::string(4097, '#'), "longer than"},
    {std::string("\0\n", 2), "a line that is neither"},
  };
  for (auto& x : cases) {
    write(path, x.content);
    auto got = load_keys(path);
    BOOST_REQUIRE(!got);
    BOOST_TEST((got.error() == ec::bad_key_file));
    auto text = describe(got.error());
    BOOST_TEST(text.find(x.hint) != std::string::npos, text);
    BOOST_TEST(text.find(keys.secret_key()) == std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()
