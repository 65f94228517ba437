#include "query/overlay.h"

#include <algorithm>

namespace clew::query {
namespace {

/// The order of the store: by start, of equal starts by id.
bool comes_before(const model::Run& a, const model::Run& b) {
  return a.started != b.started ? a.started > b.started : a.id < b.id;
}

const model::Run* find_run(const std::vector<model::Run>& runs, RunId id) {
  const auto found =
      std::find_if(runs.begin(), runs.end(), [&](const model::Run& run) { return run.id == id; });
  return found == runs.end() ? nullptr : &*found;
}

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
  std::sort(live.begin(), live.end(), comes_before);
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
