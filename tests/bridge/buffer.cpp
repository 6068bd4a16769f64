// SPDX-License-Identifier: BSL-1.0

#include <troupe/buffer.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

using namespace troupe;

namespace {

static_assert(std::is_nothrow_move_constructible_v<buffer>);
static_assert(std::is_copy_constructible_v<buffer>);
static_assert(!std::is_convertible_v<std::string, buffer>);

bool aligned(const buffer& x, std::size_t alignment) {
  return reinterpret_cast<std::uintptr_t>(x.data()) % alignment == 0;
}

} // namespace

BOOST_AUTO_TEST_SUITE(buffer_suite)

BOOST_AUTO_TEST_CASE(is_empty_and_without_owner_by_default) {
  buffer x;
  BOOST_TEST(x.empty());
  BOOST_TEST(x.size() == 0u);
  BOOST_TEST(x.text() == "");
  BOOST_TEST((x.owner() == nullptr));
  BOOST_TEST(x.as<int>().empty());
}

BOOST_AUTO_TEST_CASE(copies_bytes_aligned_for_any_scalar) {
  for (auto size = std::size_t{0}; size < 200; ++size) {
    std::string text(size, 'x');
    auto x = buffer::copy_of(text);
    BOOST_TEST(x.text() == text);
    BOOST_TEST(aligned(x, alignof(std::max_align_t)));
    BOOST_TEST((x.empty() || x.text().data() != text.data()));
  }
}

BOOST_AUTO_TEST_CASE(adopts_containers_without_copying) {
  std::vector<double> values(1000);
  std::iota(values.begin(), values.end(), 0.);
  auto address = reinterpret_cast<const std::byte*>(values.data());
  auto x = buffer::adopt(std::move(values));
  BOOST_TEST(x.data() == address);
  BOOST_TEST(x.size() == 8000u);
  BOOST_TEST(x.as<double>().back() == 999.);
  std::string text(1000, 'y');
  auto chars = text.data();
  auto y = buffer::adopt(std::move(text));
  BOOST_TEST(static_cast<const void*>(y.text().data()) == chars);
  BOOST_TEST(buffer::adopt(std::string{"short"}).text() == "short");
}

BOOST_AUTO_TEST_CASE(adopts_a_finished_flatbuffer_without_copying) {
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(builder.CreateString("hello"));
  auto message = builder.Release();
  auto address = reinterpret_cast<const std::byte*>(message.data());
  auto size = message.size();
  auto x = buffer::adopt(std::move(message));
  BOOST_TEST(x.data() == address);
  BOOST_TEST(x.size() == size);
}

BOOST_AUTO_TEST_CASE(releases_borrowed_memory_exactly_once) {
  auto released = 0;
  const char bytes[] = "borrowed";
  {
    auto x = buffer::borrow(bytes, 8, [&] { ++released; });
    auto copy = x;
    auto part = x.slice(2, 3);
    BOOST_TEST(static_cast<const void*>(x.data()) == bytes);
    x = buffer{};
    copy = buffer{};
    BOOST_TEST(released == 0);
    BOOST_TEST(part.text() == "rro");
    auto moved = std::move(part);
    BOOST_TEST(moved.text() == "rro");
  }
  BOOST_TEST(released == 1);
  buffer::borrow(nullptr, 0, [&] { ++released; });
  BOOST_TEST(released == 2);
  buffer::borrow(bytes, 8, nullptr);
}

BOOST_AUTO_TEST_CASE(counts_references_over_threads) {
  std::atomic<int> released{0};
  const char bytes[] = "shared";
  {
    auto x = buffer::borrow(bytes, 6, [&] { ++released; });
    std::vector<std::thread> threads;
    for (auto i = 0; i < 4; ++i)
      threads.emplace_back([x] {
        for (auto k = 0; k < 10000; ++k)
          auto copy = x;
      });
    for (auto& t : threads)
      t.join();
    BOOST_TEST(released == 0);
  }
  BOOST_TEST(released == 1);
}

BOOST_AUTO_TEST_CASE(frees_through_an_owner_of_the_users) {
  struct mine : buffer_owner {
    explicit mine(bool& gone) : gone(gone) {
      // nop
    }

    ~mine() override {
      gone = true;
    }

    int value = 7;
    bool& gone;
  };
  auto gone = false;
  auto owner = caf::make_counted<mine>(gone);
  auto bytes = std::as_bytes(std::span{&owner->value, 1});
  buffer x{std::move(owner), bytes};
  BOOST_TEST(x.as<int>().front() == 7);
  x = {};
  BOOST_TEST(gone);
}

BOOST_AUTO_TEST_CASE(cuts_slices_to_what_exists) {
  auto x = buffer::copy_of("0123456789");
  BOOST_TEST(x.slice(0, 10).text() == "0123456789");
  BOOST_TEST(x.slice(3, 4).text() == "3456");
  BOOST_TEST(x.slice(3, 4).slice(1, 2).text() == "45");
  BOOST_TEST(x.slice(8, 100).text() == "89");
  BOOST_TEST(x.slice(8, std::string::npos).text() == "89");
  BOOST_TEST(x.slice(10, 1).empty());
  BOOST_TEST(x.slice(11, 1).empty());
  BOOST_TEST(x.slice(std::string::npos, std::string::npos).empty());
  BOOST_TEST(buffer{}.slice(1, 1).empty());
}

BOOST_AUTO_TEST_CASE(shows_itself_as_an_array_only_if_that_fits) {
  auto x = buffer::adopt(std::vector<std::uint32_t>{1, 2, 3});
  BOOST_TEST(x.fits<std::uint32_t>());
  BOOST_TEST(x.as<std::uint32_t>().size() == 3u);
  BOOST_TEST(x.as<std::uint16_t>().size() == 6u);
  BOOST_TEST(!x.fits<std::uint64_t>()); // 12 bytes
  BOOST_TEST(x.as<std::uint64_t>().empty());
  BOOST_TEST(!x.slice(1, 8).fits<std::uint32_t>()); // odd address
  BOOST_TEST(x.slice(1, 8).as<std::uint32_t>().empty());
  BOOST_TEST(x.slice(4, 8).as<std::uint32_t>()[1] == 3u);
  BOOST_TEST(x.slice(1, 8).fits<char>());
}

BOOST_AUTO_TEST_SUITE_END()
