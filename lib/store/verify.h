#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "store/store.h"

// Whether a store still is what was written into it: every checksum and every digest of
// clew-store(5), computed anew from the bytes.

namespace clew::store {

/// One thing that is not as it was written.
struct Damage {
  std::optional<RunId> run;  ///< nullopt where it concerns the store as a whole
  std::string part;          ///< "header", "series 'loss'", "output", "seal log", "object 3f2a…"
  std::string problem;       ///< what is wrong with it
  friend bool operator==(const Damage&, const Damage&) = default;
};

/// What was looked at.
struct Checked {
  std::uint64_t runs = 0;
  std::uint64_t rows = 0;
  std::uint64_t points = 0;
  std::uint64_t objects = 0;
  std::uint64_t remains = 0;  ///< rows that a broken seal left: no damage
};

struct VerifyRequest {
  /// Checks these runs alone, and what they keep among the objects; nullopt: the whole store.
  std::optional<std::vector<RunId>> runs;
  /// Told of each damage as it is found.
  std::function<void(const Damage&)> found;
  /// Told of how many runs are done, of how many. May be empty.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

/// Reads all that was asked for and tells what is damaged. Throws Error(usage) for a run that is
/// not in the store, Error(failed) where the system refuses to read; damage is never thrown. Not
/// thread-safe.
Checked verify(const KeyValue& database, const Layout& layout, const VerifyRequest& request);

}  // namespace clew::store
