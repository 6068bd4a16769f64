// SPDX-License-Identifier: BSL-1.0
#include "map/map_job.hpp"

#include "map/shell_task.hpp"

#include <chrono>
#include <cstdint>
#include <limits>
#include <utility>

namespace troupe::apps {

namespace {

void set_result(item& x, std::string text) {
  x.out = std::move(text);
  x.out += '\n';
}

void set_result(item& x, command_result result) {
  auto& [status, signal, out, err, tries] = result;
  x.status = status;
  x.signal = signal;
  x.out = std::move(out);
  x.err = std::move(err);
  x.attempts += tries - 1;
}

template <class T>
class batch_of : public batch {
public:
  batch_of(map_result<T> results, std::vector<std::string> inputs,
           std::size_t first)
    : results_(std::move(results)), inputs_(std::move(inputs)), first_(first) {
    // nop
  }

  std::size_t size() const override {
    return inputs_.size();
  }

  std::size_t done() const override {
    return results_.done();
  }

  bool ready(std::size_t index) const override {
    return results_.ready(index);
  }

  std::optional<item> take(std::size_t index, duration limit) override {
    std::optional<T> value;
    std::optional<error> problem;
    while (!value && !problem) {
      try {
        value = results_.get(index, limit);
      } catch (const error&) {
        if (!results_.ready(index))
          return std::nullopt;
        problem = results_.error_of(index);
        // None: it came just after the limit, and `get` will return.
      }
    }
    item x{.input = std::move(inputs_[index]), .number = first_ + index};
    auto info = results_.info(index);
    x.engine = info.engine;
    x.attempts = info.attempts;
    x.seconds = std::chrono::duration<double>(info.run_time).count();
    x.problem = std::move(problem);
    if (value)
      set_result(x, std::move(*value));
    return x;
  }

private:
  map_result<T> results_;
  std::vector<std::string> inputs_;
  std::size_t first_;
};

class refused_input : public batch {
public:
  explicit refused_input(item x) : item_(std::move(x)) {
    // nop
  }

  std::size_t size() const override {
    return 1;
  }

  std::size_t done() const override {
    return 1;
  }

  bool ready(std::size_t) const override {
    return true;
  }

  std::optional<item> take(std::size_t, duration) override {
    return std::move(item_);
  }

private:
  item item_;
};

} // namespace

batch::~batch() {
  // nop
}

map_job::~map_job() {
  // nop
}

command_job::command_job(balanced_view view, command_template command,
                         std::string directory, std::uint32_t retries)
  : view_(std::move(view)),
    command_(std::move(command)),
    directory_(std::move(directory)),
    retries_(retries) {
  // nop
}

std::unique_ptr<batch> command_job::submit(std::vector<std::string> inputs,
                                           std::size_t first) {
  using call = std::tuple<std::vector<std::string>, std::string, std::uint32_t>;
  std::vector<call> calls;
  calls.reserve(inputs.size());
  for (const auto& input : inputs)
    calls.emplace_back(command_.expand(input, first + calls.size()), directory_,
                       retries_);
  return std::make_unique<batch_of<command_result>>(
    view_.map<run_command>(calls), std::move(inputs), first);
}

named_job::named_job(balanced_view view, std::string name,
                     std::string separator)
  : view_(std::move(view)),
    name_(std::move(name)),
    separator_(std::move(separator)) {
  // nop
}

std::unique_ptr<batch> named_job::submit(std::vector<std::string> inputs,
                                         std::size_t first) {
  std::vector<std::vector<std::string>> rows;
  rows.reserve(inputs.size());
  for (const auto& input : inputs)
    rows.push_back(split(input, separator_));
  return std::make_unique<batch_of<std::string>>(view_.map_text(name_, rows),
                                                 std::move(inputs), first);
}

std::unique_ptr<batch> refused_batch(std::string input, std::size_t number,
                                     error problem) {
  item x{.input = std::move(input), .number = number};
  x.problem = std::move(problem);
  return std::make_unique<refused_input>(std::move(x));
}

std::vector<std::string> split(const std::string& text,
                               const std::string& separator) {
  std::vector<std::string> result;
  std::size_t begin = 0;
  while (!separator.empty()) {
    auto end = text.find(separator, begin);
    if (end == text.npos)
      break;
    result.push_back(text.substr(begin, end - begin));
    begin = end + separator.size();
  }
  result.push_back(text.substr(begin));
  return result;
}

} // namespace troupe::apps
