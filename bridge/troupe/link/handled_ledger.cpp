// SPDX-License-Identifier: BSL-1.0
#include "troupe/link/handled_ledger.hpp"

#include <utility>

namespace troupe {

class handled_ledger::entry {
public:
  entry(std::shared_ptr<handled_ledger> ledger,
        std::vector<handled_messages> messages,
        std::shared_ptr<const void> other)
    : ledger_(std::move(ledger)),
      messages_(std::move(messages)),
      other_(std::move(other)) {
    // nop
  }

  entry(const entry&) = delete;
  entry& operator=(const entry&) = delete;

  ~entry() {
    ledger_->add(messages_);
  }

private:
  std::shared_ptr<handled_ledger> ledger_;
  std::vector<handled_messages> messages_;
  std::shared_ptr<const void> other_;
};

std::shared_ptr<const void>
handled_ledger::ticket(std::vector<handled_messages> messages,
                       std::shared_ptr<const void> other) {
  return std::make_shared<const entry>(shared_from_this(), std::move(messages),
                                       std::move(other));
}

std::vector<handled_messages> handled_ledger::take() {
  std::unique_lock guard{mutex_};
  sum_ = {};
  ready_.store(false);
  return std::exchange(messages_, {});
}

void handled_ledger::add(const std::vector<handled_messages>& xs) noexcept {
  std::unique_lock guard{mutex_};
  for (auto& x : xs) {
    sum_.messages += x.amount.messages;
    sum_.bytes += x.amount.bytes;
    messages_.push_back(x);
  }
  if (sum_.messages < threshold_.messages && sum_.bytes < threshold_.bytes)
    return;
  if (!ready_.exchange(true))
    pump_->fire();
}

} // namespace troupe
