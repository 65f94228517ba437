#include "query/catalog.h"

#include <algorithm>
#include <unordered_map>

#include "base/error.h"
#include "base/text.h"
#include "model/encoding.h"
#include "query/file_view.h"
#include "query/overlay.h"
#include "record/live.h"

namespace clew::query {
namespace {

constexpr std::size_t kShortestPrefix = 4;
constexpr std::size_t kIdDigits = 16;
constexpr std::size_t kCandidates = 5;  // listed for an ambiguous word

/// The runs of a store that are not sealed yet.
class UnsealedRuns : public LiveRuns {
 public:
  explicit UnsealedRuns(const store::Layout& layout) : reader_(layout) {}

  [[nodiscard]] std::vector<model::Run> runs() const override { return reader_.runs(); }
  [[nodiscard]] std::optional<model::RunParts> run(RunId id) const override {
    return reader_.run(id);
  }
  [[nodiscard]] std::optional<model::Series> series(RunId id,
                                                    std::string_view name) const override {
    return reader_.series(id, name);
  }
  void output(RunId id, const std::function<bool(model::OutputEvent&&)>& visit) const override {
    reader_.output(id, visit);
  }

 private:
  record::LiveReader reader_;
};

bool is_prefix(std::string_view word) {
  return word.size() >= kShortestPrefix && word.size() <= kIdDigits &&
         word.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

/// How many runs before the newest "@" or "@~N" means; nullopt where the word is neither.
std::optional<std::size_t> place_from(std::string_view word) {
  if (word == "@") return 0;
  if (!word.starts_with("@~")) return std::nullopt;
  word.remove_prefix(2);
  if (word.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  const auto number = parse_int(word);
  if (!number) return std::nullopt;
  return static_cast<std::size_t>(*number);
}

/// What a hint says of a run: its id, name and start to the second.
std::string describe(const model::Run& run) {
  const std::string name = run.name.empty() ? std::string() : concat(' ', valid_utf8(run.name));
  return concat(run.id.hex(), name, ' ', format_time(run.started).substr(0, 19), 'Z');
}

Error ambiguous(std::string_view word, const std::vector<model::Run>& candidates) {
  std::vector<std::string> hints;
  for (const auto& run : candidates) {
    if (hints.size() == kCandidates) break;
    hints.push_back(describe(run));
  }
  if (candidates.size() > kCandidates) hints.emplace_back("… and more");
  hints.push_back(concat("name one by its id: 'clew show ", candidates.front().id.hex(), '\''));
  return {ErrorKind::usage, concat("ambiguous run '", word, '\''), std::move(hints)};
}

std::vector<std::string> similar(std::string_view word,
                                 const std::vector<std::string>& candidates) {
  std::vector<std::string> quoted;
  for (const auto& candidate : suggestions(word, candidates))
    quoted.push_back(concat('\'', candidate, '\''));
  if (quoted.empty()) return {};
  return {concat("did you mean ", join(quoted, " or "), '?')};
}

}  // namespace

RunSpec parse_spec(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return {std::string(text), std::nullopt};
  return {std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
}

struct Catalog::State {
  store::Layout layout;
  Overlay overlay;

  [[nodiscard]] std::optional<model::Run> nth(std::size_t place);
  [[nodiscard]] std::optional<model::Run> by_prefix(std::string_view word);
  [[nodiscard]] std::optional<model::Run> by_name_or_tag(std::string_view word);
  [[nodiscard]] Error unknown(std::string_view word);
  [[nodiscard]] Error unknown_metric(RunId id, std::string_view name);
};

std::optional<model::Run> Catalog::State::nth(std::size_t place) {
  std::optional<model::Run> found;
  overlay.each([&](model::Run&& run) {
    if (place == 0) found = std::move(run);
    return place-- > 0;
  });
  return found;
}

std::optional<model::Run> Catalog::State::by_prefix(std::string_view word) {
  const auto ids = overlay.with_prefix(to_lower(word), kCandidates + 1);
  if (ids.size() == 1) return overlay.header(*ids.begin());
  std::vector<model::Run> candidates;
  for (const RunId id : ids) {
    if (candidates.size() > kCandidates) break;
    if (auto run = overlay.header(id)) candidates.push_back(std::move(*run));
  }
  if (!candidates.empty()) throw ambiguous(word, candidates);
  return std::nullopt;
}

std::optional<model::Run> Catalog::State::by_name_or_tag(std::string_view word) {
  std::vector<model::Run> named;
  std::optional<model::Run> tagged;
  overlay.each([&](model::Run&& run) {
    if (run.name == word) {
      named.push_back(std::move(run));
    } else if (!tagged && std::find(run.tags.begin(), run.tags.end(), word) != run.tags.end()) {
      tagged = std::move(run);
    }
    return named.size() <= kCandidates;
  });
  if (named.size() > 1) throw ambiguous(word, named);
  if (named.size() == 1) return std::move(named.front());
  return tagged;
}

Error Catalog::State::unknown(std::string_view word) {
  std::set<std::string> names;
  overlay.each([&](model::Run&& run) {
    names.insert(run.id.short_hex());
    if (!run.name.empty()) names.insert(run.name);
    names.insert(run.tags.begin(), run.tags.end());
    return true;
  });
  const std::string message = concat("unknown run '", word, '\'');
  if (names.empty()) {
    return {ErrorKind::usage,
            message,
            {"nothing is recorded here yet; 'clew run -- COMMAND' records a run"}};
  }
  auto hints = similar(word, {names.begin(), names.end()});
  hints.emplace_back("'clew log' lists the runs");
  return {ErrorKind::usage, message, std::move(hints)};
}

Error Catalog::State::unknown_metric(RunId id, std::string_view name) {
  const auto run = overlay.header(id);
  if (!run) return unknown(id.hex());
  std::vector<std::string> names;
  for (const auto& metric : run->metrics)
    names.push_back(metric.name);
  auto hints = similar(name, names);
  hints.push_back(concat("'clew show ", id.short_hex(), "' lists the metrics of the run"));
  return {ErrorKind::usage, concat("unknown metric '", name, "' of run '", id.short_hex(), '\''),
          std::move(hints)};
}

Catalog::Catalog(const store::Layout& layout, std::unique_ptr<LiveRuns> live,
                 std::function<store::Store()> open_store)
    : state_(new State{layout, Overlay(std::move(live), std::move(open_store))}) {}
Catalog::~Catalog() = default;
Catalog::Catalog(Catalog&&) noexcept = default;
Catalog& Catalog::operator=(Catalog&&) noexcept = default;

Catalog Catalog::open(const store::Layout& layout) {
  store::check_format(layout, false);
  return Catalog(layout, std::make_unique<UnsealedRuns>(layout),
                 [layout] { return store::Store::open_for_reading(layout); });
}

std::vector<model::Run> Catalog::runs(std::size_t limit) const {
  std::vector<model::Run> runs;
  if (limit == 0) return runs;
  state_->overlay.each([&](model::Run&& run) {
    runs.push_back(std::move(run));
    return runs.size() < limit;
  });
  return runs;
}

std::vector<model::Run> Catalog::runs(const std::vector<RunId>& ids) const {
  std::vector<model::Run> runs;
  // For many, one pass over all is quicker than as many searches.
  constexpr std::size_t kMany = 1000;
  if (ids.size() < kMany) {
    for (const RunId id : ids) {
      if (auto run = state_->overlay.header(id)) runs.push_back(std::move(*run));
    }
    return runs;
  }
  std::unordered_map<RunId, std::size_t> places;
  for (std::size_t i = 0; i < ids.size(); ++i)
    places.emplace(ids[i], i);
  std::vector<std::optional<model::Run>> found(ids.size());
  state_->overlay.each_row([&](std::string_view row) {
    const auto place = places.find(model::RunView(row).id);
    if (place != places.end()) found[place->second] = model::decode_run(row);
    return true;
  });
  for (auto& run : found) {
    if (run) runs.push_back(std::move(*run));
  }
  return runs;
}

void Catalog::each_row(const std::function<bool(model::RunView&)>& visit) const {
  each_row(visit, [](const store::RowGroup&) { return false; });
}

void Catalog::each_row(const std::function<bool(model::RunView&)>& visit,
                       const std::function<bool(const store::RowGroup&)>& take) const {
  const auto visit_row = [&](std::string_view row) {
    model::RunView run(row);
    return visit(run);
  };
  state_->overlay.each_row(visit_row, take);
}

std::vector<std::string> Catalog::row_page(PagePosition& position, std::size_t count) const {
  return state_->overlay.page(position, count);
}

std::vector<std::string> Catalog::row(RunId id) const {
  const auto run = state_->overlay.header(id);
  if (!run) return {};
  return {model::encode_run(*run)};
}

model::Run Catalog::find(std::string_view word) const {
  std::optional<model::Run> found;
  if (const auto place = place_from(word)) {
    found = state_->nth(*place);
  } else {
    if (is_prefix(word)) found = state_->by_prefix(word);
    if (!found && !word.empty()) found = state_->by_name_or_tag(word);
  }
  if (!found) throw state_->unknown(word);
  return std::move(*found);
}

model::RunParts Catalog::full(RunId id) const {
  auto parts = state_->overlay.full(id);
  if (!parts) throw state_->unknown(id.hex());
  return std::move(*parts);
}

model::Series Catalog::series(RunId id, std::string_view name) const {
  if (auto series = state_->overlay.series(id, name)) return std::move(*series);
  throw state_->unknown_metric(id, name);
}

std::vector<model::Stretch> Catalog::stretches(RunId id, std::string_view name, std::size_t most,
                                               model::StretchEnds ends) const {
  if (auto found = state_->overlay.stretches(id, name, most, ends)) return std::move(*found);
  throw state_->unknown_metric(id, name);
}

std::vector<model::Point> Catalog::points_at(RunId id, std::string_view name,
                                             std::int64_t step) const {
  return state_->overlay.points_at(id, name, step);
}

std::optional<double> Catalog::value_at(RunId id, std::string_view name, std::int64_t step) const {
  const auto points = points_at(id, name, step);
  return points.empty() ? std::nullopt : std::optional(points.back().value);
}

std::unique_ptr<PointChunks> Catalog::chunks(RunId id, std::string_view name) const {
  return state_->overlay.chunks(id, name);
}

Json Catalog::environment(RunId id) const {
  return state_->overlay.environment(id);
}

std::vector<model::ParamChange> Catalog::changes(RunId id) const {
  return state_->overlay.changes(id);
}

std::vector<model::Process> Catalog::processes(RunId id) const {
  return state_->overlay.processes(id);
}

std::vector<model::File> Catalog::files(RunId id) const {
  return state_->overlay.files(id);
}

std::vector<model::Firing> Catalog::firings(RunId id) const {
  return state_->overlay.firings(id);
}

void Catalog::output(RunId id, const std::function<bool(store::OutputPiece&&)>& visit) const {
  if (!state_->overlay.output(id, visit)) throw state_->unknown(id.hex());
}

FileView Catalog::file_view() const {
  return state_->overlay.file_view();
}

const store::Layout& Catalog::layout() const {
  return state_->layout;
}

}  // namespace clew::query
