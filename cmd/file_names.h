#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/session.h"
#include "base/hash.h"
#include "model/files.h"
#include "query/catalog.h"

namespace clew::cmd {

/// What a file that the user names may be called in the records of runs, the likeliest first: its
/// path relative to the top of the work tree, or of another tree in which runs were recorded, and
/// its absolute path. A directory's end in '/'. The file need not exist.
[[nodiscard]] std::vector<std::string> recorded_names(const Session& session,
                                                      const query::Catalog& catalog,
                                                      const std::string& path);

/// What a file holds now, as runs record it: of one over the setting files.hash-limit a fingerprint
/// of samples.
struct FileDigest {
  Digest digest{};
  model::DigestKind kind = model::DigestKind::none;
};
enum class HashExtent { by_limit, whole };
/// Hashes a file, with progress on stderr when that takes long. Throws Error(failed).
[[nodiscard]] FileDigest digest_of_file(Session& session, const fs::path& path,
                                        HashExtent extent = HashExtent::by_limit);

}  // namespace clew::cmd
