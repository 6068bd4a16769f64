// SPDX-License-Identifier: BSL-1.0

#include "troupe/engine/function_registry.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe;

namespace {

void first(decoder&, encoder&) {
  // nop
}

void second(decoder&, encoder&) {
  // nop
}

function_info info_of(std::string name,
                      function_info::invoke_function invoke = first) {
  function_info result;
  result.description.id = function_id_of(name);
  result.description.signature = 1;
  result.description.signature_text = "() -> void";
  result.description.name = std::move(name);
  result.invoke = invoke;
  return result;
}

using names = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(function_registry_suite)

BOOST_AUTO_TEST_CASE(finds_by_name_and_by_id) {
  function_registry registry;
  auto added = registry.add(info_of("root"));
  BOOST_REQUIRE(added != nullptr);
  BOOST_TEST(registry.find("root") == added);
  BOOST_TEST(registry.find(function_id_of("root")) == added);
  BOOST_TEST(registry.find("route") == nullptr);
}

BOOST_AUTO_TEST_CASE(functions_stay_where_they_are) {
  function_registry registry;
  auto added = registry.add(info_of("f"));
  for (auto i = 0; i < 1000; ++i)
    registry.add(info_of("f" + std::to_string(i)));
  BOOST_TEST(registry.find("f") == added);
}

BOOST_AUTO_TEST_CASE(lists_in_order_of_names) {
  function_registry registry;
  for (auto name : {"b", "c", "a"})
    registry.add(info_of(name));
  auto list = registry.list();
  BOOST_REQUIRE(list.size() == 3u);
  BOOST_TEST(list[0].name == "a");
  BOOST_TEST(list[2].name == "c");
}

BOOST_AUTO_TEST_CASE(reports_a_second_function_of_a_name) {
  function_registry registry;
  registry.add(info_of("f", first));
  BOOST_TEST(registry.add(info_of("f", second)) == nullptr);
  BOOST_TEST((registry.find("f")->invoke == first));
  BOOST_REQUIRE(registry.problems().size() == 1u);
  BOOST_TEST(registry.problems()[0].find("two tasks named \"f\"") == 10u);
}

BOOST_AUTO_TEST_CASE(reports_names_of_one_hash) {
  function_registry registry;
  registry.add(info_of("f"));
  auto other = info_of("g");
  other.description.id = function_id_of("f");
  BOOST_TEST(registry.add(other) == nullptr);
  BOOST_REQUIRE(registry.problems().size() == 1u);
  BOOST_TEST(registry.problems()[0]
             == "the names of the tasks \"f\" and \"g\" have the same hash: "
                "rename the second");
}

BOOST_AUTO_TEST_CASE(takes_the_same_function_twice) {
  function_registry registry;
  auto added = registry.add(info_of("f"));
  BOOST_TEST(registry.add(info_of("f")) == added);
  BOOST_TEST(registry.problems().empty());
}

BOOST_AUTO_TEST_CASE(suggests_the_nearest_names) {
  names known{"square", "root", "cube_root", "render"};
  BOOST_TEST(nearest_names("rot", known) == names{"root"},
             boost::test_tools::per_element());
  BOOST_TEST(nearest_names("sqaure", known) == names{"square"},
             boost::test_tools::per_element());
  BOOST_TEST(nearest_names("cuberoot", known) == names{"cube_root"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(suggests_the_best_first_and_three_at_most) {
  names known{"task_33", "task_12", "task_1", "task_2", "task_1"};
  BOOST_TEST(nearest_names("task_1", known)
               == (names{"task_1", "task_12", "task_2"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(suggests_nothing_that_looks_different) {
  names known{"render", "root"};
  BOOST_TEST(nearest_names("xyz", known).empty());
  BOOST_TEST(nearest_names("", known).empty());
  BOOST_TEST(nearest_names("root", {}).empty());
}

BOOST_AUTO_TEST_SUITE_END()
