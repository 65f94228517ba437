#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace clew {

/// The id of a run: 64 random bits, written as 16 lower-case hex digits.
struct RunId {
  std::uint64_t bits = 0;

  [[nodiscard]] std::string hex() const;        ///< all 16 digits
  [[nodiscard]] std::string short_hex() const;  ///< the first 8, as shown in tables
  /// Reads exactly 16 hex digits of either case; nullopt otherwise.
  [[nodiscard]] static std::optional<RunId> parse(std::string_view text);

  friend auto operator<=>(const RunId&, const RunId&) = default;
};

/// Where ids come from; a seam for tests. Implementations are thread-safe.
class IdSource {
 public:
  virtual ~IdSource() = default;
  [[nodiscard]] virtual RunId next() = 0;
};

/// Ids from the kernel's random generator. Never destroyed.
[[nodiscard]] IdSource& random_ids();

}  // namespace clew

template <>
struct std::hash<clew::RunId> {
  std::size_t operator()(const clew::RunId& id) const noexcept { return id.bits; }
};
