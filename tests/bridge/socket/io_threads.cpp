// SPDX-License-Identifier: BSL-1.0

#include "support/wait_until.hpp"
#include <troupe/socket/io_threads.hpp>
#include <troupe/socket_context.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <sys/resource.h>

using namespace troupe;

namespace {

/// Nice values, on top of our own, of all I/O threads with this number.
std::vector<int> nice_values(int number) {
  std::vector<int> result;
  for (auto id : threads_named("ZMQbg/IO/" + std::to_string(number)))
    result.push_back(getpriority(PRIO_PROCESS, static_cast<id_t>(id))
                     - getpriority(PRIO_PROCESS, 0));
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(io_threads_suite)

BOOST_AUTO_TEST_CASE(make_bulk_give_way) {
  auto context = socket_context::make(3);
  auto expected = std::min(10, 19 - getpriority(PRIO_PROCESS, 0));
  // Nobody waits until the first one gave itself its name.
  BOOST_TEST(test::wait_until([] { return !nice_values(0).empty(); }));
  BOOST_TEST(nice_values(0) == std::vector{0},
             boost::test_tools::per_element());
  for (auto number : {1, 2})
    BOOST_TEST(nice_values(number) == std::vector{expected},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(leave_a_single_thread_alone) {
  auto context = socket_context::make(1);
  BOOST_TEST(threads_named("ZMQbg/IO/0").empty()); // starts with a socket
}

BOOST_AUTO_TEST_CASE(are_told_apart_by_context) {
  auto one = socket_context::make(2);
  auto other = socket_context::make(2);
  BOOST_TEST(threads_named("ZMQbg/IO/1").size() == 2);
}

BOOST_AUTO_TEST_SUITE_END()
