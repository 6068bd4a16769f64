// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/client/task_group.hpp"
#include "troupe/codec/task.hpp"

#include <tuple>
#include <type_traits>
#include <utility>

/// How views write calls.
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

/// Writes all arguments but the first.
template <class P, class... Ps, class... Ts>
void encode_rest(std::type_identity<std::tuple<P, Ps...>>, encoder& out,
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

namespace detail {

/// Returns calls of `F`, without any yet. Throws `task_not_registered`.
template <auto F>
encoded_calls calls_of() {
  auto info = task_traits<F>::info;
  if (info == nullptr)
    throw_not_registered();
  encoded_calls calls;
  calls.function = info->description.id;
  calls.signature = info->description.signature;
  return calls;
}

/// Writes an element of a range: the argument, or a tuple of the arguments.
template <auto F, class T>
void write_element(encoder& out, T&& x) {
  using arguments = typename task_traits<F>::arguments;
  std::type_identity<arguments> types;
  if constexpr (remote_callable<F, T>)
    encode_arguments(types, out, std::forward<T>(x));
  else
    std::apply(
      [&]<class... Ts>(Ts&&... xs) {
        static_assert(remote_callable<F, Ts...>,
                      "the elements do not fit the function's parameters");
        encode_arguments(types, out, std::forward<Ts>(xs)...);
      },
      std::forward<T>(x));
}

} // namespace detail

} // namespace troupe
