// SPDX-License-Identifier: BSL-1.0
#include "troupe/security/zap_domain.hpp"

#include <zmq.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <utility>

namespace troupe {

namespace {

constexpr auto key_bytes = std::size_t{32};
constexpr auto max_user_name = std::size_t{64};

std::string unique_name() {
  static std::atomic<std::uint64_t> counter{0};
  return "troupe-" + std::to_string(counter++);
}

/// Makes something that a stranger sent fit for a log.
std::string printable(std::string_view text) {
  auto result = std::string{text.substr(0, max_user_name)};
  for (auto& c : result)
    if (c < ' ' || c >= '\x7f')
      c = '?';
  return result;
}

std::string to_z85(std::string_view bytes) {
  std::array<char, key_pair::key_size + 1> text{};
  zmq_z85_encode(text.data(),
                 reinterpret_cast<const std::uint8_t*>(bytes.data()),
                 bytes.size());
  return text.data();
}

} // namespace

// -- questions ----------------------------------------------------------------

const char* read_zap_request(std::span<const std::string_view> frames,
                             zap_request& result) {
  // version, id, domain, address, routing id, mechanism, credentials
  constexpr auto fixed = std::size_t{6};
  if (frames.size() > 1)
    result.id = frames[1];
  if (frames.empty() || frames[0] != "1.0")
    return "unknown version";
  if (frames.size() < fixed)
    return "too few frames";
  result.domain = frames[2];
  result.address = frames[3];
  result.mechanism = frames[5];
  result.credentials.assign(frames.begin() + fixed, frames.end());
  if (result.mechanism == "CURVE")
    return result.credentials.size() == 1
               && result.credentials[0].size() == key_bytes
             ? nullptr
             : "bad key";
  if (result.mechanism == "PLAIN")
    return result.credentials.size() == 2 ? nullptr : "bad credentials";
  return "unknown mechanism";
}

// -- identities ---------------------------------------------------------------

std::string to_user_id(const identity& who) {
  return who.role + " " + who.name;
}

identity_ptr from_user_id(std::string_view text) {
  auto space = std::min(text.find(' '), text.size());
  auto role = text.substr(0, space);
  auto name = text.substr(std::min(space + 1, text.size()));
  if (!valid_name(role) || !valid_name(name))
    return nullptr;
  return std::make_shared<const identity>(
    identity{std::string{name}, std::string{role}});
}

// -- decisions ----------------------------------------------------------------

zap_domain::zap_domain(security_spec how) : name_(unique_name()) {
  if (auto server = std::get_if<curve_server>(&how))
    admits_ = std::move(server->admits);
  else if (auto server = std::get_if<plain_server>(&how))
    check_ = std::move(server->check);
}

zap_answer zap_domain::judge(const zap_request& request) {
  if (request.mechanism == "CURVE" && admits_ != nullptr)
    return judge_key(request);
  if (request.mechanism == "PLAIN" && check_)
    return judge_password(request);
  return refuse(request, "uses another mechanism than this socket");
}

zap_answer zap_domain::judge_key(const zap_request& request) {
  auto key = to_z85(request.credentials[0]);
  if (auto who = admits_->find(key)) {
    std::unique_lock guard{mtx_};
    entered_.insert_or_assign(key, who->name);
    guard.unlock();
    // From here on, `take_removed` knows of it. Was it removed before that?
    if (admits_->find(key) != nullptr)
      return {200, "OK", std::move(key)};
  }
  return refuse(request, "has the key " + key
                           + ", which is not on the access list; add it there "
                             "if it may enter");
}

zap_answer zap_domain::judge_password(const zap_request& request) {
  identity_ptr who;
  try {
    who = check_(request.credentials[0], request.credentials[1]);
  } catch (...) {
    return refuse(request, "could not be checked: the function in plain_server "
                           "threw an exception");
  }
  if (who != nullptr && valid_name(who->name) && valid_name(who->role))
    return {200, "OK", to_user_id(*who)};
  return refuse(request, who == nullptr
                           ? "says to be '" + printable(request.credentials[0])
                               + "', with a wrong name or password"
                           : "got an identity whose name or role is not 1 to "
                             "64 printable characters without spaces");
}

zap_answer zap_domain::refuse(const zap_request& request, std::string why) {
  auto text = "the peer at " + printable(request.address) + " "
              + std::move(why);
  std::lock_guard guard{mtx_};
  ++refused_;
  if (refusals_.size() < max_refusals)
    refusals_.push_back(std::move(text));
  return {400, "not admitted", {}};
}

std::vector<std::string> zap_domain::take_refusals() {
  std::lock_guard guard{mtx_};
  return std::exchange(refusals_, {});
}

std::vector<removed_user> zap_domain::take_removed() {
  std::vector<removed_user> result;
  if (admits_ == nullptr)
    return result;
  std::lock_guard guard{mtx_};
  for (auto i = entered_.begin(); i != entered_.end();)
    if (admits_->find(i->first) == nullptr) {
      result.push_back({i->first, std::move(i->second)});
      i = entered_.erase(i);
      ++refused_;
    } else {
      ++i;
    }
  return result;
}

std::uint64_t zap_domain::refused() const {
  std::lock_guard guard{mtx_};
  return refused_;
}

} // namespace troupe
