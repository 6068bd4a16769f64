// SPDX-License-Identifier: BSL-1.0

#include "troupe/client/progress_bar.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <future>
#include <random>

using namespace std::chrono_literals;
using namespace troupe;

namespace {

struct expectation {
  std::string label;
  progress x;
  std::size_t width;
  std::string line;
};

const auto expectations = std::vector<expectation>{
  {"step",
   {122, 1, 200, 14524ms},
   80,
   "step  [===========>        ]   61 %  122/200  failed 1  8.4/s  eta 9 s"},
  {"step",
   {122, 0, 200, 14524ms},
   80,
   "step  [===========>        ]   61 %  122/200  8.4/s  eta 9 s"},
  {"step", {0, 0, 200, 0ms}, 80, "step  [                    ]    0 %  0/200"},
  {"step", {0, 0, 200, 5s}, 80, "step  [                    ]    0 %  0/200"},
  {"step",
   {200, 0, 200, 25s},
   80,
   "step  [====================]  100 %  200/200  8.0/s  in 25 s"},
  {"step", {0, 0, 0, 1s}, 80, "step  [====================]  100 %  0/0"},
  {"step",
   {500, 0, 1000, 1ms},
   80,
   "step  [=========>          ]   50 %  500/1000  500k/s  eta 0.0 s"},
  {"step",
   {100, 0, 1000, 100s},
   80,
   "step  [=>                  ]   10 %  100/1000  1.0/s  eta 15 min"},
  {"step",
   {1, 0, 100, 1000s},
   80,
   "step  [                    ]    1 %  1/100  0.0/s  eta 28 h"},
  // What does not fit is left out.
  {"step",
   {122, 1, 200, 14524ms},
   60,
   "step  [=====>    ]   61 %  122/200  failed 1  8.4/s  eta 9 s"},
  {"step",
   {122, 1, 200, 14524ms},
   44,
   "step  [=====>    ]   61 %  122/200  failed 1"},
  {"step",
   {122, 1, 200, 14524ms},
   40,
   "step  [==>   ]   61 %  122/200  failed 1"},
  {"step", {122, 1, 200, 14524ms}, 38, "step   61 %  122/200  failed 1"},
  {"step", {122, 1, 200, 14524ms}, 28, "st   61 %  122/200  failed 1"},
  {"step", {122, 0, 200, 14524ms}, 10, " 61 %  122"},
  {"step", {122, 0, 200, 14524ms}, 0, ""},
  // Labels are as wide as they look, and cannot move the cursor.
  {"größe", {1, 0, 2, 0ms}, 19, "größe   50 %  1/2"},
  {"a\r\x1b[2J", {1, 0, 2, 0ms}, 22, "a??[2J   50 %  1/2"},
};

std::size_t columns(const std::string& text) {
  return static_cast<std::size_t>(
    std::count_if(text.begin(), text.end(),
                  [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

} // namespace

BOOST_AUTO_TEST_SUITE(progress_bar_suite)

BOOST_AUTO_TEST_CASE(renders_as_documented) {
  for (auto& x : expectations)
    BOOST_TEST(render(x.label, x.x, x.width) == x.line);
}

BOOST_AUTO_TEST_CASE(a_line_is_never_wider_than_asked) {
  std::mt19937 random{3};
  auto up_to = [&](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>{0, n}(random);
  };
  for (auto i = 0; i < 2000; ++i) {
    auto total = up_to(up_to(1) ? 10 : 1000000000);
    auto done = up_to(total);
    progress x{done, up_to(done), total,
               std::chrono::milliseconds{up_to(1u << 30)}};
    auto width = up_to(120);
    auto line = render(std::string(up_to(40), 'x'), x, width);
    BOOST_TEST_REQUIRE(columns(line) <= width);
    BOOST_TEST_REQUIRE(line.find('\n') == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(shows_counts_even_where_a_bar_does_not_fit) {
  auto line = render("render the picture", {5, 2, 10, 1s}, 30);
  BOOST_TEST((line.find("5/10") != std::string::npos));
  BOOST_TEST((line.find("failed 2") != std::string::npos));
  BOOST_TEST((line.find('[') == std::string::npos));
}

BOOST_AUTO_TEST_CASE(nothing_moves_on_a_dumb_terminal) {
  setenv("TERM", "dumb", 1);
  BOOST_TEST(!animates_stderr());
  setenv("TERM", "xterm", 1);
  setenv("NO_COLOR", "1", 1);
  BOOST_TEST(!animates_stderr());
  unsetenv("NO_COLOR");
}

BOOST_AUTO_TEST_CASE(waits_like_the_group_that_it_shows) {
  setenv("TERM", "dumb", 1);
  task_group group{2, "root"};
  progress_bar bar{"step"};
  BOOST_TEST(!bar.wait(group, 0ns));
  BOOST_TEST(!bar.wait(group, 1, 0ns));
  bar.update(group);
  auto waiter = std::async(std::launch::async,
                           [&] { return bar.wait(group, forever); });
  task_outcome outcome;
  outcome.state = task_outcome::status::ok;
  std::vector<std::pair<std::size_t, task_outcome>> items{{0, outcome},
                                                          {1, outcome}};
  group.complete(items);
  BOOST_TEST(waiter.get());
  BOOST_TEST(bar.wait(group, 1, 0ns));
  bar.clear();
}

BOOST_AUTO_TEST_SUITE_END()
