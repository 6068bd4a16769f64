// SPDX-License-Identifier: BSL-1.0

#include "harness/provenance.hpp"

#include <caf/config.hpp>

#include <boost/version.hpp>
#include <flatbuffers/base.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <zmq.h>

#include <algorithm>
#include <cctype>
#include <ctime>
#include <fstream>
#include <iterator>
#include <sched.h>
#include <sys/utsname.h>

namespace troupe::perf {

namespace {

std::size_t usable_cores() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) != 0)
    return 1;
  return static_cast<std::size_t>(CPU_COUNT(&set));
}

std::string kernel_name() {
  utsname name{};
  if (uname(&name) != 0)
    return "unknown";
  return fmt::format("{} {} {}", name.sysname, name.release, name.machine);
}

std::string read_file(const char* path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::string libzmq_version() {
  int major = 0, minor = 0, patch = 0;
  zmq_version(&major, &minor, &patch);
  return fmt::format("{}.{}.{}", major, minor, patch);
}

std::string build_type() {
  std::string result{TROUPE_BUILD_TYPE};
  if (result.empty())
    result = "none";
  if (std::string_view sanitizers{TROUPE_SANITIZERS}; !sanitizers.empty())
    result += fmt::format(" {}", sanitizers);
  return result;
}

std::string quote(std::string_view word) {
  auto is_plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0
           || std::string_view{"_-./,=:+@%"}.find(c) != std::string_view::npos;
  };
  if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain))
    return std::string{word};
  std::string result{"'"};
  for (auto c : word)
    result += c == '\'' ? std::string{"'\\''"} : std::string(1, c);
  return result + "'";
}

} // namespace

provenance make_provenance(std::string commit, std::string command) {
  provenance result;
  result.machine = cpu_model(read_file("/proc/cpuinfo"));
  result.cores = usable_cores();
  result.kernel = kernel_name();
  result.caf = fmt::format("{}.{}.{}", CAF_VERSION / 10000,
                           CAF_VERSION / 100 % 100, CAF_VERSION % 100);
  result.libzmq = libzmq_version();
  result.flatbuffers = fmt::format("{}.{}.{}", FLATBUFFERS_VERSION_MAJOR,
                                   FLATBUFFERS_VERSION_MINOR,
                                   FLATBUFFERS_VERSION_REVISION);
  result.boost = fmt::format("{}.{}.{}", BOOST_VERSION / 100000,
                             BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100);
  result.compiler = TROUPE_COMPILER;
  result.build = build_type();
  result.commit = commit.empty() ? "unknown" : std::move(commit);
  result.time = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                            fmt::gmtime(std::time(nullptr)));
  result.command = std::move(command);
  return result;
}

row to_row(const provenance& x) {
  row result;
  result.set("machine", x.machine).set("cores", x.cores);
  result.set("kernel", x.kernel).set("caf", x.caf).set("libzmq", x.libzmq);
  result.set("flatbuffers", x.flatbuffers).set("boost", x.boost);
  result.set("compiler", x.compiler).set("build", x.build);
  result.set("commit", x.commit).set("time", x.time);
  return result.set("command", x.command);
}

std::string to_text(const provenance& x) {
  return fmt::format("# {}, {} cores, {}\n"
                     "# CAF {}, libzmq {}, FlatBuffers {}, Boost {}, {}, {}\n"
                     "# commit {}, {}: {}\n",
                     x.machine, x.cores, x.kernel, x.caf, x.libzmq,
                     x.flatbuffers, x.boost, x.compiler, x.build, x.commit,
                     x.time, x.command);
}

std::string build_warning(std::string_view build) {
  if (build == "Release" || build == "RelWithDebInfo")
    return {};
  return fmt::format("this is no release build but \"{}\", so its figures mean "
                     "nothing: configure with --preset release",
                     build);
}

std::string cpu_model(std::string_view cpuinfo) {
  while (!cpuinfo.empty()) {
    auto end = std::min(cpuinfo.find('\n'), cpuinfo.size());
    auto line = cpuinfo.substr(0, end);
    cpuinfo.remove_prefix(std::min(end + 1, cpuinfo.size()));
    auto colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string_view::npos)
      return std::string{line.substr(colon + 2)};
  }
  return "unknown";
}

std::string quote_command(int argc, const char* const* argv) {
  std::string result;
  for (int i = 0; i < argc; ++i)
    result += (i == 0 ? "" : " ") + quote(argv[i]);
  return result;
}

} // namespace troupe::perf
