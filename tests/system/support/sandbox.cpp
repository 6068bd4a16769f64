// SPDX-License-Identifier: BSL-1.0
#include "system/support/sandbox.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <unistd.h>

namespace troupe::test {

namespace fs = std::filesystem;

namespace {

std::string content_of(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

} // namespace

sandbox::sandbox() {
  fs::create_directory(dir_ / "state");
}

sandbox::~sandbox() {
  if (empty())
    return;
  for (auto pid : processes()) {
    auto command = content_of("/proc/" + std::to_string(pid) + "/cmdline");
    std::replace(command.begin(), command.end(), '\0', ' ');
    BOOST_ERROR("process " << pid << " is left: " << command);
    kill(pid, SIGKILL);
  }
}

std::unique_ptr<program> sandbox::start(words args, program_options options) {
  args.insert(args.begin(), TROUPE_TEST_PROGRAM);
  std::vector<std::pair<std::string, std::string>> environment{
    {"XDG_RUNTIME_DIR", dir_.path().string()},
    {"XDG_STATE_HOME", path("state")},
    {"TERM", "xterm"},
    {"-NO_COLOR", ""},
    {"-TROUPE_CONNECTION", ""},
    {"-TROUPE_CLUSTER", ""}};
  environment.insert(environment.end(), options.environment.begin(),
                     options.environment.end());
  options.environment = std::move(environment);
  if (options.directory.empty())
    options.directory = dir_.path();
  return std::make_unique<program>(args, std::move(options));
}

run_result sandbox::run(words args, program_options options) {
  auto x = start(args, std::move(options));
  auto status = x->wait(limit);
  BOOST_CHECK_MESSAGE(status >= 0,
                      "troupe " << args.front() << " does not end");
  return {status, x->out(), x->err()};
}

run_result sandbox::pipe(const std::string& input, words args) {
  program_options options;
  options.input = input;
  return run(std::move(args), std::move(options));
}

nlohmann::json sandbox::json(words args) {
  args.insert(std::next(args.begin()), "--json");
  auto result = run(args);
  BOOST_TEST(result.status == 0);
  auto parsed = nlohmann::json::parse(result.out, nullptr, false);
  BOOST_REQUIRE_MESSAGE(parsed.is_object(),
                        "no JSON: " << result.out << result.err);
  return parsed;
}

void sandbox::tell(const std::string& program, const std::string& story,
                   std::size_t promises, int engines, const words& flags) {
  words line{"run", "-n", std::to_string(engines)};
  line.insert(line.end(), flags.begin(), flags.end());
  line.insert(line.end(), {"--", program, story});
  auto result = run(line);
  BOOST_TEST(result.status == 0, result.err);
  auto told = lines(result.out);
  for (auto& line : told)
    BOOST_TEST(line.starts_with("ok: "), line);
  BOOST_TEST(told.size() == promises, result.out + result.err);
}

void sandbox::start_cluster(words flags) {
  flags.insert(flags.begin(), "start");
  auto result = run(flags);
  BOOST_REQUIRE_MESSAGE(result.status == 0, result.err);
}

std::vector<pid_t> sandbox::engines() {
  std::vector<pid_t> result;
  auto status = json({"status"});
  for (auto& row : status.at("rows"))
    result.push_back(row.at("pid").get<pid_t>());
  return result;
}

pid_t sandbox::controller() {
  auto rows = json({"ps"}).at("rows");
  BOOST_REQUIRE(!rows.empty());
  return rows.at(0).at("pid").get<pid_t>();
}

std::vector<pid_t> sandbox::processes() const {
  std::vector<pid_t> result;
  auto mark = "XDG_RUNTIME_DIR=" + dir_.path().string();
  std::error_code ignored;
  for (auto& entry : fs::directory_iterator{"/proc", ignored}) {
    auto name = entry.path().filename().string();
    if (!std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return std::isdigit(c) != 0; }))
      continue;
    auto text = content_of(entry.path() / "environ");
    if (('\0' + text).find('\0' + mark + '\0') != std::string::npos)
      result.push_back(std::stoi(name));
  }
  return result;
}

bool sandbox::empty() const {
  return wait_until([this] { return processes().empty(); }, linger);
}

std::string sandbox::path(const std::string& name) const {
  return dir_ / name;
}

std::string sandbox::file(const std::string& name,
                          const std::string& content) const {
  std::ofstream{dir_ / name, std::ios::binary} << content;
  return path(name);
}

std::string sandbox::library() {
  return TROUPE_TEST_LIBRARY;
}

std::string sandbox::example() {
  return TROUPE_TEST_EXAMPLE;
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> result;
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);)
    result.push_back(line);
  return result;
}

std::string sequence(int first, int last) {
  std::string result;
  for (auto i = first; i <= last; ++i)
    result += std::to_string(i) + '\n';
  return result;
}

boost::test_tools::predicate_result has(const std::string& text,
                                        const std::string& part) {
  boost::test_tools::predicate_result result{text.find(part)
                                             != std::string::npos};
  result.message() << "no \"" << part << "\" in \"" << text << '"';
  return result;
}

} // namespace troupe::test
