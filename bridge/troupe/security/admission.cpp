// SPDX-License-Identifier: BSL-1.0
#include "troupe/security/admission.hpp"

#include "troupe/security/zap_domain.hpp"

namespace troupe {

namespace {

/// Users that are remembered. Beyond, all are asked about again.
constexpr auto max_users = std::size_t{65536};

} // namespace

// -- users --------------------------------------------------------------------

void admission::refresh(user& x) {
  if (list_ == nullptr) {
    if (x.who == nullptr)
      x.who = from_user_id(x.id);
    return;
  }
  auto version = list_->version();
  if (x.version == version)
    return;
  x.version = version;
  x.who = list_->find(x.id);
  if (x.who == nullptr)
    return;
  x.last_name = x.who->name;
  x.reported = false;
}

void admission::report(user& x) {
  if (std::exchange(x.reported, true))
    return;
  auto name = x.last_name.empty() ? std::string{"a peer"}
                                  : "'" + x.last_name + "'";
  removed_.push_back(name + " has the key " + x.id
                     + ", which was removed from the access list: its messages "
                       "are dropped, and none are sent to it");
}

const admission::user_ptr& admission::find_user(std::string_view user_id) {
  if (last_ != nullptr && last_->id == user_id)
    return last_;
  auto i = users_.find(user_id);
  if (i == users_.end()) {
    if (users_.size() >= max_users)
      users_.clear();
    auto fresh = std::make_shared<user>();
    fresh->id = user_id;
    i = users_.emplace(fresh->id, fresh).first;
  }
  last_ = i->second;
  return last_;
}

// -- connections --------------------------------------------------------------

void admission::remember(const routing_id& peer, const user_ptr& owner) {
  if (peers_.size() >= max_peers)
    older_peers_ = std::exchange(peers_, {});
  peers_.insert_or_assign(peer, owner);
}

admission::user_ptr admission::find_peer(const routing_id& peer) {
  if (auto i = peers_.find(peer); i != peers_.end())
    return i->second;
  auto i = older_peers_.find(peer);
  if (i == older_peers_.end())
    return nullptr;
  auto result = std::move(i->second);
  older_peers_.erase(i);
  remember(peer, result);
  return result;
}

void admission::forget(const routing_id& peer) {
  peers_.erase(peer);
  older_peers_.erase(peer);
}

// -- decisions ----------------------------------------------------------------

identity_ptr admission::admit(std::string_view user_id,
                              const routing_id& peer) {
  auto owner = peer.empty() ? nullptr : find_peer(peer);
  if (owner == nullptr || owner->id != user_id) {
    owner = find_user(user_id);
    if (!peer.empty())
      remember(peer, owner);
  }
  refresh(*owner);
  if (owner->who == nullptr)
    report(*owner);
  return owner->who;
}

void admission::remove(std::string_view user_id, std::string name) {
  auto& owner = *find_user(user_id);
  refresh(owner);
  if (owner.who != nullptr)
    return; // it is back already
  owner.last_name = std::move(name);
  report(owner);
}

clearance admission::clear(const routing_id& peer) {
  auto owner = find_peer(peer);
  if (owner == nullptr)
    // A socket makes ids up by itself, so they are known from messages only.
    return peer.generated() ? clearance::unknown : clearance::granted;
  refresh(*owner);
  if (owner->who != nullptr)
    return clearance::granted;
  report(*owner);
  return clearance::removed;
}

} // namespace troupe
