// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/codec/codec.hpp"
#include "troupe/codec/text.hpp"
#include "troupe/engine/function_registry.hpp"
#include "troupe/engine/reject.hpp"
#include "troupe/engine/this_task.hpp"

#include <cstddef>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

/// Turns a C++ function into a task that engines run by name.
namespace troupe {

/// The arguments of a task could not be read.
class bad_arguments : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// Parameters that a task may have: what has a codec, by value or const
/// reference. Nobody would see what a task writes into a reference.
template <class T>
concept task_argument = encodable<std::decay_t<T>> &&(
  !std::is_lvalue_reference_v<
    T> || std::is_const_v<std::remove_reference_t<T>>);

/// What a task may return.
template <class T>
concept task_result = std::is_void_v<T> || encodable<std::decay_t<T>>;

namespace detail {

/// Returns `1 argument`, `2 arguments`.
std::string argument_count(std::size_t n);

template <class F>
struct function_traits;

template <class R, class... Ts>
struct function_traits<R (*)(Ts...)> {
  static_assert((task_argument<Ts> && ...),
                "a parameter of this task cannot travel between processes: "
                "take it by value or const reference, and specialise "
                "troupe::codec for types of your own");
  static_assert(task_result<R>,
                "the result of this task cannot travel between processes: "
                "specialise troupe::codec for types of your own");

  using result = R;
  using arguments = std::tuple<std::decay_t<Ts>...>;
  static constexpr bool all_textual =
    textual<std::decay_t<R>> && (textual<std::decay_t<Ts>> && ...);

  static std::string signature() {
    auto text = codec<arguments>::type() + " -> ";
    if constexpr (std::is_void_v<R>)
      return text + "void";
    else
      return text + codec<std::decay_t<R>>::type();
  }
};

template <class R, class... Ts>
struct function_traits<R (*)(Ts...) noexcept> : function_traits<R (*)(Ts...)> {
};

} // namespace detail

/// What is known about a function `F` when it is a task.
template <auto F>
struct task_traits {
  using function = detail::function_traits<decltype(F)>;
  using result = std::decay_t<typename function::result>;
  using arguments = typename function::arguments;
  static constexpr std::size_t arity = std::tuple_size_v<arguments>;

  /// Set by `TROUPE_TASK`; null if the function was not registered.
  static inline const function_info* info = nullptr;

  static void invoke(decoder& in, encoder& out) {
    auto args = codec<arguments>::decode(in);
    if (!in.finished())
      throw bad_arguments("the arguments of this task cannot be read");
    call(args, [&](auto&& x) {
      using value_type = std::decay_t<decltype(x)>;
      codec<value_type>::encode(out, std::forward<decltype(x)>(x));
    });
  }

  static void invoke_text(decoder& in, encoder& out) {
    auto words = codec<std::vector<std::string>>::decode(in);
    if (!in.finished() || words.size() != arity)
      throw bad_arguments("this task takes " + detail::argument_count(arity)
                          + ", not " + std::to_string(words.size()));
    auto args = parse(words, std::make_index_sequence<arity>{});
    std::string text;
    call(args, [&](const auto& x) { text = to_text(x); });
    codec<std::string>::encode(out, std::move(text));
  }

private:
  template <class Sink>
  static void call(arguments& args, Sink sink) {
    if constexpr (std::is_void_v<result>)
      std::apply(F, std::move(args));
    else
      sink(std::apply(F, std::move(args)));
  }

  template <std::size_t... Is>
  static arguments parse([[maybe_unused]] const std::vector<std::string>& words,
                         std::index_sequence<Is...>) {
    arguments args;
    (parse_word(words[Is], Is, std::get<Is>(args)), ...);
    return args;
  }

  template <class T>
  static void parse_word(const std::string& word, std::size_t i, T& x) {
    if (!from_text(word, x))
      throw bad_arguments("argument " + std::to_string(i + 1) + ", \"" + word
                          + "\", is no " + codec<T>::type());
  }
};

/// Registers `F` under `name`. Use the macros.
/// @returns whether it could be added, see `function_registry::problems`.
template <auto F>
bool register_task(std::string name) {
  using traits = task_traits<F>;
  function_info info;
  info.description.id = function_id_of(name);
  info.description.signature_text = traits::function::signature();
  info.description.signature = fnv1a(info.description.signature_text);
  info.description.name = std::move(name);
  info.arity = traits::arity;
  info.invoke = &traits::invoke;
  if constexpr (traits::function::all_textual)
    info.invoke_text = &traits::invoke_text;
  auto added = function_registry::global().add(std::move(info));
  if (added != nullptr)
    traits::info = added;
  return added != nullptr;
}

} // namespace troupe

#define TROUPE_DETAIL_CAT2(a, b) a##b
#define TROUPE_DETAIL_CAT(a, b) TROUPE_DETAIL_CAT2(a, b)

/// Makes the function `fn` a task called `name`, for all processes that run
/// this program or load this library. Use it at namespace scope.
#define TROUPE_TASK_AS(fn, name)                                               \
  [[maybe_unused]] static const bool TROUPE_DETAIL_CAT(                        \
    troupe_task_, __COUNTER__) = ::troupe::register_task<&fn>(name)

/// Makes the function `fn` a task called like itself.
#define TROUPE_TASK(fn) TROUPE_TASK_AS(fn, #fn)
