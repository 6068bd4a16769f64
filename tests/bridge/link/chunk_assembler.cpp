// SPDX-License-Identifier: BSL-1.0

#include <troupe/link/chunk_assembler.hpp>
#include <troupe/link/chunker.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <fstream>
#include <random>
#include <string>
#include <unistd.h>

using namespace troupe;

namespace {

constexpr auto ok = std::optional<ec>{};

buffer text(std::string x) {
  return buffer::adopt(std::move(x));
}

std::size_t resident_bytes() {
  std::ifstream in{"/proc/self/statm"};
  auto total = std::size_t{0};
  auto resident = std::size_t{0};
  in >> total >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

struct fixture {
  chunk_budget budget{1000};
  chunk_assembler assembler{{100, 150, 4}, budget};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(chunk_assembler_suite, fixture)

BOOST_AUTO_TEST_CASE(puts_chunks_into_one_buffer) {
  BOOST_TEST((assembler.add({1, 0, 10}, text("abcd")) == ok));
  BOOST_TEST(assembler.busy());
  BOOST_TEST((assembler.add({1, 4, 10}, text("efgh")) == ok));
  BOOST_TEST(assembler.complete() == 0u);
  BOOST_TEST((assembler.add({1, 8, 10}, text("ij")) == ok));
  BOOST_TEST(assembler.complete() == 1u);
  BOOST_TEST(assembler.take().text() == "abcdefghij");
  BOOST_TEST(!assembler.busy());
  BOOST_TEST(budget.used == 0u);
}

BOOST_AUTO_TEST_CASE(keeps_the_order_of_frames) {
  for (auto id : {1u, 2u, 5u})
    BOOST_TEST((assembler.add({id, 0, 1}, text(std::to_string(id))) == ok));
  for (auto id : {"1", "2", "5"})
    BOOST_TEST(assembler.take().text() == id);
}

BOOST_AUTO_TEST_CASE(refuses_what_is_out_of_order) {
  struct step {
    chunk_place place;
    const char* bytes;
    std::optional<ec> result;
  };
  auto bad = std::optional{ec::bad_range};
  std::vector<std::vector<step>> cases{
    {{{1, 4, 8}, "efgh", bad}},                           // no beginning
    {{{1, 0, 8}, "abcd", ok}, {{1, 5, 8}, "fgh", bad}},   // a hole
    {{{1, 0, 8}, "abcd", ok}, {{1, 3, 8}, "defgh", bad}}, // an overlap
    {{{1, 0, 8}, "abcd", ok}, {{1, 0, 8}, "abcd", bad}},  // a repetition
    {{{1, 0, 8}, "abcd", ok}, {{1, 4, 8}, "efghi", bad}}, // too much
    {{{1, 0, 8}, "abcd", ok}, {{1, 4, 9}, "efgh", bad}},  // another size
    {{{1, 0, 8}, "abcd", ok}, {{2, 4, 8}, "efgh", bad}},  // another frame
    {{{1, 0, 8}, "abcd", ok}, {{2, 0, 8}, "abcd", bad}},  // unfinished
    {{{1, 0, 8}, "abcd", ok}, {{1, 4, 8}, "", bad}},      // no progress
    {{{1, 0, 0}, "", bad}},                               // nothing
    {{{1, 0, 4}, "", bad}},
    {{{2, 0, 1}, "x", ok}, {{2, 0, 1}, "x", bad}}, // twice
    {{{2, 0, 1}, "x", ok}, {{1, 0, 1}, "x", bad}}, // backwards
    {{{1, ~0ull, 8}, "abcd", bad}},
    {{{1, 0, 8}, "abcd", ok}, {{1, ~0ull, 8}, "efgh", bad}},
  };
  for (auto& steps : cases) {
    assembler.reset();
    for (auto& x : steps)
      BOOST_TEST((assembler.add(x.place, text(x.bytes)) == x.result));
    // What was on its way is gone, and its rest finds nothing to join.
    BOOST_TEST((assembler.add({1, 4, 8}, text("efgh")) == bad));
    assembler.drop();
    BOOST_TEST(budget.used == 0u);
  }
}

BOOST_AUTO_TEST_CASE(goes_on_with_the_next_frame_after_a_bad_one) {
  BOOST_TEST((assembler.add({1, 0, 8}, text("abcd")) == ok));
  BOOST_TEST((assembler.add({1, 5, 8}, text("fgh")) == ec::bad_range));
  BOOST_TEST((assembler.add({2, 0, 2}, text("ok")) == ok));
  BOOST_TEST(assembler.take().text() == "ok");
}

BOOST_AUTO_TEST_CASE(knows_its_limits) {
  auto chunk = text(std::string(100, 'x'));
  BOOST_TEST((assembler.add({1, 0, 101}, chunk) == ec::too_large));
  BOOST_TEST((assembler.add({2, 0, ~0ull}, chunk) == ec::too_large));
  BOOST_TEST((assembler.add({3, 0, 100}, chunk) == ok));
  BOOST_TEST((assembler.add({4, 0, 51}, chunk) == ec::too_large));
  BOOST_TEST((assembler.add({5, 0, 50}, chunk.slice(0, 50)) == ok));
  BOOST_TEST(assembler.complete() == 2u);
}

BOOST_AUTO_TEST_CASE(keeps_no_more_frames_than_a_message_has) {
  for (auto id : {1u, 2u, 3u, 4u})
    BOOST_TEST((assembler.add({id, 0, 1}, text("x")) == ok));
  BOOST_TEST((assembler.add({5, 0, 1}, text("x")) == ec::too_large));
  BOOST_TEST(assembler.complete() == 4u);
  assembler.take();
  BOOST_TEST((assembler.add({6, 0, 1}, text("x")) == ok));
}

BOOST_AUTO_TEST_CASE(shares_a_budget_by_what_came) {
  budget.max_bytes = 120;
  chunk_assembler other{{100, 150, 4}, budget};
  auto chunk = text(std::string(60, 'x'));
  BOOST_TEST((assembler.add({1, 0, 100}, chunk) == ok));
  BOOST_TEST((other.add({1, 0, 100}, chunk) == ok));
  BOOST_TEST(budget.used == 120u);
  BOOST_TEST((other.add({1, 60, 100}, text("y")) == ec::limit_reached));
  BOOST_TEST(budget.used == 60u);
  BOOST_TEST((assembler.add({1, 60, 100}, chunk.slice(0, 40)) == ok));
  assembler.take();
  BOOST_TEST(budget.used == 0u);
}

BOOST_AUTO_TEST_CASE(gives_everything_back_when_it_goes) {
  {
    chunk_assembler gone{{100, 150, 4}, budget};
    BOOST_TEST((gone.add({1, 0, 2}, text("ab")) == ok));
    BOOST_TEST((gone.add({2, 0, 100}, text("abc")) == ok));
    BOOST_TEST(budget.used == 5u);
  }
  BOOST_TEST(budget.used == 0u);
}

BOOST_AUTO_TEST_CASE(touches_no_memory_before_data_comes) {
  constexpr auto size = std::size_t{256} << 20;
  budget.max_bytes = size;
  chunk_assembler large{{size, size, 1}, budget};
  auto before = resident_bytes();
  BOOST_TEST((large.add({1, 0, size}, text("x")) == ok));
  BOOST_TEST(resident_bytes() < before + (std::size_t{8} << 20));
}

BOOST_AUTO_TEST_CASE(joins_what_a_chunker_cut) {
  std::mt19937 random{7};
  budget.max_bytes = 100'000;
  chunk_assembler any{{100'000, 100'000, 1}, budget};
  for (auto id = 1u; id < 500; ++id) {
    std::string bytes(1 + random() % 10'000, 'x');
    for (auto& c : bytes)
      c = static_cast<char>(random());
    chunker chunks{buffer::copy_of(bytes), 1 + random() % 5000, 1, id};
    auto offset = std::size_t{0};
    while (!chunks.done()) {
      auto x = chunks.next({});
      BOOST_REQUIRE((any.add({id, offset, bytes.size()}, x.frames[1]) == ok));
      offset += x.frames[1].size();
    }
    BOOST_REQUIRE(any.complete() == 1u);
    BOOST_REQUIRE((any.take().text() == bytes));
  }
}

BOOST_AUTO_TEST_SUITE_END()
