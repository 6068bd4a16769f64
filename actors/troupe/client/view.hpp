// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/client/map_result.hpp"
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

/// Whether a `T` can be written as an argument for a parameter of type `P`:
/// what converts implicitly, and what its codec takes as it is.
template <class T, class P>
concept remote_argument = std::is_convertible_v<T, P> || requires(encoder& out,
                                                                  T&& x) {
  codec<P>::encode(out, std::forward<T>(x));
};

namespace detail {

template <class Arguments, class... Ts>
inline constexpr bool fits_arguments = false;

template <class... Ps, class... Ts>
requires(sizeof...(Ps) == sizeof...(Ts)) inline constexpr bool fits_arguments<
  std::tuple<Ps...>, Ts...> = (remote_argument<Ts, Ps> && ...);

/// Writes one argument as parameter type `P` without a detour through `P` where
/// a vector, span, array or string can be written as it is.
template <class P, class T>
void encode_argument(encoder& out, T&& x) {
  if constexpr (requires { codec<P>::encode(out, std::forward<T>(x)); })
    codec<P>::encode(out, std::forward<T>(x));
  else
    codec<P>::encode(out, static_cast<P>(std::forward<T>(x)));
}

template <class... Ps, class... Ts>
void encode_arguments(std::type_identity<std::tuple<Ps...>>, encoder& out,
                      Ts&&... xs) {
  (encode_argument<Ps>(out, std::forward<Ts>(xs)), ...);
}

/// Throws `task_not_registered` with the way to mend it.
[[noreturn]] void throw_not_registered();

} // namespace detail

/// Whether `F` can be called with `Ts` in another process.
template <auto F, class... Ts>
concept remote_callable =
  detail::fits_arguments<typename task_traits<F>::arguments, Ts...>;

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
        write_element<F>(out, std::forward<decltype(x)>(x));
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
    auto info = task_traits<F>::info;
    if (info == nullptr)
      detail::throw_not_registered();
    encoded_calls calls;
    calls.function = info->description.id;
    calls.signature = info->description.signature;
    set_options(calls);
    return calls;
  }

  template <auto F, class T>
  static void write_element(encoder& out, T&& x) {
    using arguments = typename task_traits<F>::arguments;
    std::type_identity<arguments> types;
    if constexpr (remote_callable<F, T>)
      detail::encode_arguments(types, out, std::forward<T>(x));
    else
      std::apply(
        [&]<class... Ts>(Ts&&... xs) {
          static_assert(remote_callable<F, Ts...>,
                        "the elements do not fit the function's parameters");
          detail::encode_arguments(types, out, std::forward<Ts>(xs)...);
        },
        std::forward<T>(x));
  }

  /// Throws `usage` if the options make no sense.
  void set_options(encoded_calls& calls) const;

  task_group_ptr submit(std::string name, encoded_calls calls) const;

  client_core_ptr core_;
  task_options options_;
};

} // namespace troupe
