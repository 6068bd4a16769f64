// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/security.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// A question of ZeroMQ (ZAP, its RFC 27): may this peer enter? Refers to the
/// frames it was read from.
struct zap_request {
  std::string_view id;
  std::string_view domain;
  std::string_view address;
  std::string_view mechanism;
  /// PLAIN: name and password. CURVE: the public key, 32 bytes.
  std::vector<std::string_view> credentials;
};

/// Reads the frames of a question. @returns what is wrong with them, or null.
/// @relates zap_request
const char* read_zap_request(std::span<const std::string_view> frames,
                             zap_request& result);

/// The answer. `text` goes to the peer, if ZeroMQ sends any.
struct zap_answer {
  /// 200 = may enter, 400 = may not, 500 = the question makes no sense.
  int status = 500;
  std::string text;
  /// What `User-Id` of each message of the peer will be.
  std::string user_id;
};

/// Somebody who entered with a key that was removed since.
struct removed_user {
  std::string key;
  std::string name;
};

/// One socket that asks its peers for proof. Shared by the socket and the
/// thread that answers ZeroMQ's questions; thread-safe.
class zap_domain {
public:
  /// Most refusals that wait for `take_refusals`. Further ones are counted.
  static constexpr std::size_t max_refusals = 64;

  /// @pre `asks_for_proof(how)`
  explicit zap_domain(security_spec how);

  /// Unique within the process.
  const std::string& name() const noexcept {
    return name_;
  }

  /// Null unless the socket admits by keys.
  const std::shared_ptr<access_list>& admits() const noexcept {
    return admits_;
  }

  /// Decides, and remembers refusals. Never throws but for lack of memory.
  zap_answer judge(const zap_request& request);

  /// Takes a sentence for each of the refusals since the last call.
  std::vector<std::string> take_refusals();

  /// Takes the users that entered with a key that is listed no more.
  std::vector<removed_user> take_removed();

  /// Refusals since the start, and users that were removed.
  std::uint64_t refused() const;

private:
  zap_answer judge_key(const zap_request& request);

  zap_answer judge_password(const zap_request& request);

  zap_answer refuse(const zap_request& request, std::string why);

  std::string name_;
  std::shared_ptr<access_list> admits_;
  password_check check_;
  mutable std::mutex mtx_;
  std::vector<std::string> refusals_;
  std::map<std::string, std::string> entered_; // keys and names
  std::uint64_t refused_ = 0;
};

/// Writes an identity as the `User-Id` of peers with a password.
/// @relates identity
std::string to_user_id(const identity& who);

/// Reads what `to_user_id` wrote. @returns null if it did not.
/// @relates identity
identity_ptr from_user_id(std::string_view text);

} // namespace troupe
