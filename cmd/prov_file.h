#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/session.h"
#include "base/json.h"
#include "prov/run_document.h"

namespace clew::cmd {

/// Does the word name a document rather than a run? Names that end in ".json" do, with or without
/// ":RUN" behind them.
[[nodiscard]] bool names_document(std::string_view word);

/// The text of a document, parsed. Throws Error(usage) when there is no such file, Error(failed)
/// when it is not JSON.
[[nodiscard]] Json read_document(const Session& session, std::string_view path);

/// The run that FILE.json or FILE.json:RUN names. Throws Error(usage) when the document tells of no
/// run of clew, of several and none is named, or not of that one.
[[nodiscard]] prov::DescribedRun read_described_run(const Session& session, std::string_view word);

}  // namespace clew::cmd
