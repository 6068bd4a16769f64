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
  auto& state = x.second;
  state.window.granted(fields.credit);
  auto before = state.account.epoch();
  auto current = state.account.arrived(fields.epoch);
  if (state.account.epoch() != before)
    state.assembler.reset();
  if (state.account.due())
    list(x);
  if (fields.chunk)
    return current ? state.assembler.add(fields.chunk, view->chunk())
                   : std::optional{ec::bad_range};
  auto bytes = view->unpack(current ? &state.assembler : nullptr, into);
  if (unhandled_.empty() || unhandled_.back().epoch != fields.epoch
      || unhandled_.back().peer != from)
    unhandled_.push_back({std::move(from), fields.epoch, {}});
  auto& sum = unhandled_.back().amount;
  sum.messages += view->messages();
  sum.bytes += bytes ? *bytes : 0;
  return bytes ? std::nullopt : std::optional{reason(bytes.error())};
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
