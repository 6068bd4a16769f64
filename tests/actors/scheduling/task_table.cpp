// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/task_table.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>
#include <random>
#include <set>
#include <vector>

using namespace troupe;

namespace {

using list_type = task_list<&task::place>;

std::vector<task*> content(const list_type& xs) {
  std::vector<task*> result;
  for (auto x = xs.front(); x != nullptr; x = list_type::next(*x))
    result.push_back(x);
  return result;
}

struct fixture {
  /// Begins an attempt of a task.
  std::uint64_t dispatch(task& x) {
    x.state = task_state::dispatched;
    return table.next_key(x);
  }

  task_table table;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(task_table_suite, fixture)

BOOST_AUTO_TEST_CASE(a_task_is_found_by_the_key_of_its_attempt) {
  auto& x = table.make();
  auto& y = table.make();
  auto x_key = dispatch(x);
  auto y_key = dispatch(y);
  BOOST_TEST(x_key != y_key);
  BOOST_TEST(table.find(x_key) == &x);
  BOOST_TEST(table.find(y_key) == &y);
}

BOOST_AUTO_TEST_CASE(the_key_of_an_old_attempt_finds_nothing) {
  auto& x = table.make();
  auto first = dispatch(x);
  x.state = task_state::queued;
  BOOST_TEST(table.find(first) == nullptr);
  auto second = dispatch(x);
  BOOST_TEST(first != second);
  BOOST_TEST(table.find(first) == nullptr);
  BOOST_TEST(table.find(second) == &x);
}

BOOST_AUTO_TEST_CASE(the_key_of_an_ended_task_finds_nothing) {
  auto& x = table.make();
  auto key = dispatch(x);
  table.release(x);
  BOOST_TEST(table.find(key) == nullptr);
  auto& y = table.make();
  BOOST_TEST(&y == &x); // the slot is used again
  dispatch(y);
  BOOST_TEST(table.find(key) == nullptr);
}

BOOST_AUTO_TEST_CASE(invented_keys_find_nothing) {
  auto& x = table.make();
  auto key = dispatch(x);
  for (auto bad : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0},
                   key + 1, key + (std::uint64_t{1} << 32)})
    BOOST_TEST(table.find(bad) == nullptr);
}

BOOST_AUTO_TEST_CASE(a_new_task_is_blank) {
  auto& x = table.make();
  x.attempts = 5;
  x.bytes = 7;
  x.retries_left = 3;
  table.release(x);
  auto& y = table.make();
  BOOST_TEST(y.attempts == 0);
  BOOST_TEST(y.bytes == 0u);
  BOOST_TEST(y.retries_left == 0);
  BOOST_TEST((y.state == task_state::none));
  BOOST_TEST(y.place.next == nullptr);
}

BOOST_AUTO_TEST_CASE(memory_is_bounded_by_the_most_tasks_at_a_time) {
  for (auto round = 0; round < 100; ++round) {
    std::vector<task*> tasks;
    for (auto i = 0; i < 3000; ++i)
      tasks.push_back(&table.make());
    BOOST_TEST(table.size() == 3000u);
    for (auto x : tasks)
      table.release(*x);
  }
  BOOST_TEST(table.size() == 0u);
  BOOST_TEST(table.capacity() == 3000u);
}

BOOST_AUTO_TEST_CASE(tasks_stay_where_they_are) {
  auto& first = table.make();
  auto key = dispatch(first);
  for (auto i = 0; i < 10000; ++i)
    table.make();
  BOOST_TEST(table.find(key) == &first);
}

BOOST_AUTO_TEST_CASE(keys_never_repeat) {
  std::mt19937 rng{3};
  std::set<std::uint64_t> seen;
  std::vector<task*> tasks;
  for (auto step = 0; step < 20000; ++step) {
    if (tasks.empty() || rng() % 2 == 0) {
      tasks.push_back(&table.make());
    } else {
      std::swap(tasks[rng() % tasks.size()], tasks.back());
      table.release(*tasks.back());
      tasks.pop_back();
      continue;
    }
    auto key = dispatch(*tasks[rng() % tasks.size()]);
    BOOST_REQUIRE(seen.insert(key).second);
  }
}

BOOST_AUTO_TEST_CASE(a_list_agrees_with_a_deque_over_random_events) {
  std::mt19937 rng{5};
  list_type list;
  std::deque<task*> model;
  for (auto step = 0; step < 5000; ++step) {
    auto at = model.empty() ? 0 : rng() % (model.size() + 1);
    if (rng() % 2 == 0) {
      auto& x = table.make();
      list.insert(at < model.size() ? model[at] : nullptr, x);
      model.insert(model.begin() + static_cast<int>(at), &x);
    } else if (at < model.size()) {
      list.erase(*model[at]);
      table.release(*model[at]);
      model.erase(model.begin() + static_cast<int>(at));
    }
    BOOST_REQUIRE(list.size() == model.size());
    BOOST_REQUIRE(list.empty() == model.empty());
    if (step % 50 == 0)
      BOOST_REQUIRE((content(list)
                     == std::vector<task*>{model.begin(), //
                                           model.end()}));
  }
}

BOOST_AUTO_TEST_SUITE_END()
