// SPDX-License-Identifier: BSL-1.0
#include "troupe/codec/text.hpp"

namespace troupe {

bool from_text(std::string_view text, bool& x) noexcept {
  x = text == "true" || text == "1";
  return x || text == "false" || text == "0";
}

bool from_text(std::string_view text, std::string& x) {
  x = text;
  return true;
}

bool from_text(std::string_view text, std::string_view& x) noexcept {
  x = text;
  return true;
}

} // namespace troupe
