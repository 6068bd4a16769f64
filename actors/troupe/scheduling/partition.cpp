// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/partition.hpp"

#include <utility>
#include <vector>

namespace troupe {

buffer part_of(const buffer& whole, std::size_t item_size, std::size_t parts,
               std::size_t k, partition_type how) {
  auto items = whole.size() / item_size;
  auto count = part_size(items, parts, k);
  if (how == partition_type::block)
    return whole.slice(part_begin(items, parts, k) * item_size,
                       count * item_size);
  std::vector<std::byte> result;
  result.reserve(count * item_size);
  for (auto i = k; i < items; i += parts) {
    auto item = whole.bytes().subspan(i * item_size, item_size);
    result.insert(result.end(), item.begin(), item.end());
  }
  return buffer::adopt(std::move(result));
}

} // namespace troupe
