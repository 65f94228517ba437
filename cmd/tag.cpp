#include "tag.h"

#include <algorithm>
#include <chrono>

#include "app/names.h"
#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "log_query.h"
#include "query/catalog.h"
#include "record/annotate.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

constexpr auto kPatience = std::chrono::seconds(10);

/// What to attach to which runs and what to take away.
struct Change {
  std::vector<model::Run> runs;
  std::vector<std::string> add;
};

Change change_of(const Session& session, const TagOptions& options) {
  const query::Catalog catalog = query::Catalog::open(session.layout());
  if (!options.where) return {{catalog.find(options.run)}, options.add};
  Change change{runs_named(session, catalog, {}, options.where), options.add};
  if (!options.run.empty()) change.add.insert(change.add.begin(), options.run);
  return change;
}

std::vector<std::string> tags_after(model::Run run, const Change& change,
                                    const TagOptions& options) {
  for (const std::string& tag : options.remove)
    std::erase(run.tags, tag);
  for (const std::string& tag : change.add)
    model::add_tag(run.tags, tag);
  return run.tags;
}

/// The events that change one run. A tag to take away that a run named by itself lacks is a
/// mistake; of many runs some may lack it.
std::vector<model::Event> events_for(const model::Run& run, const Change& change,
                                     const TagOptions& options) {
  std::vector<model::Event> events;
  for (const std::string& tag : options.remove) {
    const bool has = std::find(run.tags.begin(), run.tags.end(), tag) != run.tags.end();
    if (!has && !options.where) {
      const std::string tags =
          run.tags.empty() ? "it has none" : concat("its tags are: ", join(run.tags, ", "));
      throw Error(ErrorKind::usage,
                  concat("run '", run.id.short_hex(), "' has no tag '", tag, '\''), {tags});
    }
    if (has) events.emplace_back(model::TagEvent{tag, true});
  }
  for (const std::string& tag : change.add)
    events.emplace_back(model::TagEvent{tag, false});
  return events;
}

Json answer_for(const model::Run& run, const Change& change, const TagOptions& options) {
  Json answer;
  answer["id"] = run.id.hex();
  Json::Array tags;
  for (std::string& tag : tags_after(run, change, options))
    tags.emplace_back(std::move(tag));
  answer["tags"] = Json(std::move(tags));
  return answer;
}

}  // namespace

void declare_tag(Declaration& declaration, TagOptions& options) {
  declaration.positional("RUN", options.run, "The run; with --where the first tag").completes =
      Completes::run;
  declaration.positional("TAG", options.add, "A tag to attach").completes = Completes::tag;
  declaration.option("-d,--delete", "TAG", options.remove, "Take a tag away; may be repeated")
      .completes = Completes::tag;
  declaration
      .option("-w,--where", "EXPR", options.where, "Instead of RUN, all runs of which this is true")
      .completes = Completes::expression;
  declaration.description =
      "Attaches tags to a run, or takes them away, at any time: before it ends as well as long "
      "afterwards. A tag is one word, and names its newest run wherever a RUN is asked for.";
  declaration.examples = {
      {"clew tag @ baseline", "tag the newest run"},
      {"clew tag 9f3c2a7b best -d candidate", "attach one tag and take another away"},
      {"clew tag --where 'val_acc.max > 0.95' good", "tag all that did well"},
  };
}

int run_tag(Session& session, const TagOptions& options) {
  const bool nothing = options.add.empty() && (!options.where || options.run.empty());
  if ((nothing && options.remove.empty()) || (options.run.empty() && !options.where)) {
    throw Error(ErrorKind::usage,
                options.run.empty() && !options.where ? "no run is given" : "no tag is given",
                {"clew tag RUN TAG"});
  }
  for (const std::string& tag : options.add)
    check_tag(tag);
  if (options.where && !options.run.empty()) check_tag(options.run);
  const Change change = change_of(session, options);
  Json answers = Json::array();
  for (const model::Run& run : change.runs) {
    const auto events = events_for(run, change, options);
    if (!events.empty()) record::annotate(session.layout(), run.id, events, kPatience);
    answers.push(answer_for(run, change, options));
  }
  if (session.global.json) {
    session.out.line(dump_json(options.where ? answers : answers.as_array().front()));
  } else if (options.where) {
    session.err.line(concat("changed the tags of ", ui::counted(change.runs.size(), "run")));
  }
  return 0;
}

}  // namespace clew::cmd
