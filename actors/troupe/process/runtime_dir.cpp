// SPDX-License-Identifier: BSL-1.0
#include "troupe/process/runtime_dir.hpp"

#include "troupe/endpoint.hpp"
#include "troupe/error.hpp"
#include "troupe/process/descriptor.hpp"
#include "troupe/write_all.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace troupe {

namespace fs = std::filesystem;

namespace {

constexpr auto file_name = "cluster.json";
constexpr auto max_file_size = std::size_t{64} << 10;

caf::error failed(const fs::path& path, const char* what) {
  return make_error(ec::system_failure, std::string{what} + " " + path.string()
                                          + ": " + std::strerror(errno));
}

bool is_private(const fs::path& path) {
  struct stat info {};
  return lstat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)
         && info.st_uid == geteuid() && (info.st_mode & 077) == 0;
}

caf::error make_private(const fs::path& path) {
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    return failed(path, "cannot make the directory");
  if (!is_private(path))
    return make_error(ec::system_failure,
                      path.string()
                        + " is no directory that only you can enter: remove "
                          "it, or see who made it");
  return {};
}

/// Locks `folder` for this process.
/// @returns null if another process has the lock.
std::shared_ptr<descriptor> try_lock(const fs::path& folder) {
  auto path = folder / "lock";
  auto flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
  auto result = std::make_shared<descriptor>(open(path.c_str(), flags, 0600));
  if (result->get() < 0 || flock(result->get(), LOCK_EX | LOCK_NB) != 0)
    return nullptr;
  // The directory may have been removed between the two calls.
  struct stat ours {};
  struct stat there {};
  if (fstat(result->get(), &ours) != 0 || stat(path.c_str(), &there) != 0
      || ours.st_ino != there.st_ino || ours.st_dev != there.st_dev)
    return nullptr;
  return result;
}

std::string read_small(const fs::path& path) {
  descriptor in{
    open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  std::string result(in.get() < 0 ? 0 : max_file_size, '\0');
  std::size_t size = 0;
  while (size < result.size()) {
    auto n = ::read(in.get(), result.data() + size, result.size() - size);
    if (n <= 0)
      break;
    size += static_cast<std::size_t>(n);
  }
  result.resize(size);
  return result;
}

/// Reads what a controller published in `folder`, if it is alive.
std::optional<connection_info> read_live(const fs::path& folder) {
  if (!is_private(folder))
    return std::nullopt;
  auto info = parse_connection_info(read_small(folder / file_name));
  if (!info || !alive(*info))
    return std::nullopt;
  return std::move(*info);
}

void remove_content(const fs::path& folder) {
  std::error_code ignored;
  for (auto& entry : fs::directory_iterator{folder, ignored})
    if (entry.path().filename() != "lock")
      fs::remove_all(entry.path(), ignored);
}

caf::error taken(std::string_view name, const fs::path& folder) {
  std::string text = "cluster \"" + std::string{name} + "\" is running already";
  if (auto info = read_live(folder))
    text += " (process " + std::to_string(info->pid) + ")";
  return make_error(ec::limit_reached,
                    text + ": stop it, or choose another name");
}

caf::error bad_name(std::string_view name) {
  return make_error(ec::bad_config, "\"" + std::string{name.substr(0, 80)}
                                      + "\" is no name for a cluster: use 1 to "
                                        "64 letters, digits, '.', '_' or '-'");
}

} // namespace

fs::path runtime_dir::base() {
  if (auto given = std::getenv("XDG_RUNTIME_DIR"))
    if (fs::path path{given}; path.is_absolute() && is_private(path))
      return path / "troupe";
  return "/tmp/troupe-" + std::to_string(geteuid());
}

bool runtime_dir::valid_name(std::string_view name) noexcept {
  auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= 64 && name != "." && name != ".."
         && std::all_of(name.begin(), name.end(), plain);
}

caf::expected<runtime_dir> runtime_dir::create(std::string_view name) {
  if (!valid_name(name))
    return bad_name(name);
  auto folder = base() / name;
  if ((folder / "control.sock").string().size() > endpoint::max_ipc_path)
    return make_error(ec::bad_config,
                      "the path " + folder.string()
                        + " is too long for sockets: choose a shorter name");
  if (auto err = make_private(base()))
    return err;
  if (auto err = make_private(folder))
    return err;
  auto lock = try_lock(folder);
  if (lock == nullptr || read_live(folder))
    return taken(name, folder);
  remove_content(folder);
  return runtime_dir{std::move(folder), std::move(lock)};
}

caf::expected<connection_info> runtime_dir::find(std::string_view name) {
  auto all = running();
  auto wanted = [&](auto& x) { return name.empty() || x.name == name; };
  if (auto i = std::find_if(all.begin(), all.end(), wanted); i != all.end())
    return *i;
  if (!name.empty() && !valid_name(name))
    return bad_name(name);
  std::string names;
  for (auto& x : all)
    names += (names.empty() ? "" : ", ") + x.name;
  auto what = name.empty() ? std::string{"no cluster"}
                           : "no cluster \"" + std::string{name} + "\"";
  auto text = what
              + (names.empty() ? ". None is running" : ". Running: " + names);
  return make_error(ec::peer_gone, text + ".");
}

std::vector<connection_info> runtime_dir::running() {
  std::vector<connection_info> result;
  if (!is_private(base()))
    return result;
  std::error_code ignored;
  for (fs::directory_iterator i{base(), ignored}, end; !ignored && i != end;
       i.increment(ignored))
    if (auto info = read_live(i->path());
        info && info->name == i->path().filename())
      result.push_back(std::move(*info));
  std::sort(result.begin(), result.end(), [](auto& x, auto& y) {
    return x.start_time != y.start_time ? x.start_time > y.start_time
                                        : x.name < y.name;
  });
  return result;
}

std::string runtime_dir::ipc_endpoint(std::string_view lane) const {
  return "ipc://" + (path_ / (std::string{lane} + ".sock")).string();
}

caf::error runtime_dir::publish(const connection_info& info) const {
  auto path = path_ / file_name;
  auto draft = path_ / (std::string{file_name} + ".new");
  unlink(draft.c_str());
  auto flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
  descriptor out{open(draft.c_str(), flags, 0600)};
  if (out.get() < 0 || write_all(out.get(), to_json(info) + "\n") != 0)
    return failed(draft, "cannot write");
  if (rename(draft.c_str(), path.c_str()) != 0)
    return failed(path, "cannot write");
  return {};
}

void runtime_dir::remove() noexcept {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
  lock_.reset();
}

} // namespace troupe
