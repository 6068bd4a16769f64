// SPDX-License-Identifier: BSL-1.0
#include "troupe/hub/registry.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>

using namespace std::chrono_literals;
using namespace troupe;

namespace {

function_description function(const std::string& name,
                              std::uint64_t signature = 1,
                              const std::string& text = "(f64) -> f64") {
  return {function_id_of(name), signature, name, text};
}

routing_id peer(int number) {
  return routing_id{std::string{"\0abc", 4} + static_cast<char>(number)};
}

hello_message hello(std::uint64_t incarnation, const std::string& name = "",
                    std::vector<function_description> functions = {}) {
  hello_message result;
  result.name = name;
  result.incarnation = incarnation;
  result.pid = 42;
  result.host = "atlas";
  result.functions = std::move(functions);
  return result;
}

hello_message client_hello(std::uint64_t incarnation) {
  auto result = hello(incarnation);
  result.role = wire::Role::Client;
  return result;
}

struct fixture {
  /// Admits and returns a copy of who was admitted.
  member admit(const hello_message& x, int from) {
    auto answer = members.admit(x, peer(from), now);
    BOOST_REQUIRE(std::holds_alternative<admission>(answer));
    fresh = std::get<admission>(answer).fresh;
    return *std::get<admission>(answer).who;
  }

  turned_away refusal(const hello_message& x, int from) {
    auto answer = members.admit(x, peer(from), now);
    BOOST_REQUIRE(std::holds_alternative<turned_away>(answer));
    return std::get<turned_away>(answer);
  }

  registry::time_point now{100s};
  registry members{{.max_engines = 3, .max_clients = 2, .token_seed = 7}};
  bool fresh = false;
};

bool mentions(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(registry_suite, fixture)

BOOST_AUTO_TEST_CASE(numbers_engines_and_clients_from_zero) {
  BOOST_CHECK(admit(hello(1), 1).id == member_id{engine_id{0}});
  BOOST_CHECK(admit(client_hello(1), 2).id == member_id{client_id{0}});
  BOOST_CHECK(admit(hello(2), 3).id == member_id{engine_id{1}});
  BOOST_TEST(members.engines() == 2);
  BOOST_TEST(members.clients() == 1);
}

BOOST_AUTO_TEST_CASE(names_engines_that_have_no_name) {
  BOOST_TEST(admit(hello(1), 1).name == "engine-0");
  BOOST_TEST(admit(hello(2, "bob"), 2).name == "bob");
  BOOST_TEST(admit(client_hello(3), 3).name == "");
}

BOOST_AUTO_TEST_CASE(finds_a_free_default_name) {
  admit(hello(1, "engine-1"), 1);
  BOOST_TEST(admit(hello(2), 2).name == "engine-1-2");
}

BOOST_AUTO_TEST_CASE(refuses_the_name_of_a_live_engine) {
  admit(hello(1, "bob"), 1);
  auto no = refusal(hello(2, "bob"), 2);
  BOOST_CHECK(no.code == wire::RefusalCode::NameTaken);
  BOOST_TEST(mentions(no.text, "\"bob\""));
  BOOST_TEST(mentions(no.text, "process 42 on atlas"));
}

BOOST_AUTO_TEST_CASE(gives_a_name_to_the_next_engine_when_its_owner_is_gone) {
  auto first = admit(hello(1, "bob"), 1);
  BOOST_TEST(members.drop(first.id).has_value());
  auto second = admit(hello(2, "bob"), 2);
  BOOST_TEST(second.name == "bob");
  BOOST_CHECK(second.id == member_id{engine_id{1}}); // ids are used once
}

BOOST_AUTO_TEST_CASE(knows_a_process_that_connects_again) {
  auto before = admit(hello(1, "bob"), 1);
  BOOST_REQUIRE(members.find(wire::Role::Engine, 1) != nullptr);
  BOOST_CHECK(members.find(wire::Role::Engine, 1)->id == before.id);
  BOOST_TEST(members.find(wire::Role::Client, 1) == nullptr);
  BOOST_TEST(members.find(wire::Role::Engine, 2) == nullptr);
  auto no = refusal(hello(1, "bob"), 2);
  BOOST_TEST(mentions(no.text, "another connection"));
  members.drop(before.id);
  auto after = admit(hello(1, "bob"), 2);
  BOOST_TEST(fresh);
  BOOST_CHECK(after.id != before.id);
  BOOST_TEST(after.token != before.token);
  BOOST_TEST(members.engines() == 1);
}

BOOST_AUTO_TEST_CASE(answers_a_repeated_hello_without_news) {
  auto before = admit(hello(1), 1);
  members.mark_ready(before.id);
  auto revision = members.revision();
  auto after = admit(hello(1), 1);
  BOOST_TEST(!fresh);
  BOOST_TEST(after.token == before.token);
  BOOST_TEST(after.ready);
  BOOST_TEST(members.revision() == revision);
}

BOOST_AUTO_TEST_CASE(refuses_two_members_on_one_connection) {
  admit(hello(1), 1);
  auto no = refusal(hello(2), 1);
  BOOST_CHECK(no.code == wire::RefusalCode::Malformed);
  BOOST_TEST(mentions(no.text, "engine-0"));
  admit(hello(2), 2);
  // Not even if both are known.
  BOOST_CHECK(refusal(hello(2), 1).code == wire::RefusalCode::Malformed);
}

BOOST_AUTO_TEST_CASE(enforces_the_limits) {
  for (auto i = 0; i < 3; ++i)
    admit(hello(10 + static_cast<std::uint64_t>(i)), i);
  auto no = refusal(hello(20), 3);
  BOOST_CHECK(no.code == wire::RefusalCode::Limit);
  BOOST_TEST(mentions(no.text, "3 engines"));
  admit(client_hello(1), 4);
  admit(client_hello(2), 5);
  no = refusal(client_hello(3), 6);
  BOOST_CHECK(no.code == wire::RefusalCode::Limit);
  BOOST_TEST(mentions(no.text, "2 clients"));
  admit(client_hello(1), 4); // who is in, is in
}

BOOST_AUTO_TEST_CASE(refuses_names_that_nobody_can_print) {
  auto no = refusal(hello(1, std::string{"a\nb"}), 1);
  BOOST_CHECK(no.code == wire::RefusalCode::Malformed);
  no = refusal(hello(1, std::string(129, 'x')), 1);
  BOOST_CHECK(no.code == wire::RefusalCode::Malformed);
}

BOOST_AUTO_TEST_CASE(refuses_a_role_that_does_not_exist) {
  auto x = hello(1);
  x.role = static_cast<wire::Role>(9);
  BOOST_CHECK(refusal(x, 1).code == wire::RefusalCode::Malformed);
}

BOOST_AUTO_TEST_CASE(unites_what_engines_can_run) {
  admit(hello(1, "", {function("f"), function("g")}), 1);
  auto second = admit(hello(2, "", {function("g"), function("h")}), 2);
  std::set<std::string> names;
  for (auto& x : members.functions())
    names.insert(x.name);
  BOOST_CHECK(names == (std::set<std::string>{"f", "g", "h"}));
  members.drop(second.id);
  BOOST_TEST(members.functions().size() == 2);
}

BOOST_AUTO_TEST_CASE(sorts_the_functions_of_an_engine) {
  auto who = admit(hello(1, "", {function("f"), function("g"), function("h")}),
                   1);
  BOOST_TEST(who.functions.size() == 3);
  BOOST_TEST(std::is_sorted(who.functions.begin(), who.functions.end()));
}

BOOST_AUTO_TEST_CASE(notices_when_functions_change) {
  auto before = members.functions_revision();
  auto first = admit(hello(1, "", {function("f")}), 1);
  auto with_f = members.functions_revision();
  BOOST_TEST(with_f != before);
  auto second = admit(hello(2, "", {function("f")}), 2);
  BOOST_TEST(members.functions_revision() == with_f);
  members.drop(first.id);
  BOOST_TEST(members.functions_revision() == with_f);
  members.drop(second.id);
  BOOST_TEST(members.functions_revision() != with_f);
}

BOOST_AUTO_TEST_CASE(refuses_a_known_name_with_another_signature) {
  admit(hello(1, "", {function("f", 1, "(f64) -> f64")}), 1);
  auto no = refusal(hello(2, "", {function("f", 2, "(i64) -> i64")}), 2);
  BOOST_CHECK(no.code == wire::RefusalCode::Malformed);
  BOOST_TEST(mentions(no.text, "(f64) -> f64"));
  BOOST_TEST(mentions(no.text, "(i64) -> i64"));
  BOOST_TEST(members.engines() == 1);
  BOOST_TEST(members.find(peer(2)) == nullptr);
}

BOOST_AUTO_TEST_CASE(takes_a_new_signature_when_the_old_engines_are_gone) {
  auto old = admit(hello(1, "", {function("f", 1)}), 1);
  members.drop(old.id);
  admit(hello(2, "", {function("f", 2)}), 2);
  BOOST_TEST(members.functions().at(0).signature == 2);
}

BOOST_AUTO_TEST_CASE(refuses_functions_that_make_no_sense) {
  auto wrong_hash = function("f");
  wrong_hash.id = function_id{3};
  BOOST_CHECK(refusal(hello(1, "", {wrong_hash}), 1).code
              == wire::RefusalCode::Malformed);
  auto twice = refusal(hello(1, "", {function("f"), function("f")}), 1);
  BOOST_TEST(mentions(twice.text, "listed twice"));
}

BOOST_AUTO_TEST_CASE(changes_its_revision_with_engines_only) {
  auto revision = members.revision();
  auto changed = [&] {
    return std::exchange(revision, members.revision()) != members.revision();
  };
  auto engine = admit(hello(1), 1);
  BOOST_TEST(changed());
  BOOST_TEST(members.mark_ready(engine.id));
  BOOST_TEST(changed());
  BOOST_TEST(!members.mark_ready(engine.id));
  BOOST_TEST(!changed());
  auto client = admit(client_hello(1), 2);
  members.drop(client.id);
  BOOST_TEST(!changed());
  members.drop(engine.id);
  BOOST_TEST(changed());
}

BOOST_AUTO_TEST_CASE(notes_signs_of_life) {
  auto engine = admit(hello(1), 1);
  auto later = now + 3s;
  auto who = members.heard(peer(1), later);
  BOOST_REQUIRE(who != nullptr);
  BOOST_CHECK(who->id == engine.id);
  BOOST_CHECK(members.find(engine.id)->seen == later);
  BOOST_TEST(members.heard(peer(2), later) == nullptr);
}

BOOST_AUTO_TEST_CASE(forgets_everything_about_whom_it_drops) {
  auto engine = admit(hello(1, "bob", {function("f")}), 1);
  BOOST_TEST(members.drop(engine.id)->name == "bob");
  BOOST_TEST(!members.drop(engine.id).has_value());
  BOOST_TEST(!members.mark_ready(engine.id));
  BOOST_TEST(members.find(engine.id) == nullptr);
  BOOST_TEST(members.find(peer(1)) == nullptr);
  BOOST_TEST(members.functions().empty());
  BOOST_CHECK(admit(hello(1, "bob"), 1).id == member_id{engine_id{1}});
}

BOOST_AUTO_TEST_CASE(makes_other_tokens_every_time_and_the_same_per_seed) {
  registry one{{.token_seed = 5}};
  registry two{{.token_seed = 5}};
  registry three;
  registry four;
  std::set<std::uint64_t> tokens;
  for (auto i = 0; i < 50; ++i) {
    auto x = hello(static_cast<std::uint64_t>(i));
    auto token = [&](registry& from) {
      return std::get<admission>(from.admit(x, peer(i), now)).who->token;
    };
    auto seeded = token(one);
    BOOST_TEST(seeded == token(two));
    tokens.insert({seeded, token(three), token(four), 0});
  }
  BOOST_TEST(tokens.size() == 151); // all differ, none is zero
}

BOOST_AUTO_TEST_SUITE_END()
