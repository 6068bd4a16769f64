// SPDX-License-Identifier: BSL-1.0
#include "troupe/hub/registry.hpp"

#include <algorithm>

namespace troupe {

namespace {

constexpr auto max_name = std::size_t{128};

turned_away refuse(wire::RefusalCode code, std::string text) {
  return {code, std::move(text)};
}

turned_away malformed(std::string text) {
  return refuse(wire::RefusalCode::Malformed, std::move(text));
}

bool printable(const std::string& name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
  });
}

wire::Role role_of(const member_id& id) {
  return std::holds_alternative<engine_id>(id) ? wire::Role::Engine
                                               : wire::Role::Client;
}

turned_away name_taken(const member& who) {
  return refuse(wire::RefusalCode::NameTaken,
                "engine \"" + who.name + "\" is alive (process "
                  + std::to_string(who.pid) + " on " + who.host
                  + "): choose another name");
}

turned_away other_signature(const function_description& ours,
                            const function_description& theirs) {
  if (ours.name != theirs.name)
    return malformed("functions \"" + ours.name + "\" and \"" + theirs.name
                     + "\" have the same hash: rename one of them");
  return malformed("function \"" + ours.name + "\" is " + theirs.signature_text
                   + " here and " + ours.signature_text
                   + " on other engines: start all engines from one build");
}

std::vector<function_id>
sorted_ids(const std::vector<function_description>& functions) {
  std::vector<function_id> result;
  for (auto& x : functions)
    result.push_back(x.id);
  std::sort(result.begin(), result.end());
  return result;
}

} // namespace

registry::registry(registry_config cfg)
  : cfg_(cfg), generator_(cfg.token_seed) {
  // nop
}

// -- events -------------------------------------------------------------------

std::variant<admission, turned_away> registry::admit(const hello_message& hello,
                                                     const routing_id& peer,
                                                     time_point now) {
  auto known = incarnations_.find({hello.role, hello.incarnation});
  auto holder = peers_.find(peer);
  if (holder != peers_.end()
      && (known == incarnations_.end() || known->second != holder->second))
    return malformed("this connection belongs to " + to_string(holder->second));
  if (known != incarnations_.end())
    return repeat(members_.at(known->second), peer, now);
  if (auto problem = check(hello))
    return std::move(*problem);
  member who{.host = hello.host,
             .pid = hello.pid,
             .peer = peer,
             .incarnation = hello.incarnation,
             .token = make_token(),
             .seen = now};
  if (hello.role == wire::Role::Engine) {
    auto id = engine_id{next_engine_++};
    who.id = id;
    who.name = hello.name.empty() ? default_name(id) : hello.name;
    who.functions = sorted_ids(hello.functions);
    who.means = hello.means;
    names_.emplace(who.name, id);
    retain(hello.functions);
    ++revision_;
  } else {
    who.id = client_id{next_client_++};
    who.ready = true;
  }
  peers_.emplace(peer, who.id);
  incarnations_.emplace(incarnation_key{hello.role, hello.incarnation}, who.id);
  auto id = who.id;
  return admission{&members_.emplace(id, std::move(who)).first->second};
}

const member* registry::heard(const routing_id& peer, time_point now) {
  auto i = peers_.find(peer);
  if (i == peers_.end())
    return nullptr;
  auto& who = members_.at(i->second);
  who.seen = now;
  return &who;
}

bool registry::mark_ready(member_id id) {
  auto i = members_.find(id);
  if (i == members_.end() || i->second.ready)
    return false;
  i->second.ready = true;
  ++revision_;
  return true;
}

std::optional<member> registry::drop(member_id id) {
  auto node = members_.extract(id);
  if (node.empty())
    return std::nullopt;
  auto& who = node.mapped();
  peers_.erase(who.peer);
  incarnations_.erase({role_of(id), who.incarnation});
  if (std::holds_alternative<engine_id>(id)) {
    names_.erase(who.name);
    release(who.functions);
    ++revision_;
  }
  return std::move(who);
}

// -- properties ---------------------------------------------------------------

const member* registry::find(member_id id) const {
  auto i = members_.find(id);
  return i != members_.end() ? &i->second : nullptr;
}

const member* registry::find(wire::Role role, std::uint64_t incarnation) const {
  auto i = incarnations_.find({role, incarnation});
  return i == incarnations_.end() ? nullptr : &members_.at(i->second);
}

const member* registry::find(const routing_id& peer) const {
  auto i = peers_.find(peer);
  return i != peers_.end() ? find(i->second) : nullptr;
}

std::vector<function_description> registry::functions() const {
  std::vector<function_description> result;
  for (auto& [id, x] : functions_)
    result.push_back(x.what);
  return result;
}

// -- steps --------------------------------------------------------------------

std::optional<turned_away> registry::check(const hello_message& hello) const {
  if (auto problem = check_limits(hello.role))
    return problem;
  if (hello.host.size() > max_name || !printable(hello.host))
    return malformed("the host's name is too long or not printable");
  if (hello.role == wire::Role::Client)
    return std::nullopt;
  if (hello.name.size() > max_name || !printable(hello.name))
    return malformed("the engine's name is too long or not printable");
  if (auto i = names_.find(hello.name); i != names_.end())
    return name_taken(members_.at(i->second));
  return check_functions(hello);
}

std::optional<turned_away> registry::check_limits(wire::Role role) const {
  if (role != wire::Role::Engine && role != wire::Role::Client)
    return malformed("neither an engine nor a client");
  auto engine = role == wire::Role::Engine;
  auto limit = engine ? cfg_.max_engines : cfg_.max_clients;
  if ((engine ? engines() : clients()) < limit)
    return std::nullopt;
  return refuse(wire::RefusalCode::Limit,
                "the controller takes " + std::to_string(limit)
                  + (engine ? " engines" : " clients") + " at most");
}

std::optional<turned_away>
registry::check_functions(const hello_message& hello) const {
  std::map<function_id, const function_description*> listed;
  for (auto& x : hello.functions) {
    if (x.id != function_id_of(x.name))
      return malformed("function \"" + x.name + "\" has a wrong hash");
    if (!listed.emplace(x.id, &x).second)
      return malformed("function \"" + x.name + "\" is listed twice");
    auto i = functions_.find(x.id);
    if (i == functions_.end())
      continue;
    auto& known = i->second.what;
    if (known.name != x.name || known.signature != x.signature)
      return other_signature(known, x);
  }
  return std::nullopt;
}

std::variant<admission, turned_away>
registry::repeat(member& who, const routing_id& peer, time_point now) {
  if (who.peer != peer)
    return malformed(to_string(who.id) + " has another connection");
  who.seen = now;
  return admission{.who = &who, .fresh = false};
}

std::string registry::default_name(engine_id id) const {
  auto name = to_string(id);
  auto result = name;
  for (auto i = 2; names_.contains(result); ++i)
    result = name + "-" + std::to_string(i);
  return result;
}

void registry::retain(const std::vector<function_description>& functions) {
  for (auto& x : functions) {
    auto [i, added] = functions_.try_emplace(x.id, known_function{x});
    ++i->second.engines;
    functions_revision_ += added;
  }
}

void registry::release(const std::vector<function_id>& functions) {
  for (auto id : functions) {
    auto i = functions_.find(id);
    if (i == functions_.end() || --i->second.engines > 0)
      continue;
    functions_.erase(i);
    ++functions_revision_;
  }
}

std::uint64_t registry::make_token() {
  std::random_device system;
  for (;;) {
    auto token = cfg_.token_seed != 0
                   ? generator_()
                   : std::uint64_t{system()} << 32 | system();
    if (token != 0)
      return token;
  }
}

} // namespace troupe
