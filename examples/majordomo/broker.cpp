// SPDX-License-Identifier: BSL-1.0
#include "broker.hpp"

#include <algorithm>
#include <utility>

using namespace troupe;

void broker::alive(const routing_id& id, const std::string& name) {
  auto known = workers_.find(id);
  if (known != workers_.end()) {
    known->second.seen = now_;
  } else if (name.size() <= cfg.max_name) {
    workers_.emplace(id, worker{name, now_, std::nullopt});
    auto& where = services_[name];
    ++where.workers;
    where.idle.push_back(id);
  }
}

bool broker::ask(const std::string& name, multipart request) {
  auto known = services_.contains(name);
  if (!known
      && (services_.size() >= cfg.max_services || name.size() > cfg.max_name))
    return false;
  auto& where = services_[name];
  if (!known)
    where.vacant_since = now_;
  if (where.waiting.size() >= cfg.max_waiting)
    return false;
  where.waiting.push_back({++jobs_, 0, std::move(request)});
  return true;
}

std::optional<multipart> broker::finish(const routing_id& id,
                                        std::uint64_t number) {
  auto i = workers_.find(id);
  if (i == workers_.end() || !i->second.busy_with
      || i->second.busy_with->id != number)
    return std::nullopt;
  i->second.seen = now_;
  services_[i->second.service].idle.push_back(id);
  return std::move(std::exchange(i->second.busy_with, std::nullopt)->request);
}

std::optional<multipart> broker::lose(const routing_id& id) {
  auto node = workers_.extract(id);
  if (node.empty())
    return std::nullopt;
  auto& [name, seen, busy_with] = node.mapped();
  auto& where = services_[name];
  std::erase(where.idle, id);
  if (--where.workers == 0)
    where.vacant_since = now_;
  if (!busy_with)
    return std::nullopt;
  if (busy_with->attempts >= cfg.attempts)
    return std::move(busy_with->request);
  where.waiting.push_front(std::move(*busy_with));
  return std::nullopt;
}

std::vector<routing_id> broker::tick() {
  ++now_;
  std::vector<routing_id> result;
  for (auto& [id, worker] : workers_)
    if (now_ - worker.seen > cfg.patience)
      result.push_back(id);
  return result;
}

std::vector<multipart> broker::forget() {
  std::vector<multipart> result;
  std::erase_if(services_, [&](auto& entry) {
    auto& where = entry.second;
    if (where.workers > 0 || now_ - where.vacant_since <= cfg.vacancy)
      return false;
    for (auto& job : where.waiting)
      result.push_back(std::move(job.request));
    return true;
  });
  return result;
}

std::vector<broker::assignment> broker::assign() {
  std::vector<assignment> result;
  for (auto& [name, where] : services_) {
    while (!where.waiting.empty() && !where.idle.empty()) {
      auto& who = workers_[where.idle.front()];
      auto& what = who.busy_with.emplace(std::move(where.waiting.front()));
      ++what.attempts;
      result.push_back({where.idle.front(), what.id, what.request});
      where.waiting.pop_front();
      where.idle.pop_front();
    }
  }
  return result;
}
