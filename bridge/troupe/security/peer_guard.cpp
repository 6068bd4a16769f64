// SPDX-License-Identifier: BSL-1.0
#include "troupe/security/peer_guard.hpp"

#include "troupe/security/security_options.hpp"
#include "troupe/security/zap_handler.hpp"

#include <utility>

namespace troupe {

peer_guard::peer_guard(std::shared_ptr<zap_domain> domain)
  : domain_(std::move(domain)), admission_(domain_->admits()) {
  // nop
}

peer_guard::~peer_guard() {
  // nop
}

caf::expected<std::unique_ptr<peer_guard>>
peer_guard::secure(socket_context& context, void* socket,
                   const security_spec& how) {
  std::unique_ptr<peer_guard> result;
  if (!asks_for_proof(how)) {
    if (auto err = apply_security(socket, how, {}))
      return err;
    return result;
  }
  auto handler = context.zap();
  if (!handler)
    return std::move(handler.error());
  auto domain = std::make_shared<zap_domain>(how);
  if (auto err = apply_security(socket, how, domain->name()))
    return err;
  (*handler)->add(domain);
  result = std::make_unique<peer_guard>(std::move(domain));
  return result;
}

bool peer_guard::admit(std::string_view user_id, multipart& message) {
  if (user_id.empty())
    return inproc_;
  message.user = admission_.admit(user_id, message.peer);
  return message.user != nullptr;
}

clearance peer_guard::clear_with_inproc(const routing_id& peer) {
  // Peers over inproc are never heard of: ZeroMQ knows which ids exist.
  auto result = admission_.clear(peer);
  return result == clearance::unknown ? clearance::granted : result;
}

void peer_guard::watch_removals(std::function<void()> wake) {
  if (auto& list = domain_->admits())
    watch_ = list->on_removal(std::move(wake));
}

void peer_guard::review() {
  reviewed_ = domain_->admits()->removals(); // before we look
  for (auto& x : domain_->take_removed())
    admission_.remove(x.key, std::move(x.name));
}

std::vector<socket_event> peer_guard::take_events() {
  std::vector<socket_event> result;
  auto add = [&](ec reason, std::vector<std::string> texts) {
    for (auto& text : texts) {
      auto& event = result.emplace_back();
      event.what = socket_event::kind::refused;
      event.reason = reason;
      event.text = std::move(text);
    }
  };
  add(ec::key_refused, domain_->take_refusals());
  add(ec::key_removed, admission_.take_removed());
  return result;
}

std::uint64_t peer_guard::refused() const {
  return domain_->refused();
}

} // namespace troupe
