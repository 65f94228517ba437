#include "note.h"

#include <chrono>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "query/catalog.h"
#include "record/annotate.h"

namespace clew::cmd {

void declare_note(Declaration& declaration, NoteOptions& options) {
  Argument& run = declaration.positional("RUN", options.run, "The run");
  run.completes = Completes::run;
  run.required = true;
  declaration.positional("TEXT", options.text, "The note").required = true;
  declaration.description =
      "Attaches a note to a run, at any time: before it ends as well as long afterwards.";
  declaration.examples = {{"clew note @ 'diverges after the warm-up'", "note on the newest run"}};
}

int run_note(Session& session, const NoteOptions& options) {
  if (trim(options.text).empty()) {
    throw Error(ErrorKind::usage, "the note is empty", {"clew note RUN 'TEXT'"});
  }
  constexpr auto kPatience = std::chrono::seconds(10);
  const model::Run run = query::Catalog::open(session.layout()).find(options.run);
  const Time now = session.clock.now();
  record::annotate(session.layout(), run.id, {model::NoteEvent{{now, options.text}}}, kPatience);
  if (session.global.json) {
    Json answer;
    answer["id"] = run.id.hex();
    answer["time"] = format_time(now);
    answer["text"] = options.text;
    session.out.line(dump_json(answer));
  }
  return 0;
}

}  // namespace clew::cmd
