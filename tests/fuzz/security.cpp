// SPDX-License-Identifier: BSL-1.0
// Who may enter: files of keys, and the questions of ZeroMQ.

#include "fuzz/input.hpp"
#include <troupe/access_list.hpp>
#include <troupe/buffer.hpp>
#include <troupe/curve_keys.hpp>
#include <troupe/error.hpp>
#include <troupe/security/private_file.hpp>
#include <troupe/security/zap_domain.hpp>

#include <string>
#include <vector>

namespace troupe {

namespace {

/// The only file.
std::string content;

} // namespace

// These take the place of private_file.cpp, so that nothing touches a disk.

caf::error write_private_file(const std::filesystem::path&,
                              std::string_view text, if_exists) {
  content = text;
  return caf::none;
}

caf::expected<std::string> read_private_file(const std::filesystem::path&,
                                             std::size_t max_size) {
  if (content.size() > max_size)
    return make_error(ec::bad_key_file, "too large");
  return content;
}

void wipe(std::string& text) noexcept {
  text.clear();
}

} // namespace troupe

namespace troupe::fuzz {

void read_access_list(bytes all) {
  content = input{all}.text(all.size());
  auto list = access_list::load("list");
  if (!list)
    return touch(describe(list.error()));
  require(!(*list)->save("list"), "a list can be saved");
  auto saved = content;
  auto again = access_list::load("list");
  require(again && (*again)->size() == (*list)->size(), "and loaded");
  require(!(*again)->save("list") && content == saved, "and is the same");
}

void read_keys(bytes all) {
  content = input{all}.text(all.size());
  auto keys = load_keys("keys");
  if (!keys)
    return touch(describe(keys.error()));
  require(valid_key(keys->public_key()) && valid_key(keys->secret_key()),
          "keys are valid");
  require(!save_keys(*keys, "keys"), "keys can be saved");
  auto again = load_keys("keys");
  require(again && again->secret_key() == keys->secret_key(), "and loaded");
}

void read_zap_question(bytes all) {
  static zap_domain passwords{plain_server{
    [](std::string_view user, std::string_view password) -> identity_ptr {
      if (user != password)
        return nullptr;
      return std::make_shared<const identity>(
        identity{std::string{user}, "user"});
    }}};
  static zap_domain keys{curve_server{{}, std::make_shared<access_list>()}};
  input in{all};
  std::vector<buffer> frames;
  std::vector<std::string_view> views;
  while (!in.empty())
    views.push_back(
      frames.emplace_back(buffer::copy_of(in.take(in.byte()))).text());
  zap_request request;
  if (auto what = read_zap_request(views, request))
    return touch(what);
  for (auto domain : {&passwords, &keys}) {
    auto answer = domain->judge(request);
    require(answer.status == 200 || answer.status == 400, "yes or no");
    if (domain == &keys)
      require(answer.status == 400, "an empty list admits nobody");
    else if (answer.status == 200)
      require(from_user_id(answer.user_id) != nullptr, "who is admitted has a "
                                                       "name");
    for (auto& refusal : domain->take_refusals())
      touch(refusal);
  }
}

void read_user_id(bytes all) {
  auto who = from_user_id(input{all}.text(all.size()));
  if (who == nullptr)
    return;
  auto again = from_user_id(to_user_id(*who));
  require(again && again->name == who->name && again->role == who->role,
          "reading what is written gives the same");
}

} // namespace troupe::fuzz
