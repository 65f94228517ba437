#pragma once

#include <optional>

#include "base/fs.h"
#include "base/hash.h"

namespace clew {

/// SHA-256 of a regular file, read piece by piece; nullopt when there is none. Throws Error(failed)
/// when it cannot be read.
[[nodiscard]] std::optional<Digest> sha256_of_file(const fs::path& path);

}  // namespace clew
