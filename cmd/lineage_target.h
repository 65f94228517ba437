#pragma once

#include <optional>
#include <string>

#include "app/session.h"
#include "query/catalog.h"
#include "query/file_view.h"
#include "query/lineage.h"

namespace clew::cmd {

/// What the argument of `clew lineage` means.
struct LineageTarget {
  query::LineageStart start;
  std::string path;                     ///< as the user named the file; empty for runs and digests
  std::optional<query::Origin> origin;  ///< of a file as it is now
  bool gone = false;                    ///< the file is not there now; `start` is what a run left
};

/// In this order: a file that is there; RUN:path; a run; 64 hex digits, or 6 and more that begin
/// the digest of a recorded file; a file that a run recorded and that is not there now. A word with
/// a
/// '/' before any ':' is always a path. Throws Error(usage) for a file that is there and whose name
/// is the id of a run, too, and for a word that is none of these.
[[nodiscard]] LineageTarget lineage_target(Session& session, const query::Catalog& catalog,
                                           const query::FileView& files, const std::string& word);

}  // namespace clew::cmd
