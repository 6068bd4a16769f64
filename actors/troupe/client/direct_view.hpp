// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/client/gathered.hpp"
#include "troupe/client/map_result.hpp"
#include "troupe/client/remote_call.hpp"
#include "troupe/client/result.hpp"
#include "troupe/scheduling/partition.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <ranges>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace troupe {

/// Calls functions on named engines, on all of them at once. Each engine runs
/// the calls of a session in their order, before balanced tasks that wait. A
/// result always has a place per engine: a value, or the error of that engine;
/// one that is lost ends its calls at once. A cheap value. Thread-safe.
class direct_view {
public:
  /// Names engines; they may be gone. Throws `no_engines` if there are none.
  direct_view(client_core_ptr core, std::vector<engine_id> engines);

  const std::vector<engine_id>& engines() const noexcept {
    return engines_;
  }

  std::size_t size() const noexcept {
    return engines_.size();
  }

  /// The same view, but the results of a call come together when the last one
  /// is there: fewer messages for many engines.
  direct_view coalesced(bool on = true) const;

  /// The same view, with another way to divide inputs among engines.
  direct_view partitioned(partition_type how) const;

  /// Calls `F` once on every engine with the same arguments, which travel to
  /// the controller once. Item `i` is the result of `engines()[i]`.
  template <auto F, class... Ts>
  requires remote_callable<F, Ts...>
  auto apply(Ts&&... xs) const {
    using traits = task_traits<F>;
    auto calls = detail::calls_of<F>();
    calls.add([&](encoder& out) {
      using arguments = std::type_identity<typename traits::arguments>;
      detail::encode_arguments(arguments{}, out, std::forward<Ts>(xs)...);
    });
    return submit<F>(std::move(calls), plan());
  }

  /// Calls `F` once for each element of `inputs`, which are divided among the
  /// engines. Results are in the order of the inputs.
  template <auto F, std::ranges::input_range Inputs>
  auto map(Inputs&& inputs) const {
    auto calls = detail::calls_of<F>();
    for (auto&& x : inputs)
      calls.add([&](encoder& out) {
        detail::write_element<F>(out, std::forward<decltype(x)>(x));
      });
    auto where = plan();
    where.places = places(calls.calls.size());
    return submit<F>(std::move(calls), std::move(where));
  }

  /// Calls `F` once on every engine, with a part of `items` each as its first
  /// argument, and `xs` behind it. The scheduler divides the array.
  template <auto F, wire_number T, class... Ts>
  requires remote_callable<F, array<T>, Ts...>
  auto scatter(const array<T>& items, Ts&&... xs) const {
    using traits = task_traits<F>;
    auto calls = detail::calls_of<F>();
    calls.add([&](encoder& out) {
      out.scalar(std::uint64_t{0}); // the length of the part
      calls.frames.push_back(items.bytes());
      detail::encode_rest(std::type_identity<typename traits::arguments>{}, out,
                          std::forward<Ts>(xs)...);
    });
    auto where = plan();
    where.item_size = sizeof(T);
    return submit<F>(std::move(calls), std::move(where));
  }

  /// Calls `F`, which returns an array, on every engine: one array of all
  /// results, in the order of the engines.
  template <auto F, class... Ts>
  requires remote_callable<F, Ts...>
  auto gather(Ts&&... xs) const {
    return troupe::gathered{apply<F>(std::forward<Ts>(xs)...), how_};
  }

private:
  cast_plan plan() const;

  /// The place of the engine of each of `count` inputs.
  std::vector<std::uint32_t> places(std::size_t count) const;

  template <auto F>
  auto submit(encoded_calls calls, cast_plan where) const {
    using traits = task_traits<F>;
    auto group = submit(traits::info->description.name, std::move(calls),
                        std::move(where));
    using result = detail::owned_result_t<typename traits::result>;
    return map_result<result>{core_, std::move(group)};
  }

  task_group_ptr submit(std::string name, encoded_calls calls,
                        cast_plan where) const;

  client_core_ptr core_;
  std::vector<engine_id> engines_;
  partition_type how_ = partition_type::block;
  bool coalesced_ = false;
};

/// Calls functions on one engine. A cheap value. Thread-safe.
class engine_view {
public:
  engine_view(client_core_ptr core, engine_id id)
    : view_(std::move(core), {id}) {
    // nop
  }

  engine_id id() const noexcept {
    return view_.engines().front();
  }

  /// Calls `F` on the engine.
  template <auto F, class... Ts>
  requires remote_callable<F, Ts...>
  auto apply(Ts&&... xs) const {
    return view_.apply<F>(std::forward<Ts>(xs)...).only();
  }

  /// Calls `F` for each element of `inputs`, in their order.
  template <auto F, std::ranges::input_range Inputs>
  auto map(Inputs&& inputs) const {
    return view_.map<F>(std::forward<Inputs>(inputs));
  }

private:
  direct_view view_;
};

} // namespace troupe
