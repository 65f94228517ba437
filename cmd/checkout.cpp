#include "checkout.h"

#include "app/report.h"
#include "base/error.h"
#include "base/text.h"
#include "query/catalog.h"
#include "replay_view.h"
#include "run_code.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

void warn_of_unstored(Session& session, const model::RunParts& parts,
                      const std::vector<record::ReplayInput>& placed) {
  std::vector<model::UnstoredFile> lacking;
  for (const model::UnstoredFile& file : parts.run.code.unstored) {
    bool there = false;
    for (const auto& input : placed)
      there = there || (input.path == file.path && !input.source.empty());
    if (!there) lacking.push_back(file);
  }
  if (lacking.empty()) return;
  warn(session.err,
       concat("the snapshot names files that it does not hold: ", unstored_text(lacking)));
}

}  // namespace

void declare_checkout(Declaration& declaration, CheckoutOptions& options) {
  Argument& run = declaration.positional("RUN", options.run, "The run");
  run.completes = Completes::run;
  run.required = true;
  Argument& directory = declaration.positional(
      "DIR", options.directory, "Where to put the files: an empty directory, or a new one");
  directory.completes = Completes::directory;
  directory.required = true;
  declaration.flag("--with-inputs", options.with_inputs,
                   "Put the input files of the run beside the code, where they can still be had");
  declaration.description =
      "Writes the code of a run into a directory of its own, exactly as it ran: what was not "
      "committed and what git did not track included. In a git repository the directory becomes a "
      "linked work tree with HEAD detached at the snapshot ('git worktree remove' takes it away); "
      "your own work tree, index and branches stay as they are.\n\n"
      "--with-inputs copies the files that the run read: from the store where they were kept, else "
      "from where they were if their content is the same. What cannot be had is named with its "
      "digest.";
  declaration.examples = {
      {"clew checkout @ ../again", "the code of the newest run"},
      {"clew checkout 9f3c /tmp/9f3c --with-inputs", "with the data that it read"},
  };
}

int run_checkout(Session& session, const CheckoutOptions& options) {
  const query::Catalog catalog = query::Catalog::open(session.layout());
  const model::RunParts parts = catalog.full(catalog.find(options.run).id);
  const snapshot::Repository code = require_code(session, parts.run);
  const fs::path directory = (session.directory / options.directory).lexically_normal();
  code.check_out(parts.run.code.commit, directory);
  std::vector<record::ReplayInput> inputs;
  if (options.with_inputs) {
    inputs = record::find_inputs(parts, replay_places(session, parts),
                                 code.files(parts.run.code.commit));
    record::place_inputs(parts, inputs, directory);
    warn_of_inputs(session, inputs);
  }
  warn_of_unstored(session, parts, inputs);
  if (session.global.json) {
    Json answer;
    answer["run"] = parts.run.id.hex();
    answer["commit"] = parts.run.code.commit;
    answer["directory"] = directory.string();
    if (options.with_inputs) answer["inputs"] = inputs_to_json(inputs);
    session.out.line(dump_json(answer));
  } else {
    session.out.line(
        concat("the code of ", parts.run.id.short_hex(), " is in '", directory.string(), '\''));
  }
  return 0;
}

}  // namespace clew::cmd
