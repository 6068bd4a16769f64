// SPDX-License-Identifier: BSL-1.0

#include "troupe/codec/task.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>

using namespace troupe;

namespace {

// -- functions ----------------------------------------------------------------

int add(int x, int y) {
  return x + y;
}

double sum_of_vector(const std::vector<double>& xs) {
  return xs.empty() ? 0 : xs.front();
}

double sum_of_span(std::span<const double> xs) noexcept {
  return static_cast<double>(xs.size());
}

double sum_of_array(array<double> xs) {
  return static_cast<double>(xs.size());
}

int calls = 0;

void count_call() {
  ++calls;
}

std::string shout(std::string_view text, bool twice) {
  auto once = std::string{text} + "!";
  return twice ? once + once : once;
}

const std::vector<double>& same(std::span<const double>) {
  static const std::vector<double> xs(1000, 1.0);
  return xs;
}

std::vector<double> make(std::uint32_t n) {
  return std::vector<double>(n, 1.0);
}

TROUPE_TASK(add);
TROUPE_TASK(sum_of_vector);
TROUPE_TASK(sum_of_span);
TROUPE_TASK(sum_of_array);
TROUPE_TASK(count_call);
TROUPE_TASK_AS(shout, "text.shout");
TROUPE_TASK(same);
TROUPE_TASK(make);

// -- what can be a task -------------------------------------------------------

struct no_codec {};

static_assert(task_argument<int> && task_argument<const int&>);
static_assert(task_argument<const std::vector<double>&>);
static_assert(task_argument<std::string_view> && task_argument<std::string&&>);
static_assert(task_argument<std::span<const float>>);
static_assert(!task_argument<std::vector<double>&>);
static_assert(!task_argument<int*> && !task_argument<const char*>);
static_assert(!task_argument<no_codec> && !task_argument<const no_codec&>);
static_assert(task_result<void> && task_result<std::string>);
static_assert(task_result<const std::vector<double>&>);
static_assert(!task_result<no_codec> && !task_result<std::unique_ptr<int>>);

// -- helpers ------------------------------------------------------------------

/// Calls a function as an engine does.
struct invocation {
  template <class Arguments>
  explicit invocation(function_info::invoke_function function,
                      Arguments arguments) {
    std::vector<std::byte> arena;
    std::vector<buffer> inputs;
    encoder arguments_out{arena, inputs};
    codec<Arguments>::encode(arguments_out, std::move(arguments));
    decoder in{arena, inputs};
    encoder out{bytes, frames};
    function(in, out);
  }

  template <class T>
  T get() {
    decoder in{bytes, frames};
    return codec<T>::decode(in);
  }

  std::vector<std::byte> bytes;
  std::vector<buffer> frames;
};

using words = std::vector<std::string>;

/// Returns what `f` says when it throws `bad_arguments`.
template <class F>
std::string complaint(F f) {
  try {
    f();
  } catch (const bad_arguments& x) {
    return x.what();
  }
  return "no complaint";
}

const function_info& known(std::string_view name) {
  auto result = function_registry::global().find(name);
  BOOST_REQUIRE(result != nullptr);
  return *result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(task_suite)

BOOST_AUTO_TEST_CASE(a_task_is_registered_under_its_name) {
  auto& info = known("add");
  BOOST_TEST(info.description.name == "add");
  BOOST_TEST((info.description.id == function_id_of("add")));
  BOOST_TEST(info.description.signature_text == "(i32, i32) -> i32");
  BOOST_TEST(info.description.signature == fnv1a("(i32, i32) -> i32"));
  BOOST_TEST(info.arity == 2u);
  BOOST_TEST(task_traits<&add>::info == &info);
}

BOOST_AUTO_TEST_CASE(a_task_may_have_a_name_of_its_own) {
  auto& info = known("text.shout");
  BOOST_TEST(info.description.signature_text == "(string, bool) -> string");
  BOOST_TEST(function_registry::global().find("shout") == nullptr);
}

BOOST_AUTO_TEST_CASE(vectors_spans_and_arrays_share_a_signature) {
  auto text = known("sum_of_vector").description.signature_text;
  BOOST_TEST(text == "([f64]) -> f64");
  BOOST_TEST(known("sum_of_span").description.signature_text == text);
  BOOST_TEST(known("sum_of_array").description.signature_text == text);
  BOOST_TEST(known("count_call").description.signature_text == "() -> void");
}

BOOST_AUTO_TEST_CASE(calls_with_arguments_and_result) {
  invocation call{known("add").invoke, std::tuple{1, 2}};
  BOOST_TEST(call.get<int>() == 3);
}

BOOST_AUTO_TEST_CASE(calls_without_either) {
  calls = 0;
  invocation call{known("count_call").invoke, std::tuple<>{}};
  BOOST_TEST(calls == 1);
  BOOST_TEST(call.bytes.empty());
}

BOOST_AUTO_TEST_CASE(a_callee_may_take_what_a_caller_has_in_another_form) {
  auto xs = std::tuple{std::vector<double>(1000, 2.0)};
  BOOST_TEST(invocation(known("sum_of_vector").invoke, xs).get<double>() == 2);
  BOOST_TEST(invocation(known("sum_of_span").invoke, xs).get<double>() == 1000);
  BOOST_TEST(invocation(known("sum_of_array").invoke, xs).get<double>()
             == 1000);
}

BOOST_AUTO_TEST_CASE(a_large_result_becomes_a_frame) {
  invocation call{known("make").invoke, std::tuple{std::uint32_t{1000}}};
  BOOST_TEST(call.frames.size() == 1u);
  BOOST_TEST(call.get<array<double>>().size() == 1000u);
}

BOOST_AUTO_TEST_CASE(a_result_by_reference_is_copied) {
  invocation call{known("same").invoke, std::tuple{std::vector<double>{}}};
  BOOST_TEST(call.get<std::vector<double>>().size() == 1000u);
}

BOOST_AUTO_TEST_CASE(wrong_arguments_are_refused) {
  auto invoke = known("add").invoke;
  calls = 0;
  auto text = "the arguments of this task cannot be read";
  BOOST_TEST(complaint([&] { invocation(invoke, std::tuple{1}); }) == text);
  BOOST_TEST(complaint([&] {
               invocation(invoke, std::tuple{1, 2, 3});
             })
             == text);
  BOOST_TEST(
    complaint([&] { invocation(known("count_call").invoke, std::tuple{1}); })
    == text);
  BOOST_TEST(calls == 0);
}

BOOST_AUTO_TEST_CASE(calls_with_text) {
  BOOST_TEST(
    invocation(known("add").invoke_text, words{"40", "2"}).get<std::string>()
    == "42");
  BOOST_TEST(invocation(known("text.shout").invoke_text, words{"hi", "true"})
               .get<std::string>()
             == "hi!hi!");
  BOOST_TEST(
    invocation(known("count_call").invoke_text, words{}).get<std::string>()
    == "");
}

BOOST_AUTO_TEST_CASE(says_which_text_is_wrong) {
  auto invoke = known("add").invoke_text;
  BOOST_TEST(complaint([&] {
               invocation(invoke, words{"1", "two"});
             })
             == "argument 2, \"two\", is no i32");
  BOOST_TEST(complaint([&] { invocation(invoke, words{"1"}); })
             == "this task takes 2 arguments, not 1");
  BOOST_TEST(
    complaint([&] { invocation(known("count_call").invoke_text, words{"1"}); })
    == "this task takes 0 arguments, not 1");
}

BOOST_AUTO_TEST_CASE(arrays_have_no_textual_form) {
  BOOST_TEST((known("sum_of_vector").invoke_text == nullptr));
  BOOST_TEST((known("make").invoke_text == nullptr));
  BOOST_TEST((known("add").invoke_text != nullptr));
}

BOOST_AUTO_TEST_CASE(registering_again_changes_nothing) {
  auto before = function_registry::global().problems().size();
  BOOST_TEST(register_task<&add>("add"));
  BOOST_TEST(function_registry::global().problems().size() == before);
}

BOOST_AUTO_TEST_CASE(a_second_function_of_a_name_is_reported) {
  auto& problems = function_registry::global().problems();
  auto before = problems.size();
  BOOST_TEST(!register_task<&make>("add"));
  BOOST_REQUIRE(problems.size() == before + 1);
  BOOST_TEST(problems.back()
             == "there are two tasks named \"add\", (i32, i32) -> i32 and "
                "(u32) -> [f64]: only the first can be run");
  BOOST_TEST(known("add").arity == 2u);
  BOOST_TEST(task_traits<&make>::info == &known("make"));
}

BOOST_AUTO_TEST_SUITE_END()
