// SPDX-License-Identifier: BSL-1.0

#include <troupe/endpoint.hpp>
#include <troupe/error.hpp>

#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>

using namespace troupe;

namespace {

using transport = endpoint::transport;

struct good {
  const char* text;
  transport via;
  const char* where;
  std::uint16_t port;
  bool local;
};

const good table[] = {
  {"tcp://127.0.0.1:5555", transport::tcp, "127.0.0.1", 5555, true},
  {"tcp://127.1.2.3:1", transport::tcp, "127.1.2.3", 1, true},
  {"tcp://localhost:65535", transport::tcp, "localhost", 65535, true},
  {"tcp://[::1]:80", transport::tcp, "[::1]", 80, true},
  {"tcp://127.evil.org:80", transport::tcp, "127.evil.org", 80, false},
  {"tcp://*:5555", transport::tcp, "*", 5555, false},
  {"tcp://0.0.0.0:5555", transport::tcp, "0.0.0.0", 5555, false},
  {"tcp://node-1.cluster_a:5555", transport::tcp, "node-1.cluster_a", 5555,
   false},
  {"tcp://[fe80::1%25]:7", transport::tcp, "[fe80::1%25]", 7, false},
  {"tcp://127.0.0.1:*", transport::tcp, "127.0.0.1", 0, true},
  {"ipc:///run/x.sock", transport::ipc, "/run/x.sock", 0, true},
  {"ipc://@abstract", transport::ipc, "@abstract", 0, true},
  {"ipc://*", transport::ipc, "*", 0, true},
  {"inproc://x", transport::inproc, "x", 0, true},
};

} // namespace

BOOST_AUTO_TEST_SUITE(endpoint_suite)

BOOST_AUTO_TEST_CASE(reads_and_prints_all_transports) {
  for (auto& row : table) {
    auto x = endpoint::parse(row.text);
    BOOST_REQUIRE_MESSAGE(x, row.text);
    BOOST_TEST((x->via == row.via), row.text);
    BOOST_TEST(x->where == row.where);
    BOOST_TEST(x->port == row.port);
    BOOST_TEST(x->local() == row.local, row.text);
    BOOST_TEST(to_string(*x) == row.text);
  }
}

BOOST_AUTO_TEST_CASE(takes_port_0_for_any_free_port) {
  auto x = endpoint::parse("tcp://127.0.0.1:0");
  BOOST_REQUIRE(x);
  BOOST_TEST(x->port == 0);
  BOOST_TEST(to_string(*x) == "tcp://127.0.0.1:*");
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong_and_names_the_endpoint) {
  struct bad {
    const char* text;
    const char* part;
  };
  const bad rows[] = {
    {"", "lacks a transport"},
    {"127.0.0.1:5555", "lacks a transport"},
    {"udp://127.0.0.1:5555", "none of tcp, ipc and inproc"},
    {"TCP://127.0.0.1:5555", "none of tcp, ipc and inproc"},
    {"tcp://", "lacks a port"},
    {"tcp://127.0.0.1", "lacks a port"},
    {"tcp://[::1]", "lacks a port"},
    {"tcp://:5555", "lacks a valid host"},
    {"tcp://a b:5555", "lacks a valid host"},
    {"tcp://::1:5555", "lacks a valid host"},
    {"tcp://[]:5555", "lacks a valid host"},
    {"tcp://[gg]:5555", "lacks a valid host"},
    {"tcp://eth0;127.0.0.1:5555", "lacks a valid host"},
    {"tcp://host:", "port is no number"},
    {"tcp://host:http", "port is no number"},
    {"tcp://host:65536", "port is no number"},
    {"tcp://host:-1", "port is no number"},
    {"tcp://host:80/", "port is no number"},
    {"ipc://", "lacks a path"},
    {"inproc://", "lacks a name"},
  };
  for (auto& row : rows) {
    auto x = endpoint::parse(row.text);
    BOOST_REQUIRE_MESSAGE(!x, row.text);
    BOOST_TEST((x.error() == ec::bad_endpoint));
    auto sentence = describe(x.error());
    BOOST_TEST(sentence.find(row.text) != std::string::npos, sentence);
    BOOST_TEST(sentence.find(row.part) != std::string::npos, sentence);
  }
}

BOOST_AUTO_TEST_CASE(refuses_paths_that_the_system_does_not_take) {
  auto fits = "ipc://" + std::string(endpoint::max_ipc_path, 'x');
  BOOST_TEST(endpoint::parse(fits).engaged());
  auto x = endpoint::parse(fits + "x");
  BOOST_REQUIRE(!x);
  BOOST_TEST((x.error() == ec::bad_endpoint));
  BOOST_TEST(describe(x.error()).find("108 bytes") != std::string::npos);
  using namespace std::string_literals;
  BOOST_TEST(!endpoint::parse("ipc:///run/x\0y"s).engaged());
}

BOOST_AUTO_TEST_SUITE_END()
