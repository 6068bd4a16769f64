// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/client/map_result.hpp"
#include "troupe/client/remote_call.hpp"
#include "troupe/client/result.hpp"
#include "troupe/client/task_options.hpp"
#include "troupe/codec/task.hpp"

#include <cstdint>
#include <iterator>
#include <ranges>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace troupe {

/// Runs functions on whatever engine is least loaded. A cheap value.
/// Thread-safe.
class balanced_view {
public:
  explicit balanced_view(client_core_ptr core, task_options options = {})
    : core_(std::move(core)), options_(std::move(options)) {
    // nop
  }

  /// The same view with other options. Tasks in them belong to this session.
  balanced_view with(task_options options) const {
    return balanced_view{core_, std::move(options)};
  }

  /// Calls `F` on some engine. Returns at once. Throws `error` if `F` was not
  /// registered by `TROUPE_TASK`.
  template <auto F, class... Ts>
  requires remote_callable<F, Ts...>
  auto apply(Ts&&... xs) const {
    using traits = task_traits<F>;
    auto calls = prepare<F>();
    calls.add([&](encoder& out) {
      using arguments = std::type_identity<typename traits::arguments>;
      detail::encode_arguments(arguments{}, out, std::forward<Ts>(xs)...);
    });
    auto group = submit(traits::info->description.name, std::move(calls));
    using result = detail::owned_result_t<typename traits::result>;
    return async_result<result>{core_, std::move(group)};
  }

  /// Calls `F` once for each element of `inputs`; an element is the argument,
  /// or a tuple of the arguments of a function with several. Returns at once.
  /// Arrays that are `array`s or `buffer`s are not copied.
  template <auto F, std::ranges::input_range Inputs>
  auto map(Inputs&& inputs) const {
    using traits = task_traits<F>;
    auto calls = prepare<F>();
    if constexpr (std::ranges::sized_range<Inputs>)
      calls.calls.reserve(std::ranges::size(inputs));
    for (auto&& x : inputs)
      calls.add([&](encoder& out) {
        detail::write_element<F>(out, std::forward<decltype(x)>(x));
      });
    auto group = submit(traits::info->description.name, std::move(calls));
    using result = detail::owned_result_t<typename traits::result>;
    return map_result<result>{core_, std::move(group)};
  }

  /// Calls the function `name`, which engines know and this program need not,
  /// once per row of `rows`, with arguments and results as text. Throws
  /// `task_not_registered` with similar names if no engine knows it, `usage`
  /// if a row has the wrong number of arguments.
  map_result<std::string>
  map_text(std::string_view name,
           const std::vector<std::vector<std::string>>& rows) const;

private:
  template <auto F>
  encoded_calls prepare() const {
    auto calls = detail::calls_of<F>();
    set_options(calls);
    return calls;
  }

  /// Throws `usage` if the options make no sense.
  void set_options(encoded_calls& calls) const;

  task_group_ptr submit(std::string name, encoded_calls calls) const;

  client_core_ptr core_;
  task_options options_;
};

} // namespace troupe
