#include "show.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "export/exporter.h"
#include "query/catalog.h"
#include "run_code.h"
#include "show_files.h"
#include "show_view.h"
#include "store/objects.h"
#include "ui/table.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

using model::Run;
using model::Stream;

/// What to show of a run: one thing at a time.
enum class Part { all, metric, output, file, machine };

Part part_of(const Session& session, const ShowOptions& options, const query::RunSpec& spec) {
  const bool output = options.output || options.standard_output || options.standard_error;
  const bool machine = options.files || options.processes;
  if (spec.path.has_value() + options.metric.has_value() + output + machine > 1) {
    throw Error(ErrorKind::usage,
                "RUN:PATH, --metric, --output, and --files or --processes exclude each other");
  }
  if (options.csv && !options.metric && options.files == options.processes) {
    throw Error(ErrorKind::usage, "--csv goes with --metric NAME, --files or --processes",
                {"'clew log --csv' prints runs as a table"});
  }
  if (session.global.json && (options.csv || output || spec.path)) {
    throw Error(ErrorKind::usage, "--json does not go with --csv, --output or RUN:PATH");
  }
  if (spec.path) return Part::file;
  if (options.metric) return Part::metric;
  if (machine) return Part::machine;
  return output ? Part::output : Part::all;
}

/// All points as a table, written as it goes: a series may have millions.
void print_series(ui::Output& out, const model::Series& series) {
  const auto step_text = [](const model::Point& point) {
    return point.step ? std::to_string(*point.step) : std::string(ui::kMissing);
  };
  std::size_t step_width = 4;
  for (const model::Point& point : series.points) {
    step_width = std::max(step_width, ui::display_width(step_text(point)));
  }
  constexpr std::size_t time_width = 26;
  const std::string heading = concat(ui::padded("step", step_width, ui::Align::right), "  ",
                                     ui::padded("time", time_width), "  value");
  out.write(ui::Label::heading, heading);
  out.line();
  for (const model::Point& point : series.points) {
    std::string time = format_time(point.time);
    time[10] = ' ';
    time.pop_back();
    out.write(ui::padded(step_text(point), step_width, ui::Align::right));
    out.write(ui::Label::faint, concat("  ", time, "  "));
    out.write(ui::Label::number, shortest(point.value));
    out.line();
  }
}

void show_metric(Session& session, const ShowOptions& options, const query::Catalog& catalog,
                 const Run& run) {
  const model::Series series = catalog.series(run.id, *options.metric);
  if (session.global.json) {
    session.out.line(dump_json(exporter::series_to_json(series)));
  } else if (options.csv) {
    exporter::write_series_csv(series,
                               [&session](std::string_view text) { session.out.write(text); });
  } else {
    print_series(session.out, series);
  }
}

void show_output(Session& session, const ShowOptions& options, const query::Catalog& catalog,
                 const Run& run) {
  const bool all = options.output || options.standard_output == options.standard_error;
  const Stream wanted = options.standard_error ? Stream::standard_error : Stream::standard_output;
  bool shown = false;
  bool terminal = false;
  catalog.output(run.id, [&](store::OutputPiece&& piece) {
    terminal = terminal || piece.stream == Stream::terminal;
    if (all || piece.stream == wanted) {
      session.out.write(piece.bytes);
      shown = true;
    }
    return true;
  });
  if (shown) return;
  const std::string name = run.id.short_hex();
  if (terminal) {
    throw Error(ErrorKind::usage,
                concat("the run '", name, "' printed to a terminal, where both streams are one"),
                {concat("run 'clew show --output ", name, "' for what it printed")});
  }
  session.err.line(concat("nothing that the run '", name, "' printed is kept"));
}

/// Its processes, its files, or both.
void show_machine(Session& session, const ShowOptions& options, const model::RunParts& parts) {
  const Time now = session.clock.now();
  const auto write = [&session](std::string_view text) { session.out.write(text); };
  if (session.global.json) {
    const Json all = exporter::run_to_full_json(parts, now);
    Json json = Json::object();
    if (options.processes) json["processes"] = *all.find("processes");
    if (options.files) json["files"] = *all.find("files");
    session.out.line(dump_json(json, JsonLayout::pretty));
  } else if (options.csv) {
    if (options.files) {
      write_files_csv(parts.files, write);
    } else {
      write_processes_csv(parts.processes, write);
    }
  } else {
    if (options.processes) print_processes(session.out, parts, now);
    if (options.processes && options.files) session.out.line();
    if (options.files) print_run_files(session.out, parts);
  }
}

/// The files below a directory of the snapshot; `directory` is empty or ends with '/'.
void list_files(ui::Output& out, const std::vector<std::string>& files,
                std::string_view directory) {
  for (const std::string& path : files) {
    if (path.starts_with(directory)) out.line(ui::printable(path));
  }
}

[[noreturn]] void refuse_path(const Run& run, const std::string& path,
                              const std::vector<std::string>& files) {
  const auto& unstored = run.code.unstored;
  const auto file = std::find_if(unstored.begin(), unstored.end(),
                                 [&path](const auto& one) { return one.path == path; });
  if (file != unstored.end()) {
    std::vector<std::string> hints;
    if (!file->sha256.empty()) hints.push_back(concat("its SHA-256 was ", file->sha256));
    throw Error(
        ErrorKind::usage,
        concat("the file '", path, "' was not stored (", file->reason, ", ", file->size, " bytes)"),
        std::move(hints));
  }
  const std::vector<std::string> similar = suggestions(path, files);
  std::vector<std::string> hints;
  if (!similar.empty()) hints.push_back(ui::did_you_mean(similar));
  hints.push_back(concat("'clew show ", run.id.short_hex(), ":' lists the files"));
  throw Error(ErrorKind::usage,
              concat("the snapshot of run '", run.id.short_hex(), "' has no file '", path, '\''),
              std::move(hints));
}

const model::File* file_of(const model::RunParts& parts, const std::string& path) {
  const auto found = std::find_if(parts.files.begin(), parts.files.end(),
                                  [&path](const auto& file) { return file.state.path == path; });
  return found == parts.files.end() ? nullptr : &*found;
}

/// A kept copy of a file of the run; false when there is none.
bool show_kept(Session& session, const model::File* file) {
  if (file == nullptr || !file->state.saved) return false;
  const store::Objects objects(session.layout().objects());
  const bool shown = objects.read(file->state.sha256,
                                  [&session](std::string_view bytes) { session.out.write(bytes); });
  if (!shown) {
    throw Error(ErrorKind::damaged,
                concat("the kept copy of '", file->state.path, "' is not in the store any more"),
                {concat("its SHA-256 was ", file->state.sha256)});
  }
  return true;
}

/// A file that the run used and nobody has kept.
[[noreturn]] void refuse_used(const Run& run, const model::FileState& state) {
  std::vector<std::string> hints;
  if (state.digest == model::DigestKind::whole) {
    hints.push_back(concat("its SHA-256 was ", state.sha256));
  }
  hints.emplace_back("'clew run --save PATTERN' and the setting files.save keep copies");
  throw Error(ErrorKind::usage,
              concat("no copy of '", state.path, "' was kept by run '", run.id.short_hex(), '\''),
              std::move(hints));
}

/// A file as the run left it where a copy is kept, else as it was in its code.
void show_file(Session& session, const model::RunParts& parts, std::string path) {
  while (path.starts_with("./"))
    path.erase(0, 2);
  const model::File* const used = file_of(parts, path);
  if (show_kept(session, used)) return;
  const Run& run = parts.run;
  if (used != nullptr && run.code.commit.empty()) refuse_used(run, used->state);
  const snapshot::Repository code = require_code(session, run);
  const std::vector<std::string> files = code.files(run.code.commit);
  const auto is_directory = [&files](const std::string& prefix) {
    return std::any_of(files.begin(), files.end(),
                       [&prefix](const std::string& file) { return file.starts_with(prefix); });
  };
  if (path.empty() || path == ".") return list_files(session.out, files, "");
  if (std::find(files.begin(), files.end(), path) != files.end()) {
    if (const auto bytes = code.file(run.code.commit, path)) session.out.write(*bytes);
    return;
  }
  const std::string directory = path.ends_with('/') ? path : path + "/";
  if (is_directory(directory)) return list_files(session.out, files, directory);
  if (used != nullptr) refuse_used(run, used->state);
  refuse_path(run, path, files);
}

}  // namespace

void declare_show(Declaration& declaration, ShowOptions& options) {
  declaration.description =
      "Shows all that is recorded of a run; without RUN of the newest. A run that still goes on is "
      "shown as it is now. --json has all parts as one object, clew-json(5).\n\n"
      "RUN:PATH prints a file as the run left it, where a copy is kept (--save of clew run), else "
      "as it was when the run began; its path is relative to the top of the work tree, or "
      "absolute. A directory lists its files of the code, and 'RUN:' lists all of them.\n\n"
      "--output prints what the run printed, byte for byte. --files lists the files that it read "
      "and wrote, by role, and --processes its processes as a tree; with --json only these parts "
      "of the object.";
  declaration.positional("RUN", options.run, "The run, or RUN:PATH for a file of it").completes =
      Completes::run;
  declaration.option("--metric", "NAME", options.metric, "Show all points of a metric").completes =
      Completes::metric;
  declaration.flag(
      "--csv", options.csv,
      "With --metric, --files or --processes, print comma-separated values (RFC 4180)");
  declaration.flag("--output", options.output, "Print what the run printed");
  declaration.flag("--stdout", options.standard_output, "Print only its standard output");
  declaration.flag("--stderr", options.standard_error, "Print only its standard error");
  declaration.flag("--files", options.files, "List the files that it read and wrote");
  declaration.flag("--processes", options.processes, "Show its processes");
  declaration.flag("--all", options.all, "Show clew's own metrics (system/...) too");
  declaration.examples = {
      {"clew show", "the newest run"},
      {"clew show @~1 --metric val/loss", "a series of the run before"},
      {"clew show 9f3c:train.py", "the script as it was"},
      {"clew show --files --processes", "what the newest run did on its machine"},
      {"clew show 9f3c --output | less -R", "what it printed"},
  };
}

int run_show(Session& session, const ShowOptions& options) {
  const query::RunSpec spec = query::parse_spec(options.run.value_or("@"));
  const Part part = part_of(session, options, spec);
  const query::Catalog catalog = query::Catalog::open(session.layout());
  const Run run = catalog.find(spec.run.empty() ? "@" : spec.run);
  const Time now = session.clock.now();
  switch (part) {
    case Part::metric:
      show_metric(session, options, catalog, run);
      break;
    case Part::output:
      show_output(session, options, catalog, run);
      break;
    case Part::machine:
      show_machine(session, options, catalog.full(run.id));
      break;
    case Part::file:
      show_file(session, catalog.full(run.id), *spec.path);
      break;
    case Part::all:
      if (session.global.json) {
        const Json json = exporter::run_to_full_json(catalog.full(run.id), now);
        session.out.line(dump_json(json, JsonLayout::pretty));
      } else {
        print_run(session.out, catalog.full(run.id), {now, options.all});
      }
      break;
  }
  return 0;
}

}  // namespace clew::cmd
