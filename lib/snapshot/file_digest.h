#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/hash.h"

// Internal to the snapshot layer.

namespace clew::snapshot {

/// SHA-256 of the regular file `path` in an open directory, read piece by piece. nullopt when it
/// cannot be read, does not have `size` bytes, or `stop` says so, which is asked before each piece.
[[nodiscard]] std::optional<Digest> digest_file(int directory, const std::string& path,
                                                std::uint64_t size,
                                                const std::function<bool()>& stop);

}  // namespace clew::snapshot
