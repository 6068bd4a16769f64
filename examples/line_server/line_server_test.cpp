// SPDX-License-Identifier: BSL-1.0
#include "line_server.hpp"
#include "plain_caller.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>

#include <boost/test/unit_test.hpp>

using namespace troupe;

namespace {

struct fixture {
  fixture() {
    socket_spec spec{.type = socket_type::stream,
                     .bind = {"tcp://127.0.0.1:*"},
                     .security = no_security{}};
    auto opened = bridge.open(spec);
    BOOST_REQUIRE(opened);
    where = opened->endpoints.front();
    auto shout = [](std::string_view line) { return std::string{line} + "!"; };
    server = sys.spawn(line_server, opened->handle,
                       line_server_config{shout, 2});
  }

  ~fixture() {
    caf::anon_send_exit(server, caf::exit_reason::user_shutdown);
  }

  static caf::actor_system_config& init(caf::actor_system_config& cfg) {
    cfg.add_message_types<caf::id_block::troupe_bridge>();
    return cfg;
  }

  caf::actor_system_config cfg;
  caf::actor_system sys{init(cfg)};
  bridge_runtime bridge{sys};
  std::string where;
  line_server_actor server;
};

using lines = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(line_splitter_suite)

BOOST_AUTO_TEST_CASE(gives_a_line_once_it_is_complete) {
  line_splitter x;
  BOOST_TEST(x.take("hel").value() == lines{},
             boost::test_tools::per_element());
  BOOST_TEST(x.take("lo\r\n\nwo").value() == (lines{"hello", ""}),
             boost::test_tools::per_element());
  BOOST_TEST(x.take("rld\n").value() == lines{"world"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(bounds_lines_with_and_without_end) {
  auto longest = std::string(line_splitter::max_line, 'x');
  line_splitter x;
  BOOST_TEST(x.take(longest + "\r").has_value());
  BOOST_TEST(x.take("\n").value().at(0) == longest);
  BOOST_TEST(!x.take(longest + "x\n").has_value());
  line_splitter y;
  BOOST_TEST(!y.take(longest + "xx").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(line_server_suite, fixture)

BOOST_AUTO_TEST_CASE(answers_lines_however_they_are_cut) {
  plain_caller caller{where};
  caller.write("he");
  caller.write("llo\nwor");
  BOOST_TEST(caller.read_line() == "hello!");
  caller.write("ld\r\nagain\n");
  BOOST_TEST(caller.read_line() == "world!");
  BOOST_TEST(caller.read_line() == "again!");
}

BOOST_AUTO_TEST_CASE(hangs_up_at_quit) {
  plain_caller caller{where};
  caller.write("quit\nignored\n");
  BOOST_TEST(caller.read_line() == "bye");
  BOOST_TEST(caller.hung_up());
}

BOOST_AUTO_TEST_CASE(hangs_up_on_endless_lines) {
  plain_caller caller{where};
  caller.write(std::string(2 * line_splitter::max_line, 'x'));
  BOOST_TEST(caller.read_line() == "error: the line is too long");
  BOOST_TEST(caller.hung_up());
}

BOOST_AUTO_TEST_CASE(counts_those_who_do_not_read) {
  using kind = socket_event::kind;
  auto deaf = routing_id{"deaf"};
  caf::anon_send(server, socket_event{.what = kind::connected, .peer = deaf});
  caf::anon_send(server, returned{.reason = ec::peer_full,
                                  .message = {deaf, frame_list{}}});
  plain_caller ann{where};
  ann.write("a\n");
  BOOST_TEST(ann.read_line() == "a!");
  plain_caller eve{where};
  BOOST_TEST(eve.read_line() == "error: too many connections");
  caf::anon_send(server, socket_event{.what = kind::drained});
  plain_caller dan{where};
  dan.write("d\n");
  BOOST_TEST(dan.read_line() == "d!");
}

BOOST_AUTO_TEST_CASE(serves_several_but_not_too_many) {
  plain_caller ann{where};
  plain_caller bob{where};
  ann.write("a\n");
  bob.write("b\n");
  BOOST_TEST(ann.read_line() == "a!");
  BOOST_TEST(bob.read_line() == "b!");
  plain_caller eve{where};
  BOOST_TEST(eve.read_line() == "error: too many connections");
  BOOST_TEST(eve.hung_up());
  ann.write("quit\n");
  BOOST_TEST(ann.read_line() == "bye");
  plain_caller dan{where};
  dan.write("d\n");
  BOOST_TEST(dan.read_line() == "d!");
}

BOOST_AUTO_TEST_SUITE_END()
