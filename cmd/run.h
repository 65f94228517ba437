#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/declaration.h"
#include "app/session.h"
#include "record/recorder.h"

namespace clew::cmd {

struct RunOptions {
  std::vector<std::string> notes;
  std::string name;
  std::vector<std::string> tags;
  std::vector<std::string> params;  ///< NAME=VALUE
  std::vector<std::string> param_files;
  std::vector<std::string> stop_when;
  std::vector<std::string> alerts;
  std::vector<std::string> note_when;
  std::optional<std::string> checkpoint_signal;
  bool no_snapshot = false;
  bool no_output = false;
  std::vector<std::string> inputs;  ///< patterns, as the next three
  std::vector<std::string> outputs;
  std::vector<std::string> ignored;
  std::vector<std::string> saved;
  std::string trace;                 ///< a level by its name; empty for that of the settings
  std::vector<std::string> command;  ///< exactly as given after "--"
};

void declare_run(Declaration& declaration, RunOptions& options);
int run_run(Session& session, const RunOptions& options);

/// What the recorder is asked to do for these options, under the settings of the session.
[[nodiscard]] record::Request request_of(const Session& session, const RunOptions& options);

}  // namespace clew::cmd
