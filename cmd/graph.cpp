#include "graph.h"

#include <set>

#include "answer_file.h"
#include "app/program.h"
#include "export/prov_dot.h"
#include "graphviz.h"
#include "prov_records.h"
#include "query/catalog.h"
#include "ui/progress.h"

namespace clew::cmd {

namespace {

std::vector<model::Run> runs_of(const query::Catalog& catalog,
                                const std::vector<std::string>& words) {
  if (words.empty()) return {catalog.find("@")};
  std::vector<model::Run> runs;
  std::set<RunId> seen;
  for (const std::string& word : words) {
    model::Run run = catalog.find(word);
    if (seen.insert(run.id).second) runs.push_back(std::move(run));
  }
  return runs;
}

}  // namespace

void declare_graph(Declaration& declaration, GraphOptions& options) {
  declaration.description =
      "Draws what is known of runs as a graph of W3C PROV: files, parameters and results as yellow "
      "ellipses, runs and processes as blue boxes, people and programs as orange houses. Arrows "
      "lead from what was made to what it was made from; time goes to the right. Without RUN it is "
      "the newest run; runs that used each other's files are one graph.\n\n"
      "Files that play the same part are drawn as one node for each directory, with a double "
      "border, so that a run of many files can be read; --full draws each by itself. With "
      "--processes files hang on the process that read or wrote them.\n\n"
      "The graph is printed in the language of Graphviz. --svg and --png draw it with Graphviz's "
      "program 'dot', which must be installed. 'clew export' writes the same graph as data.";
  declaration.positional("RUN", options.runs, "The runs to draw").completes = Completes::run;
  declaration.option("--svg", "FILE", options.svg, "Draw into this file as SVG").completes =
      Completes::file;
  declaration.option("--png", "FILE", options.png, "Draw into this file as PNG").completes =
      Completes::file;
  declaration.option("--dot", "FILE", options.dot, "Write the graph itself into this file")
      .completes = Completes::file;
  declaration.flag("--full", options.full, "Draw every file and parameter by itself");
  declaration.flag("--processes", options.processes, "Draw processes, too");
  declaration.flag("--infer-derivations", options.infer_derivations,
                   "Draw what each process wrote as derived from what it had read");
  declaration.flag("--bundles", options.bundles, "Draw each run in a frame of its own");
  declaration.flag("--anonymous", options.anonymous, "Leave out user, host and absolute paths");
  declaration.examples = {
      {"clew graph --svg run.svg", "the newest run as a picture"},
      {"clew graph prepare train evaluate --png pipeline.png", "three runs that feed each other"},
      {"clew graph --full | dot -Tpdf > run.pdf", "everything, in another format of Graphviz"},
  };
}

int run_graph(Session& session, const GraphOptions& options) {
  const query::Catalog catalog = query::Catalog::open(session.layout());
  const std::vector<model::Run> runs = runs_of(catalog, options.runs);
  prov::GraphOptions how;
  how.version = version();
  how.processes = options.processes;
  how.infer_derivations = options.infer_derivations;
  how.bundles = options.bundles;
  how.anonymous = options.anonymous;
  prov::Document document;
  {
    ui::Progress progress(session.err, "reading", runs.size());
    document = prov::run_graph(prov_records(catalog, runs, progress), how);
  }
  exporter::DotOptions drawing;
  drawing.full = options.full;
  const std::string graph = exporter::prov_to_dot(document, drawing);
  if (options.svg) draw_into_file(session, graph, Drawing::svg, *options.svg);
  if (options.png) draw_into_file(session, graph, Drawing::png, *options.png);
  if (options.dot && *options.dot != "-") {
    AnswerFile file(session.directory / *options.dot);
    file.write(graph);
    file.commit();
  } else if (options.dot || (!options.svg && !options.png)) {
    session.out.write(graph);
  }
  return 0;
}

}  // namespace clew::cmd
