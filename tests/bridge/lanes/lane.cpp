// SPDX-License-Identifier: BSL-1.0

#include <troupe/endpoint.hpp>
#include <troupe/error.hpp>
#include <troupe/lanes/lane.hpp>

#include <boost/test/unit_test.hpp>

using namespace troupe;

namespace {

/// Returns the three endpoints in one line, or the error's name.
std::string derive(std::string base) {
  auto all = derive_lanes(base);
  if (!all)
    return to_string(static_cast<ec>(all.error().code()));
  return (*all)[lane::control] + " " + (*all)[lane::task] + " "
         + (*all)[lane::bulk];
}

} // namespace

BOOST_AUTO_TEST_SUITE(lane_suite)

BOOST_AUTO_TEST_CASE(derives_neighbouring_ports) {
  BOOST_TEST(derive("tcp://127.0.0.1:7000")
             == "tcp://127.0.0.1:7000 tcp://127.0.0.1:7001 "
                "tcp://127.0.0.1:7002");
  BOOST_TEST(derive("tcp://127.0.0.1:65533")
             == "tcp://127.0.0.1:65533 tcp://127.0.0.1:65534 "
                "tcp://127.0.0.1:65535");
  BOOST_TEST(derive("tcp://127.0.0.1:65534") == "bad_endpoint");
}

BOOST_AUTO_TEST_CASE(leaves_wildcards_alone) {
  BOOST_TEST(derive("tcp://127.0.0.1:*")
             == "tcp://127.0.0.1:* tcp://127.0.0.1:* tcp://127.0.0.1:*");
  BOOST_TEST(derive("ipc://*") == "ipc://* ipc://* ipc://*");
}

BOOST_AUTO_TEST_CASE(derives_names) {
  BOOST_TEST(derive("ipc:///run/x")
             == "ipc:///run/x.control ipc:///run/x.task ipc:///run/x.bulk");
  BOOST_TEST(derive("inproc://x")
             == "inproc://x.control inproc://x.task inproc://x.bulk");
}

BOOST_AUTO_TEST_CASE(refuses_what_cannot_be_derived) {
  BOOST_TEST(derive("udp://x") == "bad_endpoint");
  auto longest = "ipc:///" + std::string(endpoint::max_ipc_path - 1, 'x');
  BOOST_TEST(derive(longest) == "bad_endpoint");
}

BOOST_AUTO_TEST_SUITE_END()
