// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "map/command_template.hpp"
#include "map/item.hpp"
#include "troupe/client/view.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe::apps {

/// Inputs that were submitted together.
class batch {
public:
  virtual ~batch();

  virtual std::size_t size() const = 0;

  /// Items that ended.
  virtual std::size_t done() const = 0;

  virtual bool ready(std::size_t index) const = 0;

  /// Waits for an item for at most `limit`. To be called once for each.
  virtual std::optional<item> take(std::size_t index, duration limit) = 0;
};

/// What a map does with its inputs.
class map_job {
public:
  virtual ~map_job();

  /// Submits inputs, of which the first has the number `first`. Throws `error`
  /// with `usage` if one of them makes no sense.
  virtual std::unique_ptr<batch> submit(std::vector<std::string> inputs,
                                        std::size_t first) = 0;
};

/// Runs a command for each input.
class command_job : public map_job {
public:
  command_job(balanced_view view, command_template command,
              std::string directory, std::uint32_t retries);

  std::unique_ptr<batch> submit(std::vector<std::string> inputs,
                                std::size_t first) override;

private:
  balanced_view view_;
  command_template command_;
  std::string directory_;
  std::uint32_t retries_;
};

/// Calls a registered function for each input.
class named_job : public map_job {
public:
  /// @param separator splits an input into several arguments; empty: the whole
  ///        input is the argument.
  named_job(balanced_view view, std::string name, std::string separator);

  std::unique_ptr<batch> submit(std::vector<std::string> inputs,
                                std::size_t first) override;

private:
  balanced_view view_;
  std::string name_;
  std::string separator_;
};

/// Returns an input that was refused as a batch of one failed item.
std::unique_ptr<batch> refused_batch(std::string input, std::size_t number,
                                     error problem);

/// Splits `text` at each `separator`.
std::vector<std::string> split(const std::string& text,
                               const std::string& separator);

} // namespace troupe::apps
