// SPDX-License-Identifier: BSL-1.0
#include "troupe/access_list.hpp"

#include "troupe/curve_keys.hpp"
#include "troupe/error.hpp"
#include "troupe/security/private_file.hpp"

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

constexpr auto max_file_size = std::size_t{256} << 20;
constexpr auto max_name = std::size_t{64};
constexpr auto spaces = std::string_view{" \t\r"};

/// Takes the next word off `line`.
std::string_view next_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(spaces), line.size()));
  auto result = line.substr(0, line.find_first_of(spaces));
  line.remove_prefix(result.size());
  return result;
}

struct entry {
  std::string_view key;
  identity who;
};

/// What is wrong with a key or an identity, or null.
const char* what_is_wrong(std::string_view key, const identity& who) {
  if (!valid_key(key))
    return "its first word is no public key, which has 40 characters of Z85";
  if (!valid_name(who.role))
    return "its role is not 1 to 64 printable characters without spaces";
  if (!valid_name(who.name))
    return "its name is not 1 to 64 printable characters without spaces";
  return nullptr;
}

/// Reads a line into `result`. @returns what is wrong with it, or null.
const char* parse(std::string_view line, entry& result) {
  result.key = next_word(line);
  result.who.role = next_word(line);
  result.who.name = next_word(line);
  if (auto what = what_is_wrong(result.key, result.who))
    return what;
  return next_word(line).empty() ? nullptr : "it has more than 'KEY ROLE NAME'";
}

bool has_entry(std::string_view line) {
  // No key begins with '#': five such characters stand for more than 32 bits.
  auto word = next_word(line);
  return !word.empty() && !word.starts_with('#');
}

caf::error bad_line(const std::filesystem::path& path, std::size_t number,
                    const char* what) {
  return make_error(ec::bad_key_file, "line " + std::to_string(number)
                                        + " of the access list " + path.string()
                                        + ": " + what);
}

} // namespace

bool valid_name(std::string_view text) noexcept {
  auto printable = [](char c) { return c > ' ' && c < '\x7f'; };
  return !text.empty() && text.size() <= max_name
         && std::all_of(text.begin(), text.end(), printable);
}

// -- files --------------------------------------------------------------------

caf::expected<access_list::entries>
access_list::read(const std::filesystem::path& path) {
  auto text = read_private_file(path, max_file_size);
  if (!text)
    return std::move(text.error());
  entries result;
  auto rest = std::string_view{*text};
  for (auto number = std::size_t{1}; !rest.empty(); ++number) {
    auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (!has_entry(line))
      continue;
    entry found;
    if (auto what = parse(line, found))
      return bad_line(path, number, what);
    auto who = std::make_shared<const identity>(std::move(found.who));
    if (!result.emplace(found.key, std::move(who)).second)
      return bad_line(path, number, "its key has a line above already");
    if (result.size() > max_keys)
      return bad_line(path, number, "a list has at most a million keys");
  }
  return result;
}

caf::expected<std::shared_ptr<access_list>>
access_list::load(const std::filesystem::path& path) {
  auto result = std::make_shared<access_list>();
  if (auto err = result->reload(path))
    return err;
  return result;
}

caf::error access_list::reload(const std::filesystem::path& path) {
  auto found = read(path);
  if (!found)
    return std::move(found.error());
  std::unique_lock guard{mtx_};
  entries_.swap(*found);
  note_removal(std::move(guard));
  return caf::none;
}

caf::error access_list::save(const std::filesystem::path& path) const {
  std::string text = "# KEY ROLE NAME: who may enter\n";
  {
    std::lock_guard guard{mtx_};
    for (auto& [key, who] : entries_)
      text.append(key).append(" ").append(who->role).append(" ").append(
        who->name + "\n");
  }
  return write_private_file(path, text, if_exists::replace);
}

// -- entries ------------------------------------------------------------------

caf::error access_list::add(std::string_view key, identity who) {
  if (auto what = what_is_wrong(key, who))
    return make_error(ec::bad_config,
                      std::string{"bad entry of an access list: "} + what);
  auto ptr = std::make_shared<const identity>(std::move(who));
  std::lock_guard guard{mtx_};
  auto i = entries_.find(key);
  if (i == entries_.end() && entries_.size() >= max_keys)
    return make_error(ec::limit_reached,
                      "an access list has at most a million keys");
  if (i == entries_.end())
    entries_.emplace(key, std::move(ptr));
  else
    i->second = std::move(ptr);
  ++version_;
  return caf::none;
}

bool access_list::remove(std::string_view key) {
  std::unique_lock guard{mtx_};
  auto i = entries_.find(key);
  if (i == entries_.end())
    return false;
  entries_.erase(i);
  note_removal(std::move(guard));
  return true;
}

identity_ptr access_list::find(std::string_view key) const {
  std::lock_guard guard{mtx_};
  auto i = entries_.find(key);
  return i == entries_.end() ? nullptr : i->second;
}

std::size_t access_list::size() const {
  std::lock_guard guard{mtx_};
  return entries_.size();
}

// -- removals -----------------------------------------------------------------

std::shared_ptr<const void> access_list::on_removal(std::function<void()> f) {
  auto result = std::make_shared<const watcher>(std::move(f));
  std::lock_guard guard{mtx_};
  std::erase_if(watchers_, [](auto& x) { return x.expired(); });
  watchers_.push_back(result);
  return result;
}

void access_list::note_removal(std::unique_lock<std::mutex> guard) {
  ++version_;
  ++removals_;
  auto watchers = watchers_;
  guard.unlock();
  for (auto& x : watchers)
    if (auto call = x.lock())
      (*call)();
}

} // namespace troupe
