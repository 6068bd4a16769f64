// SPDX-License-Identifier: BSL-1.0

#include "cluster/status_text.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

using namespace troupe;
using namespace troupe::apps;

namespace {

struct fixture {
  fixture() {
    info.name = "default";
    info.pid = 100;
    info.control = "ipc:///run/troupe/default/control.sock";
    info.version = 1;
    status.uptime_ms = 761'000;
    status.scheme = "leastload";
    status.queued = 2;
    status.accepted = 2410;
    status.frames_lent = 214;
    status.engines = {{engine_id{0}, "engine-0", 101, 1, 200, 1202, 0, true},
                      {engine_id{1}, "engine-1", 102, 0, 100, 1198, 10, true},
                      {engine_id{10}, "big", 10300, 0, 0, 0, 0, false}};
  }

  connection_info info;
  status_message status;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(status_text_suite, fixture)

BOOST_AUTO_TEST_CASE(lays_out_columns) {
  BOOST_TEST(table({{"A", ">BB", "C"}, {"xxx", "1", "y"}, {"", "100", ""}})
             == "A     BB  C\n"
                "xxx    1  y\n"
                "     100\n");
}

BOOST_AUTO_TEST_CASE(shows_one_screen) {
  BOOST_TEST(
    status_text(info, status)
    == "default   up 00:12:41   listen ipc   scheme leastload   "
       "controller 100   protocol 1\n"
       "ENGINE  NAME        PID  STATE     QUEUED  DONE  FAILED  LAST BEAT\n"
       "     0  engine-0    101  busy           1  1202       0      0.2 s\n"
       "     1  engine-1    102  idle           0  1198      10      0.1 s\n"
       "    10  big       10300  starting       0     0       0      0.0 s\n"
       "queue 2   accepted 2410   reported 0   run again 0   engines lost 0   "
       "clients 0\n"
       "zero-copy frames 214   copied frames 0   dropped 0\n");
}

BOOST_AUTO_TEST_CASE(shows_a_cluster_without_engines) {
  status.engines.clear();
  BOOST_TEST(status_text(info, status).find("ENGINE") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(writes_the_same_as_json) {
  status.functions = {{function_id{1}, 2, "root", "(f64) -> f64"}};
  auto x = nlohmann::json::parse(status_json(info, status));
  BOOST_TEST(x.at("schema") == "troupe.status/1");
  BOOST_TEST(x.at("cluster").at("name") == "default");
  BOOST_TEST(x.at("cluster").at("pid") == 100);
  BOOST_TEST(x.at("uptime_s") == 761.0);
  BOOST_TEST(x.at("queued") == 2);
  BOOST_TEST(x.at("rows").size() == 3u);
  BOOST_TEST(x.at("rows").at(1).at("failed") == 10);
  BOOST_TEST(x.at("rows").at(2).at("state") == "starting");
  BOOST_TEST(x.at("functions").at(0).at("name") == "root");
}

BOOST_AUTO_TEST_CASE(lists_clusters) {
  auto other = info;
  other.name = "b";
  other.pid = 7;
  other.control = "tcp://127.0.0.1:5000";
  BOOST_TEST(list_text({info, other})
             == "NAME     PID  LISTEN\n"
                "default  100  ipc\n"
                "b          7  tcp://127.0.0.1:5000\n");
  BOOST_TEST(list_text({}) == "");
}

BOOST_AUTO_TEST_CASE(lists_clusters_as_json) {
  auto x = nlohmann::json::parse(list_json({info}));
  BOOST_TEST(x.at("schema") == "troupe.clusters/1");
  BOOST_TEST(x.at("rows").at(0).at("name") == "default");
  BOOST_TEST(nlohmann::json::parse(list_json({})).at("rows").empty());
}

BOOST_AUTO_TEST_SUITE_END()
