// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/peer_table.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe;

namespace {

struct fixture {
  peer_table table;
  engine_record* engine = table.add_engine(engine_id{1}, 10, 4);
  client_record* client = table.add_client(client_id{1}, 20);
  routing_id here{"here"};
  routing_id there{"there"};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(peer_table_suite, fixture)

BOOST_AUTO_TEST_CASE(finds_peers_by_number_and_by_token) {
  BOOST_TEST(table.find(engine_id{1}) == engine);
  BOOST_TEST(table.find(client_id{1}) == client);
  BOOST_TEST(table.find_token(10).engine == engine);
  BOOST_TEST(table.find_token(20).client == client);
  BOOST_TEST(table.find(engine_id{2}) == nullptr);
  BOOST_TEST(table.find(client_id{2}) == nullptr);
  BOOST_TEST(!table.find_token(11));
  BOOST_TEST(!table.find(here));
}

BOOST_AUTO_TEST_CASE(refuses_a_number_or_a_token_in_use) {
  BOOST_TEST(table.add_engine(engine_id{1}, 30, 4) == nullptr);
  BOOST_TEST(table.add_engine(engine_id{2}, 20, 4) == nullptr);
  BOOST_TEST(table.add_client(client_id{1}, 30) == nullptr);
  BOOST_TEST(table.add_client(client_id{2}, 10) == nullptr);
  BOOST_TEST(table.engines().size() == 1u);
  BOOST_TEST(table.clients().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_peer_has_one_connection) {
  table.connect({.engine = engine}, here);
  BOOST_TEST(table.find(here).engine == engine);
  table.connect({.engine = engine}, there);
  BOOST_TEST(!table.find(here));
  BOOST_TEST(table.find(there).engine == engine);
  BOOST_TEST((engine->peer == there));
  table.disconnect({.engine = engine});
  BOOST_TEST(!table.find(there));
  BOOST_TEST(engine->peer.empty());
  table.disconnect({.engine = engine}); // no harm
}

BOOST_AUTO_TEST_CASE(an_erased_peer_leaves_no_trace) {
  table.connect({.engine = engine}, here);
  table.connect({.client = client}, there);
  table.erase(*engine);
  table.erase(*client);
  BOOST_TEST(table.find(engine_id{1}) == nullptr);
  BOOST_TEST(table.find(client_id{1}) == nullptr);
  BOOST_TEST(!table.find(here));
  BOOST_TEST(!table.find(there));
  BOOST_TEST(!table.find_token(10));
  BOOST_TEST(!table.find_token(20));
}

BOOST_AUTO_TEST_CASE(records_stay_where_they_are) {
  for (auto i = 2u; i < 1000; ++i) {
    table.add_engine(engine_id{i}, 1000 + i, 4);
    table.add_client(client_id{i}, 5000 + i);
  }
  BOOST_TEST(table.find(engine_id{1}) == engine);
  BOOST_TEST(table.find_token(20).client == client);
  BOOST_TEST((client->id == client_id{1}));
}

BOOST_AUTO_TEST_SUITE_END()
