// SPDX-License-Identifier: BSL-1.0

#include <troupe/curve_keys.hpp>
#include <troupe/error.hpp>
#include <troupe/security/admission.hpp>
#include <troupe/security/zap_domain.hpp>

#include <boost/test/unit_test.hpp>

using namespace troupe;

namespace {

/// An id as sockets make them up.
routing_id peer(std::uint32_t number) {
  std::string bytes(5, '\0');
  for (auto i = 0u; i < 4; ++i)
    bytes[i + 1] = static_cast<char>(number >> (8 * i));
  return routing_id{bytes};
}

struct fixture {
  fixture() {
    BOOST_REQUIRE(!list->add(alice, {"alice", "client"}));
    BOOST_REQUIRE(!list->add(bob, {"bob", "engine"}));
  }

  std::string alice = key_pair::generate()->public_key();
  std::string bob = key_pair::generate()->public_key();
  std::shared_ptr<access_list> list = std::make_shared<access_list>();
  admission door{list};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(admission_suite, fixture)

BOOST_AUTO_TEST_CASE(names_senders) {
  BOOST_REQUIRE(door.admit(alice, peer(1)) != nullptr);
  BOOST_TEST(door.admit(alice, peer(1))->name == "alice");
  BOOST_TEST(door.admit(bob, peer(2))->name == "bob");
  BOOST_TEST(door.admit(bob, routing_id{})->name == "bob");
  BOOST_TEST(door.admit(alice, routing_id{})->name == "alice");
}

BOOST_AUTO_TEST_CASE(shares_one_identity_per_user) {
  auto first = door.admit(alice, peer(1));
  BOOST_TEST(door.admit(alice, peer(1)) == first);
  BOOST_TEST(door.admit(alice, peer(2)) == first);
  BOOST_TEST(door.admit(alice, routing_id{}) == first);
}

BOOST_AUTO_TEST_CASE(believes_the_proof_and_not_the_connection) {
  BOOST_TEST(door.admit(alice, peer(1))->name == "alice");
  BOOST_TEST(door.admit(bob, peer(1))->name == "bob");
  list->remove(bob);
  BOOST_TEST((door.clear(peer(1)) == clearance::removed));
}

BOOST_AUTO_TEST_CASE(turns_away_whose_key_was_removed) {
  BOOST_TEST(door.admit(alice, peer(1)) != nullptr);
  BOOST_TEST((door.clear(peer(1)) == clearance::granted));
  list->remove(alice);
  BOOST_TEST(door.admit(alice, peer(1)) == nullptr);
  BOOST_TEST(door.admit(alice, peer(3)) == nullptr);
  BOOST_TEST(door.admit(alice, routing_id{}) == nullptr);
  BOOST_TEST((door.clear(peer(1)) == clearance::removed));
  BOOST_TEST(door.admit(bob, peer(2)) != nullptr);
  BOOST_TEST((door.clear(peer(2)) == clearance::granted));
  auto reports = door.take_removed();
  BOOST_REQUIRE(reports.size() == 1u);
  BOOST_TEST(reports.front().find("'alice'") != std::string::npos);
  BOOST_TEST(reports.front().find(alice) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(reports_again_after_another_removal) {
  door.admit(alice, peer(1));
  list->remove(alice);
  door.admit(alice, peer(1));
  BOOST_TEST(door.take_removed().size() == 1u);
  BOOST_TEST(!list->add(alice, {"alice", "client"}));
  BOOST_TEST(door.admit(alice, peer(1)) != nullptr);
  list->remove(alice);
  door.clear(peer(1));
  door.clear(peer(1));
  BOOST_TEST(door.take_removed().size() == 1u);
}

BOOST_AUTO_TEST_CASE(notices_a_new_role) {
  BOOST_TEST(door.admit(alice, peer(1))->role == "client");
  BOOST_TEST(!list->add(alice, {"alice", "admin"}));
  BOOST_TEST(door.admit(alice, peer(1))->role == "admin");
}

BOOST_AUTO_TEST_CASE(sends_nothing_to_made_up_peers) {
  BOOST_TEST((door.clear(peer(1)) == clearance::unknown));
  BOOST_TEST((door.clear(routing_id{"chosen"}) == clearance::granted));
  door.admit(alice, peer(1));
  door.forget(peer(1));
  BOOST_TEST((door.clear(peer(1)) == clearance::unknown));
}

BOOST_AUTO_TEST_CASE(remembers_a_bounded_number_of_peers) {
  constexpr auto max = static_cast<std::uint32_t>(admission::max_peers);
  for (auto i = 0u; i < 3 * max; ++i) {
    door.admit(alice, peer(i));
    door.admit(bob, peer(4 * max)); // one that stays active
  }
  BOOST_TEST((door.clear(peer(0)) == clearance::unknown));
  BOOST_TEST((door.clear(peer(3 * max - 1)) == clearance::granted));
  BOOST_TEST((door.clear(peer(2 * max + 1)) == clearance::granted));
  BOOST_TEST((door.clear(peer(4 * max)) == clearance::granted));
}

BOOST_AUTO_TEST_CASE(reads_identities_of_peers_with_passwords) {
  admission other{nullptr};
  auto id = to_user_id({"bob", "client"});
  BOOST_REQUIRE(other.admit(id, peer(1)) != nullptr);
  BOOST_TEST((*other.admit(id, peer(1)) == identity{"bob", "client"}));
  BOOST_TEST(other.admit("nonsense", peer(2)) == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
