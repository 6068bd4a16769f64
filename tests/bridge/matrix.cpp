// SPDX-License-Identifier: BSL-1.0

// Every pair of socket types, over every transport, with plain libzmq on either
// side. Writes the table of docs/bridge.md if TROUPE_WRITE_DOCS is set, else
// checks that it is the current one.

#include "bridge/matrix_ends.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/execution_monitor.hpp>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

using namespace troupe;
using namespace troupe::test;

namespace {

using strings = std::vector<std::string>;
using enum socket_type;

// -- conversations ------------------------------------------------------------

/// Messages of all shapes.
const std::vector<strings>& shapes() {
  static const std::vector<strings> result = {
    {""}, {"one"}, {"head", "", "tail"}, {std::string(100'000, 'x')}, {"end"},
  };
  return result;
}

void expect(matrix_end& at, const strings& message) {
  BOOST_REQUIRE((at.receive() == message)); // or it would print 100 kB
}

/// All messages at once.
void one_way(matrix_end& from, matrix_end& to) {
  for (auto& x : shapes())
    from.send(x);
  for (auto& x : shapes())
    expect(to, x);
}

void two_ways(matrix_end& left, matrix_end& right) {
  one_way(left, right);
  one_way(right, left);
}

/// One message after the other.
void in_turn(matrix_end& left, matrix_end& right) {
  for (auto& x : shapes()) {
    left.send(x);
    expect(right, x);
    right.send(x);
    expect(left, x);
  }
}

/// As soon as the subscription has arrived.
void publish(matrix_end& left, matrix_end& right) {
  const auto early = strings{"early"};
  BOOST_REQUIRE(wait_until([&] {
    left.send(early);
    return right.has_mail();
  }));
  for (auto& x : shapes())
    left.send(x);
  auto got = right.receive();
  while (got == early)
    got = right.receive();
  for (auto& x : shapes()) {
    BOOST_REQUIRE((got == x));
    if (&x != &shapes().back())
      got = right.receive();
  }
}

/// XSUB sockets send, too.
void publish_and_reply(matrix_end& left, matrix_end& right) {
  publish(left, right);
  one_way(right, left);
}

/// A ROUTER that connects has to be told to send an empty message first.
void greet(matrix_end& binds, matrix_end& connects) {
  expect(binds, {""});
  two_ways(binds, connects);
}

/// Bytes without frames.
void chat(matrix_end& left, matrix_end& right) {
  left.meet();
  right.meet();
  for (auto from : {&left, &right}) {
    auto to = from == &left ? &right : &left;
    auto sent = std::string{};
    for (auto size : {1, 100'000, 1, 1000}) {
      auto piece = std::string(static_cast<std::size_t>(size), 'x');
      from->send({piece});
      sent += piece;
    }
    BOOST_REQUIRE((to->receive_bytes(sent.size()) == sent));
  }
}

// -- pairs --------------------------------------------------------------------

struct pair_of_types {
  socket_type left;
  socket_type right;
  const char* name;
  void (*talk)(matrix_end&, matrix_end&); // the left one speaks first
  bool raw = false; // the right one is no socket of ZeroMQ at all
};

constexpr pair_of_types pairs[] = {
  {pair, pair, "PAIR, PAIR", two_ways},
  {pub, sub, "PUB, SUB", publish},
  {pub, xsub, "PUB, XSUB", publish},
  {xpub, sub, "XPUB, SUB", publish},
  {xpub, xsub, "XPUB, XSUB", publish_and_reply},
  {push, pull, "PUSH, PULL", one_way},
  {req, rep, "REQ, REP", in_turn},
  {req, router, "REQ, ROUTER", in_turn},
  {dealer, rep, "DEALER, REP", in_turn},
  {dealer, router, "DEALER, ROUTER", two_ways},
  {dealer, dealer, "DEALER, DEALER", two_ways},
  {router, router, "ROUTER, ROUTER", nullptr}, // see `greet`
  {stream, stream, "STREAM, STREAM", chat},
  {stream, stream, "STREAM, tcp socket", chat, true},
};

bool has(const pair_of_types& types, socket_type type) {
  return types.left == type || types.right == type;
}

enum class side { actor, plain };

struct column {
  endpoint::transport via;
  side left;
  side right;
  const char* name;
};

constexpr auto tcp = endpoint::transport::tcp;
constexpr auto ipc = endpoint::transport::ipc;
constexpr auto inproc = endpoint::transport::inproc;

constexpr column columns[] = {
  {tcp, side::actor, side::actor, "tcp: actor, actor"},
  {tcp, side::actor, side::plain, "actor, plain"},
  {tcp, side::plain, side::actor, "plain, actor"},
  {ipc, side::actor, side::actor, "ipc: actor, actor"},
  {ipc, side::actor, side::plain, "actor, plain"},
  {ipc, side::plain, side::actor, "plain, actor"},
  {inproc, side::actor, side::actor, "inproc: actor, actor"},
  {inproc, side::actor, side::plain, "actor, plain"},
  {inproc, side::plain, side::actor, "plain, actor"},
};

/// Whether the two may talk so at all.
bool makes_sense(const pair_of_types& types, const column& how) {
  if (types.raw)
    return how.via == tcp && how.right == side::plain;
  return how.via == tcp || !has(types, stream);
}

// -- cells --------------------------------------------------------------------

struct fixture : bridge_fixture {
  explicit fixture(std::shared_ptr<socket_context> x = socket_context::make())
    : bridge_fixture([&] {
        bridge_config cfg;
        cfg.context = x;
        return cfg;
      }()),
      context(std::move(x)) {
    // nop
  }

  std::string unused_endpoint(const column& how) {
    auto name = "matrix-" + std::to_string(++last_name);
    switch (how.via) {
      case ipc:
        return dir.ipc(name);
      case inproc:
        return "inproc://" + name;
      default:
        return "tcp://127.0.0.1:*";
    }
  }

  std::unique_ptr<matrix_end> open_end(const pair_of_types& types,
                                       const column& how, bool left,
                                       std::string where, bool binds) {
    matrix_role role;
    role.type = left ? types.left : types.right;
    role.where = std::move(where);
    role.binds = binds;
    role.delimited = (has(types, req) || has(types, rep))
                     && (role.type == router || role.type == dealer);
    role.probes = types.left == router && !binds;
    if ((left ? how.left : how.right) == side::actor)
      return make_actor_end(*this, role);
    if (types.raw)
      return make_raw_end(role);
    return make_plain_end(role,
                          how.via == inproc ? context->handle() : nullptr);
  }

  /// Opens both ends, has them talk, and closes them.
  void talk(const pair_of_types& types, const column& how, bool left_binds) {
    auto first = open_end(types, how, left_binds, unused_endpoint(how), true);
    auto second = open_end(types, how, !left_binds, first->endpoint(), false);
    if (types.talk == nullptr)
      greet(*first, *second);
    else if (left_binds)
      types.talk(*first, *second);
    else
      types.talk(*second, *first);
  }

  /// Returns how many conversations went well, of how many.
  std::string cell(const pair_of_types& types, const column& how) {
    if (!makes_sense(types, how))
      return "-";
    auto good = 0;
    for (auto left_binds : {true, false})
      BOOST_TEST_CONTEXT(types.name << " over " << how.name << ", the "
                                    << (left_binds ? "left" : "right")
                                    << " one binds") {
        try {
          talk(types, how, left_binds);
          ++good;
        } catch (const boost::execution_aborted&) {
          // It is reported. The other cells are of interest, too.
        }
      }
    return std::to_string(good) + "/2";
  }

  std::string table() {
    std::ostringstream out;
    out << "| |";
    for (auto& how : columns)
      out << ' ' << how.name << " |";
    out << "\n|---|";
    for (auto i = std::size(columns); i > 0; --i)
      out << "---|";
    out << '\n';
    for (auto& types : pairs) {
      out << "| " << types.name << " |";
      for (auto& how : columns)
        out << ' ' << cell(types, how) << " |";
      out << '\n';
    }
    return out.str();
  }

  std::shared_ptr<socket_context> context;
  temp_dir dir;
  int last_name = 0;
};

// -- the documentation --------------------------------------------------------

constexpr auto page = TROUPE_SOURCE_DIR "/docs/bridge.md";
const auto begin_mark = std::string{"<!-- matrix:begin -->\n"};
const auto end_mark = std::string{"<!-- matrix:end -->\n"};

std::string read_page() {
  std::ifstream in{page};
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(matrix_suite, fixture)

BOOST_AUTO_TEST_CASE(all_pairs_talk_as_the_documentation_says) {
  auto now = table();
  BOOST_TEST_MESSAGE(now);
  auto text = read_page();
  auto begin = text.find(begin_mark);
  auto end = text.find(end_mark);
  BOOST_REQUIRE(begin != std::string::npos);
  BOOST_REQUIRE(end != std::string::npos);
  begin += begin_mark.size();
  if (std::getenv("TROUPE_WRITE_DOCS") != nullptr)
    std::ofstream{page} << text.replace(begin, end - begin, now);
  else
    BOOST_TEST(text.substr(begin, end - begin) == now,
               "docs/bridge.md has another table; TROUPE_WRITE_DOCS=1 writes "
               "this one:\n"
                 << now);
}

BOOST_AUTO_TEST_SUITE_END()
