#include <mimir/codec/nearest.hpp>

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

namespace mimir::codec {
namespace {

constexpr std::size_t kLongestName = 80;

// Levenshtein distance, one row at a time.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

std::vector<std::string> nearest(std::string_view name, const std::vector<std::string>& candidates, std::size_t count) {
  if (name.size() > kLongestName) return {};
  // Of several that hold the name as a part, the one with the least around it comes first.
  std::vector<std::tuple<std::size_t, std::size_t, std::string>> ranked;
  for (const auto& candidate : candidates) {
    const bool part = name.size() >= 3 && candidate.find(name) != std::string::npos;
    const std::size_t edits = edit_distance(name, candidate);
    const std::size_t distance = part ? 1 : edits;
    if (distance <= std::max<std::size_t>(2, name.size() / 2)) ranked.emplace_back(distance, edits, candidate);
  }
  std::sort(ranked.begin(), ranked.end());
  std::vector<std::string> best;
  for (auto& [distance, edits, candidate] : ranked) {
    if (best.size() == count) break;
    best.push_back(std::move(candidate));
  }
  return best;
}

}  // namespace mimir::codec
