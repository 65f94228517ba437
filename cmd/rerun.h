#pragma once

#include <string>
#include <vector>

#include "app/declaration.h"
#include "app/session.h"
#include "record/recorder.h"
#include "rerun_source.h"

namespace clew::cmd {

struct RerunOptions {
  std::string run;  ///< a run, or an exported PROV-JSON document
  std::string name;
  std::vector<std::string> notes;
  std::vector<std::string> tags;
  std::vector<std::string> variables;  ///< NAME=VALUE
  std::vector<std::string> secrets;
  std::vector<std::string> more;  ///< words after the recorded command
  std::optional<std::string> keep;
  std::string tolerance;
  bool here = false;
  bool check = false;
  bool force = false;
};

void declare_rerun(Declaration& declaration, RerunOptions& options);
int run_rerun(Session& session, const RerunOptions& options);

/// Runs a source again in a checkout of its own and waits until the new run is sealed: what
/// `clew rerun` does without --check. No store may be open.
[[nodiscard]] record::Outcome run_again(Session& session, const RerunOptions& options,
                                        const RerunSource& source);

}  // namespace clew::cmd
