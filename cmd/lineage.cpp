#include "lineage.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "graphviz.h"
#include "lineage_target.h"
#include "lineage_view.h"
#include "query/lineage.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

/// What fits a picture for people; programs get all.
constexpr std::size_t kRunsFollowed = 100;
constexpr std::size_t kFilesBeside = 6;
/// What a lineage through some dozens of runs takes.
constexpr std::size_t kLineageMemory = std::size_t{32} << 20;

query::LineageLimits limits_of(const Session& session, const LineageOptions& options) {
  query::LineageLimits limits;
  limits.up = options.up || !options.down;
  limits.down = options.down || !options.up;
  if (options.depth) {
    if (*options.depth < 0)
      throw Error(ErrorKind::usage, concat("the depth '", *options.depth, "' is negative"));
    limits.depth = static_cast<std::size_t>(*options.depth);
  }
  if (!options.all && !session.global.json) limits.runs = kRunsFollowed;
  return limits;
}

void check_lineage(const Session& session, const LineageOptions& options) {
  if (session.global.json + options.dot + options.svg.has_value() > 1)
    throw Error(ErrorKind::usage, "--json, --dot and --svg exclude each other");
}

/// What is to be said of a file besides its graph; empty where there is nothing.
std::string origin_remark(const LineageTarget& target) {
  const std::string name = target.path.empty() ? "this content" : concat('\'', target.path, '\'');
  if (target.gone) {
    return concat(name, " is not there now; this is the file as it was to run '",
                  target.start.run->short_hex(), '\'');
  }
  if (!target.origin) return {};
  switch (target.origin->kind) {
    case query::Origin::Kind::made:
      return {};
    case query::Origin::Kind::changed:
      return concat(name, " was made by run '", target.origin->run->short_hex(),
                    "', but has changed since");
    case query::Origin::Kind::unknown:
      break;
  }
  return concat(name, " was not made by any recorded run");
}

std::string origin_hint(const LineageTarget& target) {
  if (!target.origin || target.origin->kind != query::Origin::Kind::changed) return {};
  return concat("'clew lineage ", target.origin->run->short_hex(), ':',
                shell_quote(target.start.path), "' shows where it came from as it was then");
}

void print_lineage_json(Session& session, const query::Lineage& graph, const LineageTarget& target,
                        const query::LineageLimits& limits) {
  Json json = lineage_to_json(graph, session.clock.now());
  Json origin;
  if (target.origin) {
    using Kind = query::Origin::Kind;
    const Kind kind = target.origin->kind;
    const auto& run = target.origin->run;
    origin = Json::Object{{"state", kind == Kind::made      ? "made"
                                    : kind == Kind::changed ? "changed"
                                                            : "unknown"},
                          {"run", run ? Json(run->hex()) : Json()},
                          {"readers", target.origin->readers}};
  }
  json["origin"] = std::move(origin);
  json["up"] = limits.up;
  json["down"] = limits.down;
  session.out.line(dump_json(json, JsonLayout::pretty));
}

}  // namespace

void declare_lineage(Declaration& declaration, LineageOptions& options) {
  declaration.description =
      "Shows where a file came from, through the runs that made it and what these read, down to "
      "sources and code; and what was made from it. SUBJECT is a file, which means its content as "
      "it is now; RUN:PATH, a file as it was to that run, its path relative to the top of the work "
      "tree; a RUN; or a SHA-256 or the beginning of one, 6 digits or more. A file that is there "
      "goes before a run of the same name.\n\n"
      "Files are followed by content, whatever they were called: a run that read what another run "
      "wrote continues it. Of several runs that made the same content before it was read, the one "
      "that made it under that name is followed, else the latest. Content says nothing of files "
      "that were empty or not hashed, as those of runs that still go on: there the run counts that "
      "wrote a file of that name last, and the link is marked 'by name only'.\n\n"
      "Files of one directory that lead the same way are drawn as one when there are many, and at "
      "most 100 runs are followed in each direction, the nearest and newest first; --all and "
      "--json have everything. What was drawn before is marked '(see above)'.\n\n"
      "Exits with 1 when a file as it is now was not made by any recorded run, or was made by one "
      "but has changed since; with --down, when no recorded run read it. --json prints one object, "
      "clew-json(5).";
  Argument& subject =
      declaration.positional("SUBJECT", options.subject, "A file, RUN, RUN:PATH or a SHA-256");
  subject.completes = Completes::run_or_file;
  subject.required = true;
  declaration.flag("--up", options.up, "Show only what it came from");
  declaration.flag("--down", options.down, "Show only what was made from it");
  declaration.option("--depth", "NUMBER", options.depth, "Follow at most this many runs in a row");
  declaration.flag("--all", options.all, "Follow every run, and name every file");
  declaration.flag("--dot", options.dot, "Print the graph in Graphviz's language");
  declaration.option("--svg", "FILE", options.svg, "Draw the graph into a file with Graphviz")
      .completes = Completes::file;
  declaration.examples = {
      {"clew lineage models/model.npz", "where the model came from"},
      {"clew lineage data/raw.csv --down", "what was made from the data"},
      {"clew lineage @:report.json --depth 1", "the report of the newest run, one step back"},
      {"clew lineage @ --svg lineage.svg", "a picture"},
  };
}

int run_lineage(Session& session, const LineageOptions& options) {
  check_lineage(session, options);
  const query::LineageLimits bounds = limits_of(session, options);
  expect_memory(kLineageMemory);
  const query::Catalog catalog = query::Catalog::open(session.layout());
  const query::FileView files = catalog.file_view();
  const LineageTarget target = lineage_target(session, catalog, files, options.subject);
  query::Lineage graph = query::trace_lineage(files, target.start, bounds);
  if (!options.all && !session.global.json) graph = query::folded(graph, kFilesBeside);

  if (session.global.json) {
    print_lineage_json(session, graph, target, bounds);
  } else if (options.dot) {
    session.out.write(lineage_to_dot(graph));
  } else if (options.svg) {
    draw_into_file(session, lineage_to_dot(graph), Drawing::svg, *options.svg);
  } else {
    print_lineage(session.out, graph, {bounds.up, bounds.down});
  }
  const std::string said = origin_remark(target);
  if (!said.empty() && !session.global.json) {
    session.out.flush();
    session.err.line(said);
    const std::string further = origin_hint(target);
    if (!further.empty()) {
      session.err.write(ui::Label::hint, "hint: ");
      session.err.line(further);
    }
  }
  if (!target.origin) return 0;
  if (!bounds.up) return target.origin->readers > 0 ? 0 : 1;
  return target.origin->kind == query::Origin::Kind::made ? 0 : 1;
}

}  // namespace clew::cmd
