#include "verify.h"

#include <set>

#include "base/error.h"
#include "base/text.h"
#include "prov_file.h"
#include "query/catalog.h"
#include "run_code.h"
#include "store/verify.h"
#include "ui/progress.h"
#include "ui/values.h"
#include "verify_document.h"

namespace clew::cmd {

namespace {

constexpr int kDamaged = 5;

/// The damages as they are found: printed, or gathered for JSON.
class Report {
 public:
  explicit Report(Session& session) : session_(session) {}

  void add(const store::Damage& damage) {
    ++count_;
    if (session_.global.json) {
      list_.emplace_back(Json::Object{{"run", damage.run ? Json(damage.run->hex()) : Json()},
                                      {"part", damage.part},
                                      {"problem", damage.problem}});
      return;
    }
    session_.out.write(ui::Label::bad, "damaged");
    session_.out.line(concat("  ", damage.run ? concat("run ", damage.run->hex(), ", ") : "",
                             ui::printable(damage.part), ": ", ui::printable(damage.problem)));
  }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] Json::Array take() { return std::move(list_); }

 private:
  Session& session_;
  std::uint64_t count_ = 0;
  Json::Array list_;
};

/// The snapshots of the runs, each once: their objects in git.
std::uint64_t check_snapshots(const Session& session, const std::vector<model::Run>& runs,
                              Report& report) {
  std::set<std::string> seen;
  for (const model::Run& run : runs) {
    if (run.code.commit.empty() || !seen.insert(run.code.commit).second) continue;
    const auto code = open_code(session, run);
    if (!code) {
      report.add({run.id, "snapshot",
                  concat("the commit ", run.code.commit, " is in no repository that is here")});
      continue;
    }
    if (!run.code.tree.empty() && code->tree(run.code.commit) != run.code.tree) {
      report.add({run.id, "snapshot", "its tree is another than was recorded"});
    }
    for (const std::string& object : code->damaged(run.code.commit))
      report.add({run.id, "snapshot", concat(object, " is missing or damaged")});
  }
  return seen.size();
}

int verify_store(Session& session, const std::vector<std::string>& words) {
  Report report(session);
  store::VerifyRequest request;
  std::vector<model::Run> runs;
  {
    const query::Catalog catalog = query::Catalog::open(session.layout());
    if (words.empty()) {
      // Headers that cannot be read are found again, and told, below.
      try {
        runs = catalog.runs();
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::damaged) throw;
      }
    } else {
      request.runs.emplace();
      for (const std::string& word : words) {
        runs.push_back(catalog.find(word));
        if (runs.back().state == model::State::running) {
          throw Error(ErrorKind::usage, concat("the run '", word, "' still goes on"),
                      {"it can be verified when it has ended"});
        }
        request.runs->push_back(runs.back().id);
      }
    }
  }
  ui::Progress progress(session.err, "verifying", runs.size());
  request.found = [&](const store::Damage& damage) { report.add(damage); };
  request.progress = [&](std::uint64_t done, std::uint64_t) { progress.update(done); };
  const store::Store store = store::Store::open_for_reading(session.layout());
  const store::Checked checked = store::verify(store.database(), session.layout(), request);
  const std::uint64_t snapshots = check_snapshots(session, runs, report);
  if (session.global.json) {
    Json answer;
    answer["runs"] = checked.runs;
    answer["points"] = checked.points;
    answer["objects"] = checked.objects;
    answer["snapshots"] = snapshots;
    answer["damaged"] = report.take();
    session.out.line(dump_json(answer));
  } else {
    session.out.line(concat(
        ui::counted(checked.runs, "run"), ", ", ui::counted(checked.points, "point"), ", ",
        ui::counted(checked.objects, "object"), ", ", ui::counted(snapshots, "snapshot"), ": ",
        report.count() == 0 ? "all as they were written" : ui::counted(report.count(), "damage")));
  }
  return report.count() == 0 ? 0 : kDamaged;
}

}  // namespace

void declare_verify(Declaration& declaration, VerifyOptions& options) {
  declaration
      .positional("WHAT", options.what,
                  "Runs, or files of PROV-JSON; the whole store when there is none")
      .completes = Completes::run;
  declaration.description =
      "Checks that a store still is what was written into it: every checksum, the digest of every "
      "part of every run, the chain of the seal log, what the runs printed, the files that were "
      "kept, and the snapshots in git. What is damaged is named, and the exit code is 5. It shows "
      "loss and accident, not the work of an owner of the store who rewrites everything.\n\n"
      "A FILE.json is checked as a PROV document, whoever wrote it: its form, and the constraints "
      "of PROV with their numbers. One that clew exported is then proved: that it was not edited "
      "since, that the digests in it are those of the store, of the git repository and of the "
      "files that are here. What is not here cannot be proved, and is said. The exit code is 1 "
      "where the document is wrong or anything contradicts it.";
  declaration.examples = {
      {"clew verify", "the whole store"},
      {"clew verify @ baseline", "two runs"},
      {"clew verify prov.json", "a document"},
  };
}

int run_verify(Session& session, const VerifyOptions& options) {
  std::vector<std::string> runs;
  std::vector<std::string> documents;
  for (const std::string& word : options.what)
    (names_document(word) ? documents : runs).push_back(word);
  int code = 0;
  for (const std::string& document : documents)
    code = std::max(code, verify_document(session, document));
  if (!runs.empty() || documents.empty()) code = std::max(code, verify_store(session, runs));
  return code;
}

}  // namespace clew::cmd
