#pragma once

#include <optional>
#include <string>

#include "app/declaration.h"
#include "app/session.h"

namespace clew::cmd {

struct ShowOptions {
  std::optional<std::string> run;  ///< RUN or RUN:path; the newest one when absent
  std::optional<std::string> metric;
  bool csv = false;
  bool output = false;           ///< all streams, as they were interleaved
  bool standard_output = false;  ///< only this stream
  bool standard_error = false;   ///< only this stream
  bool files = false;
  bool processes = false;
  bool all = false;  ///< system metrics too
};

void declare_show(Declaration& declaration, ShowOptions& options);
int run_show(Session& session, const ShowOptions& options);

}  // namespace clew::cmd
