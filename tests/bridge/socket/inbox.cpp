// SPDX-License-Identifier: BSL-1.0

#include "bridge/loopback.hpp"
#include <troupe/socket/inbox.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

template <class... Ts>
caf::mailbox_element_ptr mail(caf::message_id id, Ts... xs) {
  return caf::make_mailbox_element(nullptr, id, {}, std::move(xs)...);
}

struct fixture {
  std::vector<std::string> drained() {
    std::vector<multipart> messages;
    box.drain(messages);
    std::vector<std::string> result;
    for (auto& x : messages)
      result.push_back(texts(x).front());
    return result;
  }

  inbox box;
  bool first = false;
};

using strings = std::vector<std::string>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(inbox_suite, fixture)

BOOST_AUTO_TEST_CASE(keeps_single_messages_and_batches_in_order) {
  auto id = caf::make_message_id();
  BOOST_TEST(!box.pending());
  BOOST_TEST(box.take(*mail(id, message({"a"})), first));
  BOOST_TEST(first);
  BOOST_TEST(box.pending());
  outgoing more;
  more.messages.push_back(message({"b"}));
  more.messages.push_back(message({"c"}));
  BOOST_TEST(box.take(*mail(id, std::move(more)), first));
  BOOST_TEST(!first);
  BOOST_TEST(drained() == (strings{"a", "b", "c"}),
             boost::test_tools::per_element());
  BOOST_TEST(!box.pending());
  BOOST_TEST(box.take(*mail(id, message({"d"})), first));
  BOOST_TEST(first);
}

BOOST_AUTO_TEST_CASE(leaves_all_else_to_the_mailbox) {
  BOOST_TEST(!box.take(*mail(caf::make_message_id(), atom::close_v), first));
  auto asks = caf::make_message_id(1);
  BOOST_TEST(asks.is_request());
  BOOST_TEST(!box.take(*mail(asks, message({"x"})), first));
  BOOST_TEST(!box.pending());
}

BOOST_AUTO_TEST_CASE(copies_what_others_still_refer_to) {
  auto shared = caf::make_message(message({"both"}));
  auto id = caf::make_message_id();
  for (auto i = 0; i < 2; ++i)
    BOOST_TEST(
      box.take(*caf::make_mailbox_element(nullptr, id, {}, shared), first));
  BOOST_TEST(drained() == (strings{"both", "both"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
