#include "verify_document.h"

#include <algorithm>
#include <system_error>
#include <vector>

#include "base/error.h"
#include "base/file_hash.h"
#include "base/text.h"
#include "capture/file_policy.h"
#include "document_difference.h"
#include "prov/lint.h"
#include "prov/read.h"
#include "prov/seal.h"
#include "prov_file.h"
#include "prov_records.h"
#include "query/catalog.h"
#include "replay_view.h"
#include "run_code.h"
#include "ui/progress.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

/// What came of comparing one claim with what is here.
enum class Verdict { proved, contradicted, unproved };

struct Check {
  Verdict state = Verdict::unproved;
  std::string what;  ///< "seal", "store", "code", "files"
  std::string text;
};
using Checks = std::vector<Check>;

std::string_view name_of(Verdict state) {
  if (state == Verdict::proved) return "ok";
  return state == Verdict::contradicted ? "wrong" : "unknown";
}

/// The catalog of the store, if there is one here.
std::optional<query::Catalog> find_catalog(const Session& session) {
  if (!session.location->exists) return std::nullopt;
  return query::Catalog::open(session.layout());
}

std::optional<model::RunParts> recorded(const query::Catalog& catalog, RunId id) {
  try {
    return catalog.full(id);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::usage) throw;
    return std::nullopt;
  }
}

Check prove_seal(const prov::Document& document) {
  switch (prov::check_seal(document)) {
    case prov::SealState::intact:
      return {Verdict::proved, "seal", "the document is as it was written"};
    case prov::SealState::broken:
      return {Verdict::contradicted, "seal", "the document was changed after it was written"};
    case prov::SealState::none:
      break;
  }
  return {Verdict::unproved, "seal", "the document has no digest of itself"};
}

Check check_digest(const prov::DescribedRun& run, const std::optional<model::RunParts>& known) {
  const auto& claimed = run.parts.digest;
  if (!known) return {Verdict::unproved, "store", "the run is not in a store here"};
  if (!claimed) return {Verdict::unproved, "store", "the run still went on when it was exported"};
  if (!known->digest) return {Verdict::unproved, "store", "the run is not sealed yet"};
  if (*claimed == *known->digest) {
    return {Verdict::proved, "store", concat("the run has the digest ", to_hex(*claimed))};
  }
  return {Verdict::contradicted, "store",
          concat("the digest of the run is ", to_hex(*known->digest), ", not ", to_hex(*claimed))};
}

Check check_code(const Session& session, const model::RunParts& parts) {
  if (parts.run.code.commit.empty()) return {Verdict::unproved, "code", "no snapshot was taken"};
  const std::string& commit = parts.run.code.commit;
  const auto code = open_code(session, parts.run);
  if (!code) {
    return {Verdict::unproved, "code",
            concat("the snapshot ", commit,
                   " is in no repository here; 'git fetch REMOTE "
                   "refs/clew/*:refs/clew/*' brings snapshots along")};
  }
  const std::string tree = code->tree(commit);
  if (!parts.run.code.tree.empty() && tree != parts.run.code.tree) {
    return {Verdict::contradicted, "code",
            concat("the snapshot ", commit, " has the tree ", tree, ", not ", parts.run.code.tree)};
  }
  if (const auto damaged = code->damaged(commit); !damaged.empty()) {
    return {Verdict::contradicted, "code",
            concat("the snapshot ", commit, " is damaged: ", damaged.front())};
  }
  return {Verdict::proved, "code", concat("the snapshot ", commit, " is whole")};
}

/// Compares the digests of files with those of the files that are here.
void check_files(const Session& session, const model::RunParts& parts, bool has_root,
                 Checks& checks) {
  const fs::path root = has_root && fs::is_directory(record::root_of(parts))
                            ? record::root_of(parts)
                            : capture::top_of_tree(session.directory);
  std::uint64_t same = 0;
  std::vector<std::string> missing;
  for (const model::File& file : parts.files) {
    const model::FileState& state = file.state;
    // Code is proved by the snapshot: what is in the work tree has gone on since.
    if (state.role == model::Role::code || state.gone) continue;
    if (state.digest != model::DigestKind::whole) continue;
    std::optional<Digest> digest;
    try {
      digest = sha256_of_file(root / state.path);
    } catch (const Error&) {
      // What cannot be read proves nothing.
    }
    if (!digest) {
      missing.push_back(ui::printable(state.path));
    } else if (to_hex(*digest) == state.sha256) {
      ++same;
    } else {
      checks.push_back({Verdict::contradicted, "files",
                        concat("'", ui::printable(state.path), "' has the digest ", to_hex(*digest),
                               ", not ", state.sha256)});
    }
  }
  if (same > 0) {
    checks.push_back({Verdict::proved, "files",
                      concat(ui::counted(same, "file"), same == 1 ? " has" : " have",
                             " the digest that the document names")});
  }
  if (!missing.empty()) {
    checks.push_back({Verdict::unproved, "files",
                      concat(ui::counted(missing.size(), "file"), " cannot be read here, '",
                             missing.front(), "' for one")});
  }
}

/// Makes the document anew from the store and names what differs. Annotations may change after an
/// export; everything else may not.
void compare_with_store(Session& session, const prov::Document& document,
                        const std::vector<prov::DescribedRun>& described,
                        const query::Catalog& catalog, Checks& checks) {
  std::vector<model::Run> runs;
  for (const prov::DescribedRun& run : described) {
    auto known = recorded(catalog, run.parts.run.id);
    if (!known) return;
    runs.push_back(std::move(known->run));
  }
  const prov::DescribedRun& first = described.front();
  prov::GraphOptions options;
  options.version = first.version;
  options.with_series = first.has_option("with-series");
  options.processes = first.has_option("processes");
  options.infer_derivations = first.has_option("infer-derivations");
  options.anonymous = first.has_option("anonymous");
  options.bundles = first.has_option("bundles");
  ui::Progress progress(session.err, "reading runs", runs.size());
  const prov::Document again = prov::run_graph(prov_records(catalog, runs, progress), options);
  for (const DocumentDifference& difference : document_differences(document, again)) {
    checks.push_back({difference.annotation ? Verdict::unproved : Verdict::contradicted, "store",
                      difference.text});
  }
}

void print(Session& session, const std::string& title, const Checks& checks) {
  session.out.write(ui::Label::heading, title);
  session.out.line();
  for (const Check& check : checks) {
    const ui::Label label = check.state == Verdict::proved         ? ui::Label::good
                            : check.state == Verdict::contradicted ? ui::Label::bad
                                                                   : ui::Label::warning;
    session.out.write("  ");
    session.out.write(label, ui::padded(name_of(check.state), 7));
    session.out.line(concat("  ", check.what, ": ", check.text));
  }
}

Json to_json(const Checks& checks) {
  Json::Array list;
  for (const Check& check : checks) {
    list.emplace_back(
        Json::Object{{"what", check.what}, {"state", name_of(check.state)}, {"text", check.text}});
  }
  return list;
}

bool contradicted(const Checks& checks) {
  return std::any_of(checks.begin(), checks.end(),
                     [](const Check& check) { return check.state == Verdict::contradicted; });
}

int report_faults(Session& session, const std::string& path,
                  const std::vector<prov::Finding>& findings) {
  Json::Array list;
  for (const prov::Finding& finding : findings) {
    if (session.global.json) {
      list.emplace_back(Json::Object{
          {"where", finding.where},
          {"what", finding.what},
          {"constraint", finding.constraint.empty() ? Json() : Json(finding.constraint)}});
      continue;
    }
    session.out.write(ui::Label::bad, ui::printable(finding.where));
    session.out.line(
        concat(": ", ui::printable(finding.what),
               finding.constraint.empty() ? "" : concat(" (constraint ", finding.constraint, ')')));
  }
  if (session.global.json) {
    session.out.line(dump_json(
        Json(Json::Object{{"file", path}, {"sound", false}, {"findings", std::move(list)}})));
  } else {
    session.out.line(
        concat("'", path, "' is no sound PROV-JSON: ", ui::counted(findings.size(), "fault")));
  }
  return 1;
}

}  // namespace

int verify_document(Session& session, const std::string& path) {
  const Json json = read_document(session, path);
  const auto findings = prov::lint(json);
  if (!findings.empty()) return report_faults(session, path, findings);
  const prov::Document document = prov::read_prov_json(json);
  const std::vector<prov::DescribedRun> runs = prov::runs_of(document);
  Checks whole;
  Json::Array told;
  bool good = true;
  if (!runs.empty()) {
    const auto catalog = find_catalog(session);
    whole.push_back(prove_seal(document));
    if (catalog) compare_with_store(session, document, runs, *catalog, whole);
    for (const prov::DescribedRun& run : runs) {
      const model::RunParts& parts = run.parts;
      const auto known = catalog ? recorded(*catalog, parts.run.id) : std::nullopt;
      Checks checks{check_digest(run, known), check_code(session, parts)};
      check_files(session, parts, known.has_value(), checks);
      good = good && !contradicted(checks);
      if (session.global.json) {
        told.emplace_back(Json::Object{{"run", parts.run.id.hex()}, {"checks", to_json(checks)}});
      } else {
        print(session, concat("run ", parts.run.id.hex()), checks);
      }
    }
  }
  good = good && !contradicted(whole);
  if (session.global.json) {
    session.out.line(dump_json(Json(Json::Object{{"file", path},
                                                 {"sound", true},
                                                 {"proved", good},
                                                 {"checks", to_json(whole)},
                                                 {"runs", std::move(told)}})));
    return good ? 0 : 1;
  }
  print(session, "document", whole);
  if (runs.empty()) {
    session.out.line(concat("'", path,
                            "' is sound PROV-JSON; no clew wrote it, so there is nothing "
                            "to prove"));
  } else {
    session.out.line(concat("'", path,
                            good ? "' is sound, and nothing here contradicts it"
                                 : "' is sound PROV-JSON, but not true"));
  }
  return good ? 0 : 1;
}

}  // namespace clew::cmd
