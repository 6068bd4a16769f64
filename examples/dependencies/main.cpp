// SPDX-License-Identifier: BSL-1.0

// Tasks that depend on other tasks, and tasks that choose their engine.

#include <troupe/troupe.hpp>

#include <chrono>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

namespace {

int half(int x) {
  std::this_thread::sleep_for(5ms);
  if (x % 2 != 0)
    throw std::invalid_argument(std::to_string(x) + " is odd");
  return x / 2;
}
TROUPE_TASK(half);

void print(const char* claim, bool holds) {
  std::cout << claim << ": " << (holds ? "yes" : "no") << std::endl;
}

/// Waits for a task that fails and returns its error.
template <class T>
troupe::errc code_of(const troupe::async_result<T>& x) {
  try {
    x.get(30s);
  } catch (const troupe::error& err) {
    return err.code;
  }
  return {};
}

template <class T>
bool begins_after(const troupe::async_result<T>& x,
                  const troupe::async_result<T>& y) {
  return x.info().started >= y.info().started + y.info().run_time;
}

/// Runs tasks of several priorities on one engine. Returns whether they began
/// in their order.
bool priorities_count(const troupe::balanced_view& view) {
  std::vector<troupe::engine_id> one{troupe::engine_id{0}};
  auto first = view.with({.targets = one}).apply<half>(2);
  auto low = view.with({.priority = -1, .targets = one}).apply<half>(2);
  auto high = view.with({.priority = 1, .targets = one}).apply<half>(2);
  low.get(30s);
  return begins_after(low, high);
}

} // namespace

int main(int argc, char** argv) {
  troupe::runtime rt{argc, argv};
  auto cluster = troupe::cluster::local({.engines = 3, .hwm = 1});
  auto view = cluster.connect().balanced();

  auto a = view.apply<half>(100);
  auto b = view.apply<half>(100);
  auto both = view.with({.after = {a, b}}).apply<half>(100);
  both.get(30s);
  print("both came first", begins_after(both, a) && begins_after(both, b));

  auto here = view.with({.follow = {a}}).apply<half>(100);
  here.get(30s);
  print("it ran where the other did", here.info().engine == a.info().engine);

  auto odd = view.apply<half>(1);
  auto next = view.with({.after = {odd}}).apply<half>(2);
  auto last = view.with({.after = {next}}).apply<half>(2);
  print("it cannot run, and ends",
        code_of(last) == troupe::errc::dependency_failed);
  troupe::task_dependency failure{odd};
  auto repair = view.with({.after = failure.if_they_end(troupe::ends::badly)});
  print("it runs if the other fails", repair.apply<half>(4).get(30s) == 2);

  std::vector<troupe::engine_id> nobody{troupe::engine_id{99}};
  print("there is no such engine",
        code_of(view.with({.targets = nobody}).apply<half>(2))
          == troupe::errc::no_engines);
  print("the important goes first", priorities_count(view));

  auto patient = view.with({.retries = 2, .retry_delay = 20ms});
  auto tried = patient.apply<half>(3);
  code_of(tried);
  print("it was tried three times", tried.info().attempts == 3);

  auto many = view.map<half>(std::vector<int>(200, 2));
  auto all = view.with({.after = many.refs()}).apply<half>(8);
  print("all of them came first", all.get(60s) == 4 && many.done() == 200);
}
