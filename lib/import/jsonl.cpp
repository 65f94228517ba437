#include "import/jsonl.h"

#include <map>

#include "base/error.h"
#include "base/text.h"
#include "import/fields.h"
#include "import/run_line.h"

namespace clew::importer {
namespace {

/// A run of the file, under the id that the file gives it.
struct KnownRun {
  RunId id;
  Time started = 0;
  std::map<std::string, Json, std::less<>> params;  // current values
};

/// What a line of points says.
struct PointsLine {
  KnownRun* run = nullptr;
  model::MetricSource source = model::MetricSource::api;
  std::optional<std::int64_t> step;
  Time time = 0;
  std::vector<std::pair<std::string_view, double>> values;
};

class LineReader {
 public:
  explicit LineReader(Receiver& receiver) : receiver_(receiver) {}

  /// Takes a line. What the receiver throws passes through as it is.
  void read(std::size_t number, std::string_view text) {
    try {
      parse(text);
    } catch (const Malformed& fault) {
      throw Error(ErrorKind::failed, concat("line ", number, ": ", fault.what));
    }
    deliver();
  }

 private:
  void parse(std::string_view text) {
    try {
      line_ = parse_json(text);
    } catch (const Error& error) {
      throw Malformed{error.message()};
    }
    if (!line_.is_object()) throw Malformed{"not a JSON object"};
    const std::string& kind = Fields(line_.as_object(), "line").need_text("kind");
    run_.reset();
    points_.reset();
    changes_.clear();
    if (kind == "run") {
      parse_run();
    } else if (kind == "metrics") {
      parse_points();
    } else if (kind == "param") {
      parse_change();
    } else {
      throw Malformed{concat("unknown kind '", kind, "' of line: run, metrics or param")};
    }
  }

  /// Tells the receiver what the line just parsed says.
  void deliver() {
    if (run_) {
      KnownRun known{{}, run_->started, {}};
      for (const auto& param : run_->params)
        known.params.emplace(param.name, param.value);
      known.id = receiver_.begin(std::move(*run_), foreign_id_);
      runs_.emplace(key_of(foreign_id_), std::move(known));
    }
    if (points_) {
      for (const auto& [name, value] : points_->values) {
        receiver_.point(points_->run->id, name, points_->source,
                        {points_->step, points_->time, value});
      }
    }
    for (auto& change : changes_) {
      changed_->params.insert_or_assign(change.name, change.value);
      receiver_.change(changed_->id, std::move(change));
    }
  }

  void parse_run() {
    const std::string& id = Fields(line_.as_object(), "run").need_text("id");
    if (id.empty()) throw Malformed{"the id of a run is empty"};
    if (runs_.contains(key_of(id))) throw Malformed{concat("run '", id, "' is there twice")};
    run_ = read_run_line(line_.as_object(), [this](const std::string& other) {
      const auto found = runs_.find(key_of(other));
      return found == runs_.end() ? std::optional<RunId>() : std::optional(found->second.id);
    });
    foreign_id_ = id;
    if (const auto own = RunId::parse(id)) {
      run_->id = *own;
    } else if (run_->name.empty()) {
      run_->name = id;
    }
  }

  void parse_points() {
    const Fields line(line_.as_object(), "line of metrics");
    line.allow_only({"kind", "run", "step", "epoch", "time", "source", "values"});
    PointsLine points;
    points.run = &known_run(line);
    points.time = line.time("time").value_or(points.run->started);
    points.step = line.integer("step");
    if (line.find("source") != nullptr) {
      const std::string& source = line.need_text("source");
      if (source == model::name_of(model::MetricSource::output)) {
        points.source = model::MetricSource::output;
      } else if (source != model::name_of(model::MetricSource::api)) {
        throw Malformed{concat("unknown source '", source, "' of metrics: api or output")};
      }
    }
    for (const auto& [name, value] : line.need_map("values")) {
      const auto number = number_from_json(value);
      if (!number) throw Malformed{concat("the value of '", name, "' is not a number")};
      if (name.empty()) throw Malformed{"a metric has no name"};
      points.values.emplace_back(name, *number);
    }
    if (const auto epoch = line.integer("epoch")) {
      if (points.step) {
        points.values.emplace_back("epoch", static_cast<double>(*epoch));
      } else {
        points.step = epoch;
      }
    }
    points_ = std::move(points);
  }

  void parse_change() {
    const Fields line(line_.as_object(), "line of a parameter");
    line.allow_only({"kind", "run", "name", "value", "old", "step", "time", "cause", "nonfinite"});
    changed_ = &known_run(line);
    const std::string& name = line.need_text("name");
    const Json* value = line_.find("value");
    if (value == nullptr) throw Malformed{"a line of a parameter needs the field 'value'"};
    const Json* old = line_.find("old");
    const bool nonfinite = line.boolean("nonfinite", false);
    model::ParamChange change;
    change.step = line.integer("step");
    change.time = line.time("time").value_or(changed_->started);
    change.cause = line.text("cause");
    for (auto& [leaf, leaf_value] : model::flatten(name, *value)) {
      change.name = leaf;
      change.value = nonfinite ? with_nonfinite(std::move(leaf_value)) : std::move(leaf_value);
      change.old = current_value(leaf);
      if (old != nullptr && leaf == name) change.old = nonfinite ? with_nonfinite(*old) : *old;
      if (change.old != change.value) changes_.push_back(change);
    }
  }

  [[nodiscard]] Json current_value(std::string_view param) const {
    const auto found = changed_->params.find(param);
    return found == changed_->params.end() ? Json() : found->second;
  }

  KnownRun& known_run(const Fields& line) {
    const std::string& id = line.need_text("run");
    const auto found = runs_.find(key_of(id));
    if (found == runs_.end()) throw Malformed{concat("no line before describes run '", id, '\'')};
    return found->second;
  }

  /// Ids of clew's own are one in either case of their digits.
  static std::string key_of(const std::string& id) {
    const auto own = RunId::parse(id);
    return own ? own->hex() : id;
  }

  Receiver& receiver_;
  std::map<std::string, KnownRun, std::less<>> runs_;
  Json line_;

  // What the current line says.
  std::optional<model::Run> run_;
  std::string foreign_id_;
  std::optional<PointsLine> points_;
  KnownRun* changed_ = nullptr;
  std::vector<model::ParamChange> changes_;
};

}  // namespace

void read_jsonl(const std::function<bool(std::string& line)>& next, Receiver& receiver) {
  LineReader reader(receiver);
  std::string line;
  for (std::size_t number = 1; next(line); ++number) {
    if (!trim(line).empty()) reader.read(number, line);
  }
}

}  // namespace clew::importer
