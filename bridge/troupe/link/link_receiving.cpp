// SPDX-License-Identifier: BSL-1.0

// The part of a bridged link that receives, and grants credit for that.

#include "troupe/link/bridged_link.hpp"

#include <utility>

namespace troupe {

std::optional<ec> bridged_link::read(multipart&& wire,
                                     std::vector<multipart>& into) {
  auto reason = [](const caf::error& err) {
    return static_cast<ec>(err.code());
  };
  auto from = wire.peer;
  auto view = link_view::make(std::move(wire), reading_);
  if (!view)
    return reason(view.error());
  auto& fields = view->fields();
  if (!credit_) {
    if (fields.chunk)
      return ec::bad_range;
    auto bytes = view->unpack(nullptr, into);
    return bytes ? std::nullopt : std::optional{reason(bytes.error())};
  }
  auto& x = peer(from);
  if (!fields.chunk)
    return unpack(x, *view, into);
  return note_header(x, fields)
           ? x.second.assembler.add(fields.chunk, view->chunk())
           : std::optional{ec::bad_range};
}

void bridged_link::read_cut(multipart&& wire, std::size_t rest) {
  if (!credit_)
    return;
  auto from = wire.peer;
  auto view = link_view::make_cut(std::move(wire), rest);
  std::vector<multipart> none;
  if (view && !view->fields().chunk)
    unpack(peer(from), *view, none);
}

bool bridged_link::note_header(peer_entry& x, const link_fields& fields) {
  auto& state = x.second;
  state.window.granted(fields.credit);
  auto before = state.account.epoch();
  auto current = state.account.arrived(fields.epoch);
  if (state.account.epoch() != before) {
    state.assembler.reset();
    state.replaced = may_be_replaced_ && before != 0;
  }
  if (state.account.due() || state.replaced)
    list(x);
  return current;
}

std::optional<ec> bridged_link::unpack(peer_entry& from, link_view& view,
                                       std::vector<multipart>& into) {
  auto epoch = view.fields().epoch;
  auto current = note_header(from, view.fields());
  auto bytes = view.unpack(current ? &from.second.assembler : nullptr, into);
  if (unhandled_.empty() || unhandled_.back().epoch != epoch
      || unhandled_.back().peer != from.first)
    unhandled_.push_back({from.first, epoch, {}});
  auto& sum = unhandled_.back().amount;
  sum.messages += view.messages();
  sum.bytes += bytes ? *bytes : view.bytes();
  return bytes ? std::nullopt
               : std::optional{static_cast<ec>(bytes.error().code())};
}

std::shared_ptr<const void>
bridged_link::ticket(std::shared_ptr<const void> other) {
  if (unhandled_.empty())
    return other;
  return ledger_->ticket(std::exchange(unhandled_, {}), std::move(other));
}

void bridged_link::forget_tickets() {
  ticket(nullptr);
}

void bridged_link::grant_handled() {
  if (!credit_)
    return;
  for (auto& x : ledger_->take())
    if (auto i = peers_.find(x.peer); i != peers_.end()) {
      i->second.account.handled(x.epoch, x.amount);
      if (i->second.account.due())
        list(*i);
    }
}

} // namespace troupe
