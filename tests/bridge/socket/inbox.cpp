// SPDX-License-Identifier: BSL-1.0

#include "bridge/failing_allocation.hpp"
#include "bridge/loopback.hpp"
#include <troupe/socket/inbox.hpp>

#include <array>
#include <new>
#include <thread>

using namespace troupe;
using namespace troupe::test;

namespace {

template <class... Ts>
caf::mailbox_element_ptr mail(caf::message_id id, Ts... xs) {
  return caf::make_mailbox_element(nullptr, id, {}, std::move(xs)...);
}

const bundle_rules rules{link_layout{true}, 1024, 4096};

struct fixture {
  std::vector<std::string> drained() {
    return drained(box);
  }

  /// Returns the first frames, those in bundles in brackets.
  std::vector<std::string> drained(inbox& from) {
    std::vector<sendable> content;
    from.drain(content);
    std::vector<std::string> result;
    for (auto& x : content) {
      if (auto single = std::get_if<multipart>(&x)) {
        result.push_back(texts(*single).front());
        continue;
      }
      std::vector<multipart> messages;
      std::get<message_bundle>(x).unpack(messages);
      for (auto& message : messages)
        result.push_back("[" + texts(message).front() + "]");
    }
    return result;
  }

  inbox box{std::nullopt};
  inbox bundling{rules};
  bool first = false;
};

using strings = std::vector<std::string>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(inbox_suite, fixture)

BOOST_AUTO_TEST_CASE(keeps_single_messages_and_batches_in_order) {
  auto id = caf::make_message_id();
  BOOST_TEST(box.pending() == 0u);
  BOOST_TEST(box.take(*mail(id, message({"a"})), first));
  BOOST_TEST(first);
  BOOST_TEST(box.pending() == 1u);
  outgoing more;
  more.messages.push_back(message({"b"}));
  more.messages.push_back(message({"c"}));
  BOOST_TEST(box.take(*mail(id, std::move(more)), first));
  BOOST_TEST(!first);
  BOOST_TEST(drained() == (strings{"a", "b", "c"}),
             boost::test_tools::per_element());
  BOOST_TEST(box.pending() == 0u);
  BOOST_TEST(box.take(*mail(id, message({"d"})), first));
  BOOST_TEST(first);
}

BOOST_AUTO_TEST_CASE(bundles_small_messages_between_others) {
  auto id = caf::make_message_id();
  auto large = std::string(1025, 'x');
  BOOST_TEST(bundling.take(*mail(id, message({"a"})), first));
  BOOST_TEST(first);
  BOOST_TEST(bundling.take(*mail(id, message({"b", "more"})), first));
  BOOST_TEST(!first);
  BOOST_TEST(bundling.take(*mail(id, message({large})), first));
  outgoing more;
  more.messages.push_back(message({"c"}));
  more.messages.push_back(message({"d", "of", "three"}));
  more.messages.push_back(message({"e"}));
  BOOST_TEST(bundling.take(*mail(id, std::move(more)), first));
  BOOST_TEST(bundling.pending() == 6u);
  BOOST_TEST(drained(bundling)
               == (strings{"[a]", "[b]", large, "[c]", "d", "[e]"}),
             boost::test_tools::per_element());
  BOOST_TEST(bundling.pending() == 0u);
}

BOOST_AUTO_TEST_CASE(takes_nothing_from_an_empty_batch) {
  BOOST_TEST(box.take(*mail(caf::make_message_id(), outgoing{}), first));
  BOOST_TEST(!first);
  BOOST_TEST(box.pending() == 0u);
}

BOOST_AUTO_TEST_CASE(bundles_what_others_still_refer_to) {
  auto shared = caf::make_message(message({"both"}));
  auto id = caf::make_message_id();
  for (auto i = 0; i < 2; ++i)
    BOOST_TEST(bundling.take(
      *caf::make_mailbox_element(nullptr, id, {}, shared), first));
  BOOST_TEST(drained(bundling) == (strings{"[both]", "[both]"}),
             boost::test_tools::per_element());
  BOOST_TEST(texts(shared.get_as<multipart>(0)).front() == "both");
}

BOOST_AUTO_TEST_CASE(loses_nothing_of_many_senders) {
  constexpr auto senders = 4;
  constexpr auto each = 5000;
  std::vector<std::thread> threads;
  for (auto i = 0; i < senders; ++i)
    threads.emplace_back([this, i] {
      auto is_first = false;
      for (auto k = 0; k < each; ++k)
        bundling.take(*mail(caf::make_message_id(),
                            message({std::to_string(i), std::to_string(k)})),
                      is_first);
    });
  std::array<int, senders> next{};
  auto taken = 0;
  auto wrong = 0;
  auto fetch = [&] {
    std::vector<sendable> content;
    std::vector<multipart> messages;
    bundling.drain(content);
    for (auto& x : content)
      std::get<message_bundle>(x).unpack(messages);
    for (auto& x : messages) {
      auto words = texts(x);
      wrong += std::stoi(words[1]) != next[std::stoul(words[0])]++;
      ++taken;
    }
  };
  BOOST_TEST(wait_until([&] {
    fetch();
    return taken >= senders * each / 2;
  }));
  for (auto& x : threads)
    x.join();
  fetch();
  BOOST_TEST(taken == senders * each);
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_CASE(leaves_all_else_to_the_mailbox) {
  BOOST_TEST(!box.take(*mail(caf::make_message_id(), atom::close_v), first));
  auto asks = caf::make_message_id(1);
  BOOST_TEST(asks.is_request());
  BOOST_TEST(!box.take(*mail(asks, message({"x"})), first));
  BOOST_TEST(box.pending() == 0u);
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

#ifdef TROUPE_ALLOCATIONS_FAIL

BOOST_AUTO_TEST_CASE(tells_of_what_it_took_when_memory_ran_out) {
  auto large = std::string(2000, 'x');
  auto failures = 0;
  for (auto successes = 0;; ++successes) {
    inbox target{rules};
    outgoing batch;
    for (auto& text : strings{"a", "b", large, "c", large})
      batch.messages.push_back(message({text, "second frame"}));
    auto element = mail(caf::make_message_id(), std::move(batch));
    first = false;
    failing_allocation limit{successes};
    try {
      target.take(*element, first);
    } catch (const std::bad_alloc&) {
      ++failures;
    }
    if (!limit.happened())
      break;
    auto noted = target.pending();
    BOOST_TEST(first == (noted > 0));
    std::vector<sendable> content;
    target.drain(content);
    std::vector<multipart> messages;
    for (auto& x : content)
      if (auto single = std::get_if<multipart>(&x))
        messages.push_back(std::move(*single));
      else
        std::get<message_bundle>(x).unpack(messages);
    BOOST_TEST(messages.size() == noted);
    for (auto& x : messages)
      BOOST_TEST(x.frames.size() == 2u);
  }
  BOOST_TEST(failures > 3);
}

#endif

BOOST_AUTO_TEST_SUITE_END()
