// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/envelope_view.hpp"
#include "troupe/multipart.hpp"
#include "troupe/refusal_log.hpp"
#include "troupe/table_flaw.hpp"

#include <caf/fwd.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>

namespace troupe {

// -- what the user tells about a table ----------------------------------------

/// Makes a FlatBuffers table a message. Specialise it beside the generated
/// header, for the root table of a schema:
///
/// ~~~
/// template <>
/// struct troupe::table_traits<shop::Order> {
///   // The file identifier: four characters, no two tables have the same.
///   static constexpr auto identifier = "ORD1";
///
///   // Optional, `message_limits` unless told.
///   static constexpr verify_limits limits = {.max_tables = 1};
///
///   // Optional: what verification does not check, such as values of enums.
///   // Returns what is wrong, or null.
///   static const char* flaw(const shop::Order& x) {
///     if (!is_aligned(x.prices()))
///       return "its prices are not aligned";
///     return x.side() <= shop::Side::MAX ? nullptr : "it has no side";
///   }
///
///   // The same in short, instead.
///   static bool valid(const shop::Order& x);
/// };
/// ~~~
///
/// A vector of 8-byte elements needs `is_aligned` in one of them: FlatBuffers
/// 2.0 verifies misaligned ones, and reading those is undefined.
template <class Table>
struct table_traits;

namespace detail {

template <class Table>
inline constexpr bool
  has_identifier = std::string_view{table_traits<Table>::identifier}.size()
                   == 4;

} // namespace detail

/// A table with a file identifier.
template <class Table>
concept message_table = detail::has_identifier<Table>;

/// Limits of tables whose traits have none. The costliest message within them,
/// a crafted one, takes 5 to 9 ms to verify.
/// @relates table_traits
inline constexpr auto message_limits =
  verify_limits{.max_size = std::size_t{1} << 20,
                .max_depth = 16,
                .max_tables = 1024,
                .max_work = std::size_t{16} << 20};

/// Returns the limits of a table.
/// @relates table_traits
template <message_table Table>
constexpr verify_limits limits_of() {
  if constexpr (requires { table_traits<Table>::limits; })
    return table_traits<Table>::limits;
  else
    return message_limits;
}

namespace detail {

/// Stands for a flaw without a name.
inline constexpr auto no_sense = "a value makes no sense";

} // namespace detail

/// Returns what `flaw` or `valid` of the traits have against a verified table,
/// or null.
/// @relates table_traits
template <message_table Table>
const char* value_flaw(const Table& x) {
  using traits = table_traits<Table>;
  if constexpr (requires { traits::flaw(x); })
    return traits::flaw(x);
  else if constexpr (requires { traits::valid(x); })
    return traits::valid(x) ? nullptr : detail::no_sense;
  else
    return nullptr;
}

// -- sending and viewing ------------------------------------------------------

/// Finishes the table `root` and makes it a message, followed by `payload`. The
/// bytes move out of `builder`, which is empty afterwards: nothing is copied.
/// @relates table_traits
template <message_table Table, std::same_as<buffer>... Buffers>
multipart pack(flatbuffers::FlatBufferBuilder& builder,
               flatbuffers::Offset<Table> root, Buffers... payload) {
  builder.Finish(root, table_traits<Table>::identifier);
  multipart result;
  result.frames.push_back(buffer::adopt(builder.Release()));
  (result.frames.push_back(std::move(payload)), ...);
  return result;
}

/// Verifies one table, for those who know what they wait for, such as the
/// answer to a request. The result keeps the bytes alive.
/// @returns `ec::bad_envelope` or `ec::bad_value` otherwise.
/// @relates table_traits
template <message_table Table>
caf::expected<envelope_view<Table>> as_table(buffer bytes) {
  using traits = table_traits<Table>;
  auto result = envelope_view<Table>::make(std::move(bytes), traits::identifier,
                                           limits_of<Table>());
  if (result)
    if (auto flaw = value_flaw(**result))
      return troupe::make_error(ec::bad_value, flaw);
  return result;
}

// -- receiving ----------------------------------------------------------------

/// What a table came with. Valid while the handler runs; copy what it keeps.
struct received {
  /// The `socket_spec::tag` of the socket.
  std::uint32_t tag = 0;

  /// All frames, and who sent them.
  const multipart& message;

  /// The bytes of the table. A copy of this buffer keeps the table alive, too.
  const buffer& bytes;

  /// The frames behind the table.
  std::span<const buffer> payload;
};

/// Counts since the start, in messages.
struct typed_counters {
  /// Passed to a handler.
  std::uint64_t accepted = 0;

  /// Copied before that, since their address was not aligned.
  std::uint64_t realigned = 0;

  /// No frame with a file identifier (`ec::bad_frames`).
  std::uint64_t no_table = 0;

  /// No handler for the file identifier (`ec::unexpected_message`).
  std::uint64_t unknown_table = 0;

  /// Larger than the limit of the table (`ec::too_large`).
  std::uint64_t too_large = 0;

  /// Not verified (`ec::bad_envelope`).
  std::uint64_t broken = 0;

  /// Refused by `flaw` or `valid` of the traits (`ec::bad_value`).
  std::uint64_t invalid = 0;

  /// All that reached no handler.
  std::uint64_t dropped() const noexcept {
    return no_table + unknown_table + too_large + broken + invalid;
  }
};

namespace detail {

/// A handler without the type of its table.
class any_table {
public:
  virtual ~any_table();

  /// Verifies `x.bytes`, which are aligned, and passes the table on.
  /// @returns `ec{}`, or why not.
  virtual ec handle(const received& x) = 0;

  /// Says why `handle` refused `bytes`.
  virtual std::string explain(ec reason, const buffer& bytes) const = 0;

  std::size_t max_size = 0;
};

/// The file identifier as a number.
std::uint32_t table_id(const void* identifier) noexcept;

} // namespace detail

/// What to do with a table. Made by `on`.
template <message_table Table, class Handler>
class table_handler final : public detail::any_table {
public:
  explicit table_handler(Handler handler) : handler_(std::move(handler)) {
    max_size = limits_of<Table>().max_size;
  }

  ec handle(const received& x) override {
    using traits = table_traits<Table>;
    if (!verifies<Table>(x.bytes, traits::identifier, limits_of<Table>()))
      return ec::bad_envelope;
    auto& table = *flatbuffers::GetRoot<Table>(x.bytes.data());
    if (value_flaw(table) != nullptr)
      return ec::bad_value;
    if constexpr (std::is_invocable_v<Handler&, const Table&, const received&>)
      handler_(table, x);
    else
      handler_(table);
    return ec{};
  }

  std::string explain(ec reason, const buffer& bytes) const override {
    if (reason == ec::bad_value) {
      auto flaw = value_flaw(*flatbuffers::GetRoot<Table>(bytes.data()));
      return flaw != nullptr ? flaw : detail::no_sense; // it may be gone by now
    }
    return table_flaw<Table>(bytes, table_traits<Table>::identifier,
                             limits_of<Table>());
  }

private:
  Handler handler_;
};

/// Passes each verified `Table` to `handler`, a function of the table and, if
/// it wants, of what the table came `received` with.
/// @relates typed_messages
template <message_table Table, class Handler>
table_handler<Table, Handler> on(Handler handler) {
  return table_handler<Table, Handler>{std::move(handler)};
}

/// Reads messages whose first frame is a FlatBuffers table, and passes each to
/// the handler of its file identifier. What has no handler or does not verify
/// is dropped and counted. Nothing is parsed: a table is verified once and read
/// where it lies.
///
/// ~~~
/// auto orders = typed_messages{
///   on<shop::Order>([=](const shop::Order& x, const received& from) { ... }),
///   on<shop::Cancel>([=](const shop::Cancel& x) { ... })};
/// return {[=](const delivery& x) { orders(x); }, ...};
/// ~~~
///
/// Copies share handlers and counters. Not thread-safe: it belongs to one
/// actor.
class typed_messages {
public:
  /// Gets the reason and the message of whatever is dropped. `bytes` are empty
  /// if there is no table.
  using dropped_handler = std::function<void(ec, const received&)>;

  template <class... Tables, class... Handlers>
  explicit typed_messages(table_handler<Tables, Handlers>... handlers)
    : state_(std::make_shared<state>()) {
    (add(
       table_traits<Tables>::identifier,
       std::make_unique<table_handler<Tables, Handlers>>(std::move(handlers))),
     ...);
  }

  /// Expects the table in another frame than the first: 1 behind the topic of
  /// a published message. What lies before it is no payload.
  typed_messages& at(std::size_t frame);

  /// Expects the table behind the envelope of a request, which REQ sockets and
  /// requests of DEALER sockets have when they come to a ROUTER. Handlers
  /// answer with `reply_to(from.message, pack(...).frames)`.
  typed_messages& requests();

  /// Tells `handler` what is dropped, to log it or to turn its sender away.
  typed_messages& otherwise(dropped_handler handler);

  /// Sends events about what is dropped to `self`, the actor that it belongs
  /// to: `socket_event::refused` with the peer, the table and why. The first of
  /// each peer and reason comes at once, others at most once a second, counted.
  /// A `delivery` without messages comes when there is something to count;
  /// pass it on like any other.
  typed_messages& report_to(caf::local_actor* self);

  /// Handles all messages of `x`, in order.
  void operator()(const delivery& x) const;

  /// Handles one message. @returns whether it reached a handler.
  bool operator()(const multipart& message, std::uint32_t tag = 0) const;

  const typed_counters& counters() const noexcept;

private:
  struct state {
    std::unordered_map<std::uint32_t, std::unique_ptr<detail::any_table>>
      tables;
    std::size_t frame = 0;
    bool requests = false;
    dropped_handler dropped;
    typed_counters counters;
    caf::local_actor* reports_to = nullptr;
    refusal_log refusals;
    std::uint32_t tag = 0; // of the last message that was dropped
    bool waits = false;    // for a delivery, to tell the rest
  };

  void add(const char* identifier, std::unique_ptr<detail::any_table> table);

  /// @returns `ec{}`, or why not.
  ec handle(const received& x) const;

  /// Says why `x` was dropped.
  std::string explain(ec reason, const received& x) const;

  /// Tells the actor, now or later.
  void report(ec reason, const received& x) const;

  /// Tells the actor what is due.
  void report_rest() const;

  /// Asks for an empty delivery when more is due.
  void wait_for_rest() const;

  std::shared_ptr<state> state_;
};

} // namespace troupe
