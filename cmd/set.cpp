#include "set.h"

#include "app/live_run.h"
#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "capture/protocol.h"
#include "query/catalog.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

/// The line that tells the recorder of one NAME=VALUE.
std::string order_of(const std::string& text, const model::Run& run, bool anew) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw Error(ErrorKind::usage, concat('\'', text, "' is not of the form NAME=VALUE"),
                {"clew set RUN lr=0.001"});
  }
  const std::string name = text.substr(0, equals);
  if (!anew && run.param(name) == nullptr) {
    std::vector<std::string> names;
    for (const model::Parameter& param : run.params)
      names.push_back(param.name);
    std::vector<std::string> hints;
    const auto similar = suggestions(name, names);
    if (!similar.empty()) hints.push_back(ui::did_you_mean(similar));
    hints.push_back("--new sets one that the run does not have yet");
    throw Error(ErrorKind::usage,
                concat("the run '", run.id.short_hex(), "' has no parameter '", name, '\''),
                std::move(hints));
  }
  Json order;
  order["kind"] = "param";
  order["name"] = name;
  order["value"] = capture::scalar_from_text(text.substr(equals + 1));
  order["cause"] = concat("set by ", who_asks());
  return dump_json(order) + '\n';
}

}  // namespace

void declare_set(Declaration& declaration, SetOptions& options) {
  declaration.description =
      "Changes a parameter of a run that goes on. The change is recorded, with the time and who "
      "made "
      "it; the training sees it where it asks for the parameter, in Python with "
      "clew.get(\"lr\", default). A training that does not ask goes on as before.\n\n"
      "VALUE is a JSON number, true, false, null or a text.";
  declaration.positional("RUN", options.run, "The run").completes = Completes::run;
  declaration.positional("NAME=VALUE", options.settings, "The parameter and its new value");
  declaration.flag("--new", options.anew, "Also set a parameter that the run does not have yet");
  declaration.examples = {{"clew set @ lr=0.0005", "halve the learning rate of the newest run"}};
}

int run_set(Session& session, const SetOptions& options) {
  if (options.run.empty() || options.settings.empty()) {
    throw Error(ErrorKind::usage, "nothing to set", {"clew set RUN lr=0.001"});
  }
  const query::Catalog catalog = query::Catalog::open(session.layout());
  const model::Run run = catalog.find(options.run);
  std::string orders;
  for (const std::string& text : options.settings)
    orders += order_of(text, run, options.anew);
  tell_recorder(session, run, orders);
  return 0;
}

}  // namespace clew::cmd
