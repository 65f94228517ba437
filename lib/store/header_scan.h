#pragma once

#include <functional>
#include <string_view>

#include "store/key_value.h"
#include "store/rows.h"

namespace clew::store {

/// The header with the summaries that stand apart from it. Throws Error(damaged).
[[nodiscard]] model::Run complete(const KeyValue& database, rows::Header header);

/// Calls visit(key, row) with the header rows from key `from` on and before key `end` (empty: to
/// the last one) until it returns false; whether it never did. `row` is what model::RunView reads,
/// with all summaries. Throws Error(damaged).
bool scan_headers(const KeyValue& database, std::string_view from, std::string_view end,
                  const std::function<bool(std::string_view key, std::string_view row)>& visit);

/// The least key behind `key`.
[[nodiscard]] inline std::string key_behind(std::string_view key) {
  return std::string(key) + '\0';
}

}  // namespace clew::store
