#include "prov_records.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>

#include "base/error.h"
#include "base/hash.h"
#include "base/text.h"
#include "prov/lint.h"
#include "query/file_view.h"

namespace clew::cmd {

namespace {

/// Finds the runs that made a file. Refers to the catalog, which must outlive it, and looks at its
/// files when the first one is asked for.
class Origins {
 public:
  explicit Origins(const query::Catalog& catalog) : catalog_(catalog) {}

  std::optional<prov::FileOrigin> find(const std::string& path, const std::string& sha256,
                                       Time read) {
    const auto digest = digest_from_hex(sha256);
    if (!digest) return std::nullopt;
    if (!files_) files_.emplace(catalog_.file_view());
    if (!any_ended_by(read)) return std::nullopt;
    std::optional<prov::FileOrigin> newest;
    for (const store::FileMention& mention : files_->makers_of(*digest)) {
      if (mention.path != path) continue;
      // A run is known to have left the file so only when it has ended.
      const auto ended = end_of(mention.run);
      if (!ended || *ended > read || (newest && newest->generated >= *ended)) continue;
      newest = prov::FileOrigin{mention.run, *ended};
    }
    return newest;
  }

 private:
  /// Of the first runs of a store none can have come from another one, and there are many files.
  bool any_ended_by(Time time) {
    if (first_end_ && *first_end_ <= time) return true;
    if (all_seen_) return false;
    all_seen_ = true;
    catalog_.each_row([&](model::RunView& run) {
      if (run.ended && (!first_end_ || *run.ended < *first_end_)) first_end_ = run.ended;
      all_seen_ = !first_end_ || *first_end_ > time;
      return all_seen_;
    });
    return first_end_ && *first_end_ <= time;
  }

  std::optional<Time> end_of(RunId id) {
    const auto [place, added] = ends_.try_emplace(id);
    if (!added) return place->second;
    if (const auto run = files_->run(id)) place->second = run->ended;
    return place->second;
  }

  const query::Catalog& catalog_;
  std::optional<query::FileView> files_;
  std::optional<Time> first_end_;  // the earliest end of a run that is known
  bool all_seen_ = false;          // is it the earliest of all?
  std::map<RunId, std::optional<Time>> ends_;
};

}  // namespace

std::vector<prov::RunRecord> prov_records(const query::Catalog& catalog,
                                          const std::vector<model::Run>& runs,
                                          ui::Progress& progress) {
  const auto origins = std::make_shared<Origins>(catalog);
  std::vector<prov::RunRecord> records;
  for (const model::Run& run : runs) {
    prov::RunRecord record;
    record.parts = catalog.full(run.id);
    record.series = [&catalog, id = run.id](const std::string& metric) {
      return catalog.series(id, metric);
    };
    record.origin = [origins](const std::string& path, const std::string& sha256, Time read) {
      return origins->find(path, sha256, read);
    };
    catalog.output(run.id, [&record](store::OutputPiece&&) {
      record.has_output = true;
      return false;
    });
    records.push_back(std::move(record));
    progress.update(records.size());
  }
  return records;
}

void require_sound(const prov::Document& document) {
  const std::vector<prov::Finding> findings = prov::lint(document);
  if (findings.empty()) return;
  std::vector<std::string> others;
  for (std::size_t i = 1; i < std::min<std::size_t>(findings.size(), 5); ++i) {
    others.push_back(concat("also at '", findings[i].where, "': ", findings[i].what));
  }
  const prov::Finding& first = findings.front();
  std::string rule = first.constraint.empty() ? "" : concat(" (constraint ", first.constraint, ')');
  throw Error(ErrorKind::bug,
              concat("the exported PROV is not valid at '", first.where, "': ", first.what, rule),
              std::move(others));
}

}  // namespace clew::cmd
