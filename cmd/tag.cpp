#include "tag.h"

#include <algorithm>
#include <chrono>

#include "app/names.h"
#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "query/catalog.h"
#include "record/annotate.h"

namespace clew::cmd {

namespace {

constexpr auto kPatience = std::chrono::seconds(10);

std::vector<std::string> tags_after(model::Run run, const TagOptions& options) {
  for (const std::string& tag : options.remove)
    std::erase(run.tags, tag);
  for (const std::string& tag : options.add)
    model::add_tag(run.tags, tag);
  return run.tags;
}

}  // namespace

void declare_tag(Declaration& declaration, TagOptions& options) {
  Argument& run = declaration.positional("RUN", options.run, "The run");
  run.completes = Completes::run;
  run.required = true;
  declaration.positional("TAG", options.add, "A tag to attach").completes = Completes::tag;
  declaration.option("-d,--delete", "TAG", options.remove, "Take a tag away; may be repeated")
      .completes = Completes::tag;
  declaration.description =
      "Attaches tags to a run, or takes them away, at any time: before it ends as well as long "
      "afterwards. A tag is one word, and names its newest run wherever a RUN is asked for.";
  declaration.examples = {
      {"clew tag @ baseline", "tag the newest run"},
      {"clew tag 9f3c2a7b best -d candidate", "attach one tag and take another away"},
  };
}

int run_tag(Session& session, const TagOptions& options) {
  if (options.add.empty() && options.remove.empty()) {
    throw Error(ErrorKind::usage, "no tag is given", {"clew tag RUN TAG"});
  }
  for (const std::string& tag : options.add)
    check_tag(tag);
  const model::Run run = query::Catalog::open(session.layout()).find(options.run);
  std::vector<model::Event> events;
  for (const std::string& tag : options.remove) {
    if (std::find(run.tags.begin(), run.tags.end(), tag) == run.tags.end()) {
      const std::string has =
          run.tags.empty() ? "it has none" : concat("its tags are: ", join(run.tags, ", "));
      throw Error(ErrorKind::usage,
                  concat("run '", run.id.short_hex(), "' has no tag '", tag, '\''), {has});
    }
    events.emplace_back(model::TagEvent{tag, true});
  }
  for (const std::string& tag : options.add)
    events.emplace_back(model::TagEvent{tag, false});
  record::annotate(session.layout(), run.id, events, kPatience);
  if (session.global.json) {
    Json answer;
    answer["id"] = run.id.hex();
    Json::Array tags;
    for (std::string& tag : tags_after(run, options))
      tags.emplace_back(std::move(tag));
    answer["tags"] = Json(std::move(tags));
    session.out.line(dump_json(answer));
  }
  return 0;
}

}  // namespace clew::cmd
