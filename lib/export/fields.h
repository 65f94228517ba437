#pragma once

#include <optional>
#include <string>

#include "base/json.h"
#include "model/run.h"

// The groups of fields that `--json` and interchange lines share, so that both spell a run alike.
// Internal to export.

namespace clew::exporter {

/// The text, or null where it is empty: what is not known is not there.
[[nodiscard]] Json text_or_null(const std::string& text);
[[nodiscard]] Json step_or_null(const std::optional<std::int64_t>& step);

/// argv and, only where it is not UTF-8, argv_base64.
void add_argv(Json::Object& out, const std::vector<std::string>& argv);
/// id, name, state, exit_code, signal, parent, group, argv, cwd, user, host.
void add_identity(Json::Object& out, const model::Run& run);
/// started, ended.
void add_times(Json::Object& out, const model::Run& run);
/// params, param_sources and, only where values lost against others, param_lost.
void add_params(Json::Object& out, const model::Run& run);
/// tags, notes.
void add_annotations(Json::Object& out, const model::Run& run);

/// How much of the code is said: what identifies it, or also its place and the files left out.
enum class CodeDetail { identity, full };
/// null where nothing at all is known about the code.
[[nodiscard]] Json code_to_json(const model::Code& code, CodeDetail detail);

/// name, value, old, step, time, cause.
void add_change(Json::Object& out, const model::ParamChange& change);

}  // namespace clew::exporter
