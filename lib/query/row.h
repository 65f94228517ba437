#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace clew::query {

/// One name with its value on either side; nullopt where it is missing.
template <typename T>
struct Row {
  std::string name;
  std::optional<T> a;
  std::optional<T> b;
};

/// A row for each name whose values are not the same on both sides, by name.
template <typename T, typename Same>
[[nodiscard]] std::vector<Row<T>> differing(const std::map<std::string, T>& a,
                                            const std::map<std::string, T>& b, Same same) {
  std::vector<Row<T>> rows;
  for (const auto& [name, value] : a) {
    const auto other = b.find(name);
    if (other == b.end()) {
      rows.push_back({name, value, std::nullopt});
    } else if (!same(value, other->second)) {
      rows.push_back({name, value, other->second});
    }
  }
  for (const auto& [name, value] : b) {
    if (!a.contains(name)) rows.push_back({name, std::nullopt, value});
  }
  std::sort(rows.begin(), rows.end(), [](const auto& x, const auto& y) { return x.name < y.name; });
  return rows;
}

}  // namespace clew::query
