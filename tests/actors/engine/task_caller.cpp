// SPDX-License-Identifier: BSL-1.0

#include "troupe/engine/task_caller.hpp"

#include "actors/engine/dispatches.hpp"
#include "troupe/codec/task.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>

using namespace troupe;
using test::dispatches;

namespace {

// -- functions ----------------------------------------------------------------

class out_of_luck : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

int half_of(int x) {
  if (x % 2 != 0)
    throw out_of_luck("odd");
  return x / 2;
}

void throw_number() {
  throw 42;
}

const void* seen = nullptr;

array<double> echo(array<double> xs) {
  seen = xs.data();
  return xs;
}

double first_of(std::span<const double> xs) {
  seen = xs.data();
  return xs.front();
}

buffer too_large() {
  static const char byte = 'x';
  // Claims more than may travel. Nobody reads it.
  return buffer::borrow(&byte, limits::task_frame_bytes + 1, [] {});
}

std::tuple<buffer, buffer> too_large_together() {
  static const char byte = 'x';
  auto half = buffer::borrow(&byte, limits::task_frame_bytes / 2, [] {});
  return {half, half};
}

std::vector<std::string> fail_late() {
  throw std::bad_alloc();
}

TROUPE_TASK_AS(half_of, "caller.half_of");
TROUPE_TASK_AS(throw_number, "caller.throw_number");
TROUPE_TASK_AS(echo, "caller.echo");
TROUPE_TASK_AS(first_of, "caller.first_of");
TROUPE_TASK_AS(too_large, "caller.too_large");
TROUPE_TASK_AS(too_large_together, "caller.too_large_together");
TROUPE_TASK_AS(fail_late, "caller.fail_late");

// -- fixture ------------------------------------------------------------------

struct fixture {
  fixture() {
    caller.name("blue");
  }

  /// Runs the only task of a message.
  wire::Outcome run(message_view message) {
    auto tasks = read_tasks(message);
    BOOST_REQUIRE(tasks);
    auto& task = tasks->entries[0];
    return caller.call(task, tasks->bytes_of(task), tasks->frames_of(task),
                       message.header());
  }

  /// Runs a task that fails.
  failure why(message_view message) {
    BOOST_TEST((run(std::move(message)) == wire::Outcome::Error));
    BOOST_TEST(caller.frames().empty());
    return read_failure(caller.bytes());
  }

  template <class T>
  T result() {
    decoder in{caller.bytes(), caller.frames()};
    return codec<T>::decode(in);
  }

  dispatches build;
  task_caller caller{function_registry::global()};
};

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(task_caller_suite, fixture)

BOOST_AUTO_TEST_CASE(returns_the_result) {
  BOOST_TEST(
    (run(build.call(1, "caller.half_of", 8).view()) == wire::Outcome::Ok));
  BOOST_TEST(result<int>() == 4);
}

BOOST_AUTO_TEST_CASE(returns_text_for_text) {
  BOOST_TEST((run(build.call_text(1, "caller.half_of", {"8"}).view())
              == wire::Outcome::Ok));
  BOOST_TEST(result<std::string>() == "4");
}

BOOST_AUTO_TEST_CASE(tells_what_a_function_threw) {
  auto x = why(build.call(1, "caller.half_of", 7).view());
  BOOST_TEST(contains(x.type, "out_of_luck"));
  BOOST_TEST(x.message == "odd");
  x = why(build.call(1, "caller.fail_late").view());
  BOOST_TEST(x.type == "std::bad_alloc");
}

BOOST_AUTO_TEST_CASE(survives_what_is_no_exception) {
  auto x = why(build.call(1, "caller.throw_number").view());
  BOOST_TEST(x.type == "int");
  BOOST_TEST(x.message == "an exception that is no std::exception");
}

BOOST_AUTO_TEST_CASE(names_the_engine_that_lacks_a_function) {
  auto x = why(build.call(1, "nobody").view());
  BOOST_TEST(x.type == "unknown_function");
  BOOST_TEST(contains(x.message, "engine blue has no function"));
}

BOOST_AUTO_TEST_CASE(refuses_another_signature) {
  auto known = function_registry::global().find("caller.half_of");
  auto call = [&](std::uint64_t signature) {
    return build
      .add(1, "caller.half_of", wire::Encoding::Codec, signature, std::tuple{8})
      .view();
  };
  BOOST_TEST((run(call(known->description.signature)) == wire::Outcome::Ok));
  auto x = why(call(0xABC));
  BOOST_TEST(x.type == "signature_mismatch");
  BOOST_TEST(contains(x.message, "(i32) -> i32"));
  BOOST_TEST(contains(x.message, "0000000000000abc"));
}

BOOST_AUTO_TEST_CASE(refuses_bad_arguments) {
  auto x = why(build.call(1, "caller.half_of", true).view());
  BOOST_TEST(x.type == "bad_arguments");
  BOOST_TEST(x.message
             == "caller.half_of: the arguments of this task cannot be read");
  x = why(build.call_text(1, "caller.half_of", {"x"}).view());
  BOOST_TEST(x.message == "caller.half_of: argument 1, \"x\", is no i32");
}

BOOST_AUTO_TEST_CASE(refuses_text_where_types_have_no_textual_form) {
  auto x = why(build.call_text(1, "caller.echo", {"1"}).view());
  BOOST_TEST(x.type == "bad_arguments");
  BOOST_TEST(contains(x.message, "caller.echo cannot be called with text"));
}

BOOST_AUTO_TEST_CASE(refuses_a_result_that_no_message_can_hold) {
  for (auto name : {"caller.too_large", "caller.too_large_together"}) {
    auto x = why(build.call(1, name).view());
    BOOST_TEST(x.type == "result_too_large");
    BOOST_TEST(contains(x.message, "return it in parts"));
  }
}

BOOST_AUTO_TEST_CASE(reads_arrays_in_place) {
  auto message =
    build.call(1, "caller.echo", array<double>{std::vector<double>(1000, 1.5)})
      .message();
  auto address = static_cast<const void*>(message.frames[1].data());
  BOOST_TEST(
    (run(dispatches::view_of(std::move(message))) == wire::Outcome::Ok));
  BOOST_TEST(seen == address);
  BOOST_REQUIRE(caller.frames().size() == 1u);
  BOOST_TEST(caller.frames()[0].data() == address); // and sends it as it came
}

BOOST_AUTO_TEST_CASE(reads_small_arrays_in_the_envelope) {
  auto message =
    build.call(1, "caller.first_of", std::vector<double>{2.5, 3.5}).view();
  auto header = message.header();
  BOOST_TEST((run(std::move(message)) == wire::Outcome::Ok));
  auto first = header.data();
  auto address = static_cast<const std::byte*>(seen);
  BOOST_TEST((address > first && address < first + header.size()));
  BOOST_TEST(result<double>() == 2.5);
}

BOOST_AUTO_TEST_CASE(lets_go_of_the_last_result) {
  run(build.call(1, "caller.half_of", 8).view());
  BOOST_TEST(!caller.bytes().empty());
  caller.clear();
  BOOST_TEST(caller.bytes().empty());
  run(build.call(1, "caller.half_of", 8).view());
  run(build.call(1, "caller.half_of", 6).view());
  BOOST_TEST(result<int>() == 3);
}

BOOST_AUTO_TEST_SUITE_END()
