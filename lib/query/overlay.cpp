#include "query/overlay.h"

#include <algorithm>
#include <iterator>

#include "model/encoding.h"
#include "model/run_view.h"
#include "store/row_group.h"

namespace clew::query {
namespace {

/// The order of the store: by start, of equal starts by id.
template <typename Other>
bool comes_before(const model::Run& a, const Other& b) {
  return a.started != b.started ? a.started > b.started : a.id < b.id;
}

const model::Run* find_run(const std::vector<model::Run>& runs, RunId id) {
  const auto found =
      std::find_if(runs.begin(), runs.end(), [&](const model::Run& run) { return run.id == id; });
  return found == runs.end() ? nullptr : &*found;
}

class SealedChunks final : public PointChunks {
 public:
  /// `reader` gives the view of the store that is open at the moment.
  SealedChunks(std::function<store::Reader()> reader, RunId id, std::string_view name)
      : reader_(std::move(reader)), id_(id), name_(name) {}
  bool next(std::vector<model::Point>& points) override {
    return reader_().chunk(id_, name_, next_++, points);
  }

 private:
  std::function<store::Reader()> reader_;
  RunId id_;
  std::string name_;
  std::uint32_t next_ = 0;
};

/// The series of a live run: its spool has no chunks.
class WholeSeries final : public PointChunks {
 public:
  explicit WholeSeries(std::optional<model::Series> series) : series_(std::move(series)) {}
  bool next(std::vector<model::Point>& points) override {
    if (!series_) return false;
    points.insert(points.end(), series_->points.begin(), series_->points.end());
    series_.reset();
    return true;
  }

 private:
  std::optional<model::Series> series_;
};

std::optional<model::RunParts> sealed_parts(const store::Reader& reader, RunId id) {
  auto run = reader.run(id);
  if (!run) return std::nullopt;
  return model::RunParts{.run = std::move(*run),
                         .environment = reader.environment(id),
                         .changes = reader.changes(id),
                         .artifacts = reader.artifacts(id),
                         .processes = reader.processes(id),
                         .files = reader.files(id),
                         .capture = reader.capture(id),
                         .firings = reader.firings(id),
                         .digest = reader.digest(id)};
}

}  // namespace

std::vector<model::Run> Overlay::list_live() {
  auto runs = live_->runs();
  for (const auto& run : runs)
    seen_live_.insert(run.id);
  return runs;
}

void Overlay::open() {
  store_ = std::make_shared<store::Store>(open_store_());
}

store::Reader Overlay::reader() {
  if (!store_) open();
  return store_->reader();
}

store::Reader Overlay::reader_after(const std::vector<model::Run>& live) {
  const bool fresh = !store_;
  bool missing = false;
  const store::Reader before = reader();
  std::erase_if(seen_live_, [&](RunId id) {
    if (find_run(live, id) != nullptr) return false;
    missing = missing || !before.run(id);
    return true;
  });
  if (missing && !fresh) open();
  return reader();
}

/// Looks among the sealed runs, then among the live ones, then once more among the sealed: it may
/// have been sealed in between.
template <typename Sealed, typename Live>
auto Overlay::either(Sealed sealed, Live live) -> decltype(live()) {
  if (auto found = sealed(reader())) return found;
  if (auto found = live()) return found;
  open();
  return sealed(reader());
}

void Overlay::each(const std::function<bool(model::Run&&)>& visit) {
  std::vector<model::Run> live = list_live();
  const store::Reader sealed = reader_after(live);
  std::sort(live.begin(), live.end(), comes_before<model::Run>);
  std::erase_if(live, [&](const model::Run& run) { return sealed.run(run.id).has_value(); });

  auto next = live.begin();
  bool more = true;
  sealed.runs([&](model::Run&& run) {
    while (more && next != live.end() && comes_before(*next, run))
      more = visit(std::move(*next++));
    more = more && visit(std::move(run));
    return more;
  });
  while (more && next != live.end())
    more = visit(std::move(*next++));
}

void Overlay::each_row(const std::function<bool(std::string_view)>& visit) {
  each_row(visit, [](const store::RowGroup&) { return false; });
}

void Overlay::each_row(const std::function<bool(std::string_view)>& visit,
                       const std::function<bool(const store::RowGroup&)>& take) {
  std::vector<model::Run> live = list_live();
  const store::Reader sealed = reader_after(live);
  std::sort(live.begin(), live.end(), comes_before<model::Run>);
  std::erase_if(live, [&](const model::Run& run) { return sealed.run(run.id).has_value(); });

  auto next = live.begin();
  bool more = true;
  const auto visit_row = [&](std::string_view row) {
    if (next != live.end()) {
      const model::RunView run(row);
      while (more && next != live.end() && comes_before(*next, run))
        more = visit(model::encode_run(*next++));
    }
    more = more && visit(row);
    return more;
  };
  sealed.header_rows(visit_row, [&](const store::RowGroup& group) {
    // A live run that has its place among the rows of the group needs them one by one; so does one
    // that has it before them.
    const bool apart = next == live.end() || group.is_before(next->started, next->id);
    return apart && take(group);
  });
  while (more && next != live.end())
    more = visit(model::encode_run(*next++));
}

std::vector<std::string> Overlay::page(PagePosition& position, std::size_t count) {
  if (position.begun) return reader().header_page(position.sealed, count);
  position.begun = true;
  const std::vector<model::Run> live = list_live();
  const store::Reader sealed = reader_after(live);
  std::vector<std::string> rows;
  for (const auto& run : live) {
    if (!sealed.run(run.id)) rows.push_back(model::encode_run(run));
  }
  return rows.empty() ? sealed.header_page(position.sealed, count) : rows;
}

std::optional<model::Run> Overlay::header(RunId id) {
  const std::vector<model::Run> live = list_live();
  if (auto run = reader_after(live).run(id)) return run;
  const model::Run* run = find_run(live, id);
  return run == nullptr ? std::nullopt : std::optional(*run);
}

std::set<RunId> Overlay::with_prefix(std::string_view hex, std::size_t limit) {
  const std::vector<model::Run> live = list_live();
  const auto sealed = reader_after(live).with_prefix(hex, limit);
  std::set<RunId> ids(sealed.begin(), sealed.end());
  for (const auto& run : live) {
    if (run.id.hex().starts_with(hex)) ids.insert(run.id);
  }
  return ids;
}

std::optional<model::RunParts> Overlay::full(RunId id) {
  return either([&](const store::Reader& sealed) { return sealed_parts(sealed, id); },
                [&] { return live_->run(id); });
}

std::optional<model::Series> Overlay::series(RunId id, std::string_view name) {
  return either([&](const store::Reader& sealed) { return sealed.series(id, name); },
                [&] { return live_->series(id, name); });
}

FileView Overlay::file_view() {
  const std::vector<model::Run> live = list_live();
  std::vector<model::RunParts> parts;
  bool missing = false;
  for (const auto& run : live) {
    auto one = live_->run(run.id);
    missing = missing || !one;
    if (one) parts.push_back(std::move(*one));
  }
  const store::Reader sealed = reader_after(live);
  if (missing) open();
  std::erase_if(parts,
                [&](const model::RunParts& one) { return sealed.run(one.run.id).has_value(); });
  return {store_, std::move(parts)};
}

std::vector<model::Point> Overlay::points_at(RunId id, std::string_view name, std::int64_t step) {
  const store::Reader sealed = reader();
  std::vector<model::Point> points = sealed.points_at(id, name, step);
  if (!points.empty() || sealed.digest(id)) return points;
  if (auto series = this->series(id, name)) {
    std::copy_if(series->points.begin(), series->points.end(), std::back_inserter(points),
                 [step](const model::Point& point) { return point.step == step; });
  }
  return points;
}

template <typename Part, typename FromReader>
Part Overlay::part(RunId id, Part model::RunParts::*member, FromReader from_reader) {
  const store::Reader sealed = reader();
  if (sealed.digest(id)) return from_reader(sealed);
  auto parts = full(id);
  return parts ? std::move((*parts).*member) : Part();
}

Json Overlay::environment(RunId id) {
  return part(id, &model::RunParts::environment,
              [&](const store::Reader& sealed) { return sealed.environment(id); });
}

std::vector<model::ParamChange> Overlay::changes(RunId id) {
  return part(id, &model::RunParts::changes,
              [&](const store::Reader& sealed) { return sealed.changes(id); });
}

std::vector<model::Process> Overlay::processes(RunId id) {
  return part(id, &model::RunParts::processes,
              [&](const store::Reader& sealed) { return sealed.processes(id); });
}

std::vector<model::File> Overlay::files(RunId id) {
  return part(id, &model::RunParts::files,
              [&](const store::Reader& sealed) { return sealed.files(id); });
}

std::vector<model::Firing> Overlay::firings(RunId id) {
  return part(id, &model::RunParts::firings,
              [&](const store::Reader& sealed) { return sealed.firings(id); });
}

std::unique_ptr<PointChunks> Overlay::chunks(RunId id, std::string_view name) {
  const store::Reader sealed = reader();
  if (sealed.digest(id))
    return std::make_unique<SealedChunks>([this] { return reader(); }, id, name);
  return std::make_unique<WholeSeries>(series(id, name));
}

std::optional<std::vector<model::Stretch>> Overlay::stretches(RunId id, std::string_view name,
                                                              std::size_t most,
                                                              model::StretchEnds ends) {
  const auto live = [&]() -> std::optional<std::vector<model::Stretch>> {
    const auto series = live_->series(id, name);
    if (!series) return std::nullopt;
    return model::stretches_of(series->points, std::max<std::size_t>(most, 1));
  };
  return either([&](const store::Reader& sealed) { return sealed.stretches(id, name, most, ends); },
                live);
}

bool Overlay::output(RunId id, const std::function<bool(store::OutputPiece&&)>& visit) {
  const auto sealed = [&](const store::Reader& reader) {
    if (!reader.run(id)) return false;
    reader.output(id, visit);
    return true;
  };
  const auto live = [&] {
    bool any = false;
    live_->output(id, [&](model::OutputEvent&& event) {
      any = true;
      return visit({event.stream, event.time, std::move(event.bytes)});
    });
    return any || find_run(list_live(), id) != nullptr;
  };
  return either(sealed, live);
}

}  // namespace clew::query
