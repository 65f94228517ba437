#include "version.h"

#include "app/program.h"
#include "base/json.h"
#include "base/text.h"

namespace clew::cmd {

void declare_version(Declaration& declaration, VersionOptions&) {
  declaration.description = "Shows the version of clew. 'clew --version' does the same.";
}

int run_version(Session& session, const VersionOptions&) {
  if (session.global.json) {
    Json answer;
    answer["version"] = version();
    session.out.line(dump_json(answer));
  } else {
    session.out.line(concat("clew ", version()));
  }
  return 0;
}

}  // namespace clew::cmd
