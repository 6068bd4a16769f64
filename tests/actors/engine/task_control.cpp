// SPDX-License-Identifier: BSL-1.0
#include "troupe/engine/task_control.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace troupe;

namespace {

using keys = std::vector<std::uint64_t>;

} // namespace

BOOST_AUTO_TEST_SUITE(task_control_suite)

BOOST_AUTO_TEST_CASE(cancelled_tasks_do_not_begin) {
  task_control x;
  BOOST_TEST(x.begin(1));
  BOOST_TEST(!x.revoke(keys{2, 3}, true));
  BOOST_TEST(!x.source().stop_requested());
  x.end();
  BOOST_TEST(!x.begin(2));
  x.end();
  BOOST_TEST(!x.begin(3));
  x.end();
  BOOST_TEST(x.begin(4));
  x.end();
}

BOOST_AUTO_TEST_CASE(the_running_one_is_asked_to_stop_and_no_other) {
  task_control x;
  x.begin(1);
  auto token = x.source().get_token();
  BOOST_TEST(x.revoke(keys{1}, false));
  BOOST_TEST(!token.stop_requested());
  BOOST_TEST(x.revoke(keys{1}, true));
  BOOST_TEST(token.stop_requested());
  x.end();
  x.begin(2);
  BOOST_TEST(!x.source().stop_requested());
  x.stop(1); // too late
  BOOST_TEST(!x.source().stop_requested());
  x.stop(2);
  BOOST_TEST(x.source().stop_requested());
  x.end();
  BOOST_TEST(x.current() == 0u);
}

BOOST_AUTO_TEST_CASE(a_limit_ends_with_its_task) {
  task_control x;
  auto at = task_control::clock::now();
  x.begin(7);
  x.limit(at);
  BOOST_REQUIRE(x.running_limit());
  BOOST_TEST(x.running_limit()->key == 7u);
  x.end();
  BOOST_TEST(!x.running_limit());
}

BOOST_AUTO_TEST_SUITE_END()
