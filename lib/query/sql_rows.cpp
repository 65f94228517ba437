#include "query/sql_rows.h"

#include <algorithm>

#include "base/text.h"
#include "expr/names.h"
#include "model/encoding.h"
#include "query/sql_points.h"

namespace clew::query {
namespace {

using expr::Scratch;
using expr::Value;

Value text_or_null(std::string_view text) {
  return text.empty() ? Value() : Value::text(text);
}

/// The rows of one run, laid out flat. A row is built from left to right.
class Rows {
 public:
  Rows(std::size_t width, const SqlFilter& filter) : width_(width), filter_(filter) {}

  void clear() {
    values_.clear();
    scratch.clear();
  }
  [[nodiscard]] std::size_t size() const { return values_.size() / width_; }
  [[nodiscard]] const Value& at(std::size_t row, std::size_t column) const {
    return values_[row * width_ + column];
  }
  /// Appends the next value of a row.
  void add(Value value) { values_.push_back(value); }
  /// The same with a function, called only when the column is asked for.
  template <typename Make>
  void make(Make make) {
    values_.push_back(filter_.wants(values_.size() % width_) ? make() : Value());
  }
  void text(std::string text) { add(Value::text(scratch.keep(std::move(text)))); }
  void text_or_null(const std::string& text) {
    add(text.empty() ? Value() : Value::text(scratch.keep(text)));
  }
  void time(Time time) {
    make([&] { return Value::text(scratch.keep(format_time(time))); });
  }

  Scratch scratch;

 private:
  std::size_t width_;
  const SqlFilter& filter_;
  std::vector<Value> values_;
};

/// What a table has of one run. `row` is the header row.
using Fill = void (*)(const Catalog& catalog, model::RunView& run, Rows& rows);

/// A table whose rows come run by run, few enough of each to be made at once.
class PerRun final : public SqlCursor {
 public:
  PerRun(const Catalog& catalog, const SqlFilter& filter, std::size_t width, Fill fill)
      : catalog_(catalog),
        filter_(filter),
        rows_(width, filter_),
        fill_(fill),
        runs_(catalog, filter.run) {}

  bool next() override {
    ++row_;
    while (row_ >= rows_.size()) {
      const std::optional<std::string_view> header = runs_.next();
      if (!header) return false;
      rows_.clear();
      row_ = 0;
      model::RunView run(*header);
      fill_(catalog_, run, rows_);
    }
    return true;
  }
  Value column(std::size_t column) override { return rows_.at(row_, column); }

 private:
  const Catalog& catalog_;
  SqlFilter filter_;
  Rows rows_;
  Fill fill_;
  HeaderRows runs_;
  std::size_t row_ = SIZE_MAX - 1;
};

std::string command_line(std::vector<std::string> words) {
  for (std::string& word : words)
    word = shell_quote(word);
  return join(words, " ");
}

void fill_runs(const Catalog&, model::RunView& run, Rows& rows) {
  rows.text(run.id.hex());
  rows.add(text_or_null(run.name));
  rows.add(Value::text(name_of(run.state)));
  rows.add(run.exit_code ? Value::integer(*run.exit_code) : Value());
  rows.make([&] {
    return run.signal ? Value::text(rows.scratch.keep(model::signal_name(*run.signal))) : Value();
  });
  rows.time(run.started);
  rows.make([&] {
    return run.ended ? Value::text(rows.scratch.keep(format_time(*run.ended))) : Value();
  });
  constexpr double kMicroseconds = 1e6;
  rows.add(run.ended ? Value::real(static_cast<double>(*run.ended - run.started) / kMicroseconds)
                     : Value());
  rows.make([&] { return Value::text(rows.scratch.keep(command_line(run.argv()))); });
  for (const std::string_view text : {run.cwd, run.user, run.host, run.group})
    rows.add(text_or_null(text));
  rows.make(
      [&] { return run.parent ? Value::text(rows.scratch.keep(run.parent->hex())) : Value(); });
  rows.make(
      [&] { return run.rerun_of ? Value::text(rows.scratch.keep(run.rerun_of->hex())) : Value(); });
  std::optional<model::RunView::CodeView> code;
  const auto code_of_run = [&]() -> const model::RunView::CodeView& {
    if (!code) {
      std::string tags;
      run.tags(tags);
      code = run.code();
    }
    return *code;
  };
  rows.make([&] { return text_or_null(code_of_run().commit); });
  rows.make([&] { return text_or_null(code_of_run().tree); });
  rows.make([&] { return text_or_null(code_of_run().base); });
  rows.make([&] { return text_or_null(code_of_run().branch); });
  rows.make([&] {
    return code_of_run().commit.empty() ? Value() : Value::integer(code_of_run().dirty ? 1 : 0);
  });
}

std::string_view type_of(const model::JsonView& value) {
  using Type = model::JsonView::Type;
  switch (value.type()) {
    case Type::null:
      return "null";
    case Type::no:
    case Type::yes:
      return "boolean";
    case Type::integer:
      return "integer";
    case Type::real:
      return "real";
    case Type::string:
      return "text";
    case Type::list:
      return "list";
    case Type::map:
      break;
  }
  return "map";
}

/// SQLite has no truth values: they are 0 and 1.
Value sql_value(const Value& value) {
  return value.kind() == Value::Kind::boolean ? Value::integer(value.as_integer()) : value;
}

Value json_value(const Json& json, Scratch& scratch) {
  const Value value = Value::from_json(json, scratch);
  return sql_value(value.is_text() ? Value::text(scratch.keep(std::string(value.as_text())))
                                   : value);
}

void fill_params(const Catalog&, model::RunView& run, Rows& rows) {
  const std::string_view id = rows.scratch.keep(run.id.hex());
  run.params([&](std::string_view name, const model::JsonView& value, model::Source source) {
    rows.add(Value::text(id));
    rows.add(Value::text(name));
    rows.make([&] {
      return value.type() == model::JsonView::Type::string
                 ? Value::text(value.string())
                 : json_value(value.decode(), rows.scratch);
    });
    rows.add(Value::text(type_of(value)));
    rows.add(Value::text(name_of(source)));
  });
}

void fill_changes(const Catalog& catalog, model::RunView& run, Rows& rows) {
  const std::string_view id = rows.scratch.keep(run.id.hex());
  for (const model::ParamChange& change : catalog.changes(run.id)) {
    rows.add(Value::text(id));
    rows.text(change.name);
    rows.add(json_value(change.old, rows.scratch));
    rows.add(json_value(change.value, rows.scratch));
    rows.add(change.step ? Value::integer(*change.step) : Value());
    rows.time(change.time);
    rows.add(change.cause.empty() ? Value() : Value::text(rows.scratch.keep(change.cause)));
  }
}

void fill_summaries(const Catalog&, model::RunView& run, Rows& rows) {
  const std::string_view id = rows.scratch.keep(run.id.hex());
  run.metrics([&](std::string_view name, ByteReader& in) {
    const auto source = static_cast<model::MetricSource>(ByteReader(in).byte());
    const model::Summary summary = model::decode_summary(in);
    rows.add(Value::text(id));
    rows.add(Value::text(name));
    rows.add(Value::text(name_of(source)));
    using expr::Part;
    for (const Part part : {Part::count, Part::first, Part::last, Part::min, Part::max, Part::mean,
                            Part::argmin, Part::argmax})
      rows.add(expr::part_of(summary, part));
    rows.add(summary.last_step ? Value::integer(*summary.last_step) : Value());
  });
}

void fill_tags(const Catalog&, model::RunView& run, Rows& rows) {
  std::string tags;
  run.tags(tags);
  const std::string_view id = rows.scratch.keep(run.id.hex());
  for (std::string_view rest = rows.scratch.keep(std::move(tags)); !rest.empty();) {
    const std::size_t end = std::min(rest.find('\0'), rest.size() - 1);
    rows.add(Value::text(id));
    rows.add(Value::text(rest.substr(0, end)));
    rest.remove_prefix(end + 1);
  }
}

void fill_notes(const Catalog&, model::RunView& run, Rows& rows) {
  const std::string_view id = rows.scratch.keep(run.id.hex());
  for (model::Note& note : model::decode_run(run.row).notes) {
    rows.add(Value::text(id));
    rows.time(note.time);
    rows.text(std::move(note.text));
  }
}

std::string_view name_of_stream(model::Stream stream) {
  switch (stream) {
    case model::Stream::standard_output:
      return "stdout";
    case model::Stream::standard_error:
      return "stderr";
    case model::Stream::terminal:
      break;
  }
  return "terminal";
}

void fill_output(const Catalog& catalog, model::RunView& run, Rows& rows) {
  const std::string_view id = rows.scratch.keep(run.id.hex());
  catalog.output(run.id, [&](store::OutputPiece&& piece) {
    rows.add(Value::text(id));
    rows.add(Value::text(name_of_stream(piece.stream)));
    rows.time(piece.time);
    rows.text(std::move(piece.bytes));
    return true;
  });
}

Value integer_or_null(const std::optional<int>& value) {
  return value ? Value::integer(*value) : Value();
}

void fill_processes(const Catalog& catalog, model::RunView& run, Rows& rows) {
  const std::string_view id = rows.scratch.keep(run.id.hex());
  std::int64_t number = 0;
  for (const model::Process& process : catalog.processes(run.id)) {
    rows.add(Value::text(id));
    rows.add(Value::integer(number++));
    rows.add(process.parent ? Value::integer(*process.parent) : Value());
    rows.add(Value::integer(process.pid));
    rows.text(command_line(process.argv));
    rows.text_or_null(process.cwd);
    rows.text_or_null(process.executable);
    rows.text_or_null(process.executable_sha256);
    rows.time(process.started);
    rows.make([&] {
      return process.ended ? Value::text(rows.scratch.keep(format_time(*process.ended))) : Value();
    });
    rows.add(integer_or_null(process.exit_code));
    rows.make([&] {
      return process.signal ? Value::text(rows.scratch.keep(model::signal_name(*process.signal)))
                            : Value();
    });
  }
}

void fill_files(const Catalog& catalog, model::RunView& run, Rows& rows) {
  const std::string_view id = rows.scratch.keep(run.id.hex());
  for (const model::File& file : catalog.files(run.id)) {
    const model::FileState& state = file.state;
    rows.add(Value::text(id));
    rows.text(state.path);
    rows.add(Value::text(name_of(state.role)));
    rows.add(Value::integer(static_cast<std::int64_t>(state.size)));
    rows.text_or_null(state.sha256);
    rows.add(Value::text(name_of(state.digest)));
    rows.text_or_null(state.before_sha256);
    const model::FileModes modes = file.modes();
    for (const model::FileModes mode :
         {model::kRead, model::kWritten, model::kCreated, model::kDeleted, model::kExecuted})
      rows.add(Value::integer((modes & mode) != 0 ? 1 : 0));
    rows.add(Value::integer(state.gone ? 1 : 0));
    rows.add(Value::integer(state.saved ? 1 : 0));
  }
}

void fill_firings(const Catalog& catalog, model::RunView& run, Rows& rows) {
  const std::string_view id = rows.scratch.keep(run.id.hex());
  for (const model::Firing& firing : catalog.firings(run.id)) {
    rows.add(Value::text(id));
    rows.time(firing.time);
    rows.add(firing.step ? Value::integer(*firing.step) : Value());
    rows.text(firing.rule);
    rows.text(firing.action);
    rows.text(dump_json(firing.values));
    rows.text_or_null(firing.result);
  }
}

}  // namespace

std::unique_ptr<SqlCursor> open_runs(const Catalog& catalog, const SqlFilter& filter) {
  return std::make_unique<PerRun>(catalog, filter, 20, fill_runs);
}
std::unique_ptr<SqlCursor> open_params(const Catalog& catalog, const SqlFilter& filter) {
  return std::make_unique<PerRun>(catalog, filter, 5, fill_params);
}
std::unique_ptr<SqlCursor> open_changes(const Catalog& catalog, const SqlFilter& filter) {
  return std::make_unique<PerRun>(catalog, filter, 7, fill_changes);
}
std::unique_ptr<SqlCursor> open_summaries(const Catalog& catalog, const SqlFilter& filter) {
  return std::make_unique<PerRun>(catalog, filter, 12, fill_summaries);
}
std::unique_ptr<SqlCursor> open_tags(const Catalog& catalog, const SqlFilter& filter) {
  return std::make_unique<PerRun>(catalog, filter, 2, fill_tags);
}
std::unique_ptr<SqlCursor> open_notes(const Catalog& catalog, const SqlFilter& filter) {
  return std::make_unique<PerRun>(catalog, filter, 3, fill_notes);
}
std::unique_ptr<SqlCursor> open_output(const Catalog& catalog, const SqlFilter& filter) {
  return std::make_unique<PerRun>(catalog, filter, 4, fill_output);
}
std::unique_ptr<SqlCursor> open_processes(const Catalog& catalog, const SqlFilter& filter) {
  return std::make_unique<PerRun>(catalog, filter, 12, fill_processes);
}
std::unique_ptr<SqlCursor> open_files(const Catalog& catalog, const SqlFilter& filter) {
  return std::make_unique<PerRun>(catalog, filter, 14, fill_files);
}
std::unique_ptr<SqlCursor> open_firings(const Catalog& catalog, const SqlFilter& filter) {
  return std::make_unique<PerRun>(catalog, filter, 7, fill_firings);
}

}  // namespace clew::query
