#include "prov/run_graph.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <string_view>

#include "base/text.h"
#include "prov/anonymous.h"
#include "prov/run_template.h"
#include "prov/seal.h"
#include "prov/settle.h"
#include "prov/vocabulary.h"

namespace clew::prov {
namespace {

/// A run, and which other runs its files came from, by their places.
struct Prepared {
  RunRecord record;
  std::vector<std::optional<FileOrigin>> origins;
};

/// A file comes from another run only if that had written it by the time it was read here.
std::vector<std::optional<FileOrigin>> find_origins(const RunRecord& record) {
  std::vector<std::optional<FileOrigin>> origins(record.parts.files.size());
  if (!record.origin) return origins;
  for (std::size_t i = 0; i < origins.size(); ++i) {
    const auto& file = record.parts.files[i];
    const auto& digest = found_digest(file);
    if (digest.empty() || !found_and_read(file)) continue;
    Time first = file.uses.front().first;
    for (const auto& use : file.uses)
      first = std::min(first, use.first);
    const auto origin = record.origin(file.state.path, digest, first);
    if (!origin || origin->run == record.parts.run.id || origin->generated > first) continue;
    origins[i] = origin;
  }
  return origins;
}

/// The files of an anonymous run have other names, and so another order.
Prepared without_names(Prepared run) {
  run.record.parts = anonymous(std::move(run.record.parts));
  auto& files = run.record.parts.files;
  std::vector<std::size_t> order(files.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&files](std::size_t a, std::size_t b) {
    return files[a].state.path < files[b].state.path;
  });
  std::vector<model::File> sorted;
  std::vector<std::optional<FileOrigin>> origins;
  sorted.reserve(files.size());
  origins.reserve(files.size());
  for (const auto i : order) {
    sorted.push_back(std::move(files[i]));
    origins.push_back(run.origins[i]);
  }
  files = std::move(sorted);
  run.origins = std::move(origins);
  return run;
}

/// Each run once.
std::vector<Prepared> prepare(std::vector<RunRecord> runs, const GraphOptions& options) {
  std::vector<Prepared> prepared;
  std::set<RunId> known;
  for (auto& record : runs) {
    if (!known.insert(record.parts.run.id).second) continue;
    auto origins = find_origins(record);
    Prepared run{std::move(record), std::move(origins)};
    prepared.push_back(options.anonymous ? without_names(std::move(run)) : std::move(run));
  }
  return prepared;
}

/// The prefix of each run that the graph speaks of: "run" for the only one, else 'r' and the short
/// id, or the whole id where two short ones are equal.
std::map<RunId, std::string> run_prefixes(const std::vector<Prepared>& runs) {
  std::set<RunId> named;
  for (const auto& [record, origins] : runs) {
    const auto& run = record.parts.run;
    named.insert(run.id);
    if (run.parent) named.insert(*run.parent);
    if (run.rerun_of) named.insert(*run.rerun_of);
    for (const auto& origin : origins) {
      if (origin) named.insert(origin->run);
    }
  }
  std::map<std::string, int> holders;
  for (const auto& id : named)
    ++holders[id.short_hex()];

  std::map<RunId, std::string> prefixes;
  for (const auto& id : named) {
    const bool unique = holders[id.short_hex()] == 1;
    prefixes[id] = concat('r', unique ? id.short_hex() : id.hex());
  }
  if (runs.size() == 1) prefixes[runs[0].record.parts.run.id] = "run";
  return prefixes;
}

/// What a run has to do with others. A run that were its own parent would have started itself.
RunNames names_of(const Prepared& prepared, const std::map<RunId, std::string>& prefixes,
                  const std::set<RunId>& described) {
  const auto& run = prepared.record.parts.run;
  const auto other = [&](const std::optional<RunId>& id) {
    return id && *id != run.id ? prefixes.at(*id) : std::string{};
  };
  RunNames names{prefixes.at(run.id), other(run.parent), other(run.rerun_of), {}};
  names.shared.resize(prepared.origins.size());
  for (std::size_t i = 0; i < prepared.origins.size(); ++i) {
    const auto& origin = prepared.origins[i];
    if (!origin) continue;
    const auto& prefix = prefixes.at(origin->run);
    names.shared[i] = SharedFile{
        file_name(prefix, prepared.record.parts.files[i].state.path),
        described.contains(origin->run) ? std::string{} : qualified(prefix, "run"), origin->run};
  }
  return names;
}

Prefixes prefixes_of(const std::map<RunId, std::string>& runs) {
  Prefixes prefixes;
  for (const auto& [prefix, iri] :
       {std::pair{"agent", agent_iri}, std::pair{"clew", clew_iri}, std::pair{"git", git_iri},
        std::pair{"group", group_iri}, std::pair{"mls", mls_iri}, std::pair{"prov", prov_iri},
        std::pair{"xsd", xsd_iri}}) {
    prefixes.emplace_back(prefix, iri);
  }
  for (const auto& [id, prefix] : runs)
    prefixes.emplace_back(prefix, concat(run_iri_start, id.hex(), '#'));
  return prefixes;
}

/// Moves the records of one run into a bundle, which the document describes as an entity.
void wrap(Document& document, std::vector<Record> records, const std::string& prefix) {
  const auto id = qualified(prefix, "bundle");
  const auto recorder = qualified(prefix, "clew");
  for (const auto& record : records) {
    if (record.kind == Kind::agent && record.id == recorder) document.records.push_back(record);
  }
  Builder out(document);
  out.element(Kind::entity, id, {type_of("prov:Bundle"), label_of(concat("record of ", prefix))});
  out.relation(Kind::was_attributed_to, {{"prov:entity", id}, {"prov:agent", recorder}});
  document.bundles.push_back({id, {}, std::move(records)});
}

}  // namespace

Document run_graph(std::vector<RunRecord> runs, const GraphOptions& options) {
  const auto prepared = prepare(std::move(runs), options);
  const auto prefixes = run_prefixes(prepared);
  std::set<RunId> described;
  for (const auto& run : prepared)
    described.insert(run.record.parts.run.id);

  Document document;
  document.prefixes = prefixes_of(prefixes);
  Document all;
  Builder shared(all);
  for (const auto& run : prepared) {
    // A bundle stands by itself: what it says of other runs, it says in full.
    auto names = names_of(run, prefixes, options.bundles ? std::set<RunId>{} : described);
    if (!options.bundles) {
      RunTemplate(shared, run.record, options, std::move(names)).write();
      continue;
    }
    Document one;
    Builder out(one);
    RunTemplate(out, run.record, options, names).write();
    settle_times(one.records);
    wrap(document, std::move(one.records), names.run);
  }
  if (!options.bundles) {
    document.records = std::move(all.records);
    settle_times(document.records);
  }
  if (options.seal) seal(document);
  return document;
}

}  // namespace clew::prov
