// SPDX-License-Identifier: BSL-1.0

#include <troupe/security/zap_domain.hpp>

#include <boost/test/unit_test.hpp>
#include <zmq.h>

#include <stdexcept>

using namespace troupe;

namespace {

using frames = std::vector<std::string_view>;

struct fixture {
  fixture() {
    zmq_z85_decode(reinterpret_cast<std::uint8_t*>(key.data()),
                   alice.public_key().c_str());
    curve = {"1.0", "7", "troupe-1", "192.0.2.7", "", "CURVE", key};
    plain = {"1.0", "7", "troupe-1", "192.0.2.7", "", "PLAIN", "bob", "pw"};
  }

  /// Reads a good question.
  zap_request read(const frames& from) {
    zap_request result;
    BOOST_REQUIRE(read_zap_request(from, result) == nullptr);
    return result;
  }

  key_pair alice = *key_pair::generate();
  std::string key = std::string(32, '\0');
  frames curve;
  frames plain;
  std::shared_ptr<access_list> list = std::make_shared<access_list>();
  zap_domain by_key{curve_server{alice, list}};
  zap_domain by_password{plain_server{[](auto user, auto password) {
    if (user == "throw")
      throw std::runtime_error{"oops"};
    if (password != "pw")
      return identity_ptr{};
    return std::make_shared<const identity>(
      identity{std::string{user}, "client"});
  }}};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(zap_domain_suite, fixture)

BOOST_AUTO_TEST_CASE(reads_questions) {
  auto request = read(curve);
  BOOST_TEST(request.id == "7");
  BOOST_TEST(request.domain == "troupe-1");
  BOOST_TEST(request.address == "192.0.2.7");
  BOOST_TEST(request.mechanism == "CURVE");
  BOOST_TEST(request.credentials.front() == key);
  BOOST_TEST(read(plain).credentials.size() == 2u);
}

BOOST_AUTO_TEST_CASE(reads_no_nonsense) {
  zap_request request;
  for (auto& good : {curve, plain})
    for (std::size_t n = 0; n < good.size(); ++n)
      BOOST_TEST(read_zap_request({good.data(), n}, request) != nullptr);
  for (auto i : {0u, 5u, 6u}) { // version, mechanism, key
    auto bad = curve;
    bad[i] = "x";
    BOOST_TEST(read_zap_request(bad, request) != nullptr);
  }
  curve.push_back("more");
  plain.push_back("more");
  BOOST_TEST(read_zap_request(curve, request) != nullptr);
  BOOST_TEST(read_zap_request(plain, request) != nullptr);
}

BOOST_AUTO_TEST_CASE(admits_listed_keys_only) {
  auto answer = by_key.judge(read(curve));
  BOOST_TEST(answer.status == 400);
  BOOST_TEST(answer.user_id == "");
  BOOST_TEST(by_key.refused() == 1u);
  auto why = by_key.take_refusals();
  BOOST_REQUIRE(why.size() == 1u);
  for (auto hint : {"192.0.2.7", alice.public_key().c_str(), "access list"})
    BOOST_TEST(why.front().find(hint) != std::string::npos, why.front());
  BOOST_TEST(!list->add(alice.public_key(), {"alice", "client"}));
  answer = by_key.judge(read(curve));
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(answer.user_id == alice.public_key());
  list->remove(alice.public_key());
  BOOST_TEST(by_key.judge(read(curve)).status == 400);
}

BOOST_AUTO_TEST_CASE(admits_good_passwords_only) {
  auto answer = by_password.judge(read(plain));
  BOOST_TEST(answer.status == 200);
  BOOST_REQUIRE(from_user_id(answer.user_id) != nullptr);
  BOOST_TEST((*from_user_id(answer.user_id) == identity{"bob", "client"}));
  plain[7] = "guess";
  BOOST_TEST(by_password.judge(read(plain)).status == 400);
  plain[6] = "throw";
  BOOST_TEST(by_password.judge(read(plain)).status == 400);
  plain[6] = "two words"; // an identity that nobody can have
  plain[7] = "pw";
  BOOST_TEST(by_password.judge(read(plain)).status == 400);
  auto why = by_password.take_refusals();
  BOOST_REQUIRE(why.size() == 3u);
  BOOST_TEST(why[0].find("wrong name or password") != std::string::npos);
  BOOST_TEST(why[0].find("guess") == std::string::npos); // maybe almost right
  BOOST_TEST(why[1].find("exception") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(admits_nobody_with_another_mechanism) {
  BOOST_TEST(!list->add(alice.public_key(), {"alice", "client"}));
  BOOST_TEST(by_key.judge(read(plain)).status == 400);
  BOOST_TEST(by_password.judge(read(curve)).status == 400);
}

BOOST_AUTO_TEST_CASE(bounds_what_strangers_leave_behind) {
  auto name = std::string(100'000, '\n');
  plain[6] = name;
  plain[7] = "guess";
  for (auto i = 0; i < 1000; ++i)
    BOOST_TEST(by_password.judge(read(plain)).status == 400);
  BOOST_TEST(by_password.refused() == 1000u);
  auto why = by_password.take_refusals();
  BOOST_TEST(why.size() == zap_domain::max_refusals);
  BOOST_TEST(why.front().size() < 300u);
  BOOST_TEST(why.front().find('\n') == std::string::npos);
  BOOST_TEST(by_password.take_refusals().empty());
}

BOOST_AUTO_TEST_CASE(has_a_name_of_its_own) {
  BOOST_TEST(by_key.name() != by_password.name());
}

BOOST_AUTO_TEST_CASE(reads_user_ids) {
  identity who{"bob", "client"};
  BOOST_REQUIRE(from_user_id(to_user_id(who)) != nullptr);
  BOOST_TEST((*from_user_id(to_user_id(who)) == who));
  for (auto text : {"", " ", "client", "client ", " bob", "client bob smith"})
    BOOST_TEST(from_user_id(text) == nullptr);
}

BOOST_AUTO_TEST_CASE(knows_who_entered_and_is_listed_no_more) {
  BOOST_REQUIRE(!list->add(alice.public_key(), {"alice", "client"}));
  BOOST_TEST(by_key.judge(read(curve)).status == 200);
  BOOST_TEST(by_key.take_removed().empty());
  list->remove(alice.public_key());
  auto removed = by_key.take_removed();
  BOOST_REQUIRE(removed.size() == 1u);
  BOOST_TEST(removed[0].key == alice.public_key());
  BOOST_TEST(removed[0].name == "alice");
  BOOST_TEST(by_key.take_removed().empty());
  BOOST_TEST(by_key.refused() == 1u);
  BOOST_TEST(by_password.take_removed().empty());
}

BOOST_AUTO_TEST_SUITE_END()
