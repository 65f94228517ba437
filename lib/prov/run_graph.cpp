#include "prov/run_graph.h"

#include <map>
#include <set>

#include "base/text.h"
#include "prov/run_template.h"
#include "prov/vocabulary.h"

namespace clew::prov {
namespace {

/// The prefix of each run that the graph speaks of: "run" for the only one, else 'r' and the short
/// id, or the whole id where two short ones are equal.
std::map<RunId, std::string> run_prefixes(const std::vector<RunRecord>& runs) {
  std::set<RunId> described;
  std::set<RunId> named;
  for (const auto& record : runs) {
    described.insert(record.parts.run.id);
    named.insert(record.parts.run.id);
    if (record.parts.run.parent) named.insert(*record.parts.run.parent);
  }
  std::map<std::string, int> holders;
  for (const auto& id : named)
    ++holders[id.short_hex()];

  std::map<RunId, std::string> prefixes;
  for (const auto& id : named) {
    const bool unique = holders[id.short_hex()] == 1;
    prefixes[id] = concat('r', unique ? id.short_hex() : id.hex());
  }
  if (described.size() == 1) prefixes[*described.begin()] = "run";
  return prefixes;
}

}  // namespace

Document run_graph(const std::vector<RunRecord>& runs, const GraphOptions& options) {
  Document document;
  const auto prefixes = run_prefixes(runs);
  for (const auto& [prefix, iri] :
       {std::pair{"agent", agent_iri}, std::pair{"clew", clew_iri}, std::pair{"git", git_iri},
        std::pair{"mls", mls_iri}, std::pair{"prov", prov_iri}, std::pair{"xsd", xsd_iri}}) {
    document.prefixes.emplace_back(prefix, iri);
  }
  for (const auto& [id, prefix] : prefixes) {
    document.prefixes.emplace_back(prefix, concat(run_iri_start, id.hex(), '#'));
  }

  Builder out(document);
  std::set<RunId> written;
  for (const auto& record : runs) {
    const auto& run = record.parts.run;
    if (!written.insert(run.id).second) continue;
    // A run that were its own parent would have started itself.
    const bool child = run.parent && *run.parent != run.id;
    RunTemplate(out, record, options, prefixes.at(run.id),
                child ? prefixes.at(*run.parent) : std::string{})
        .write();
  }
  return document;
}

}  // namespace clew::prov
