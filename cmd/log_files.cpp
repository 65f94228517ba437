#include "log_files.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "export/exporter.h"
#include "file_names.h"
#include "query/file_view.h"
#include "ui/table.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

using model::Run;

/// What a run did to the files that are asked about.
struct FilesUsed {
  Time started = 0;
  bool read = false;
  bool written = false;
  std::set<std::string> paths;

  void add(const store::FileMention& mention) {
    constexpr model::FileModes kReading = model::kRead | model::kExecuted | model::kInherited;
    constexpr model::FileModes kWriting =
        model::kWritten | model::kCreated | model::kRenamed | model::kDeleted;
    started = mention.started;
    read = read || (mention.modes & kReading) != 0;
    written = written || (mention.modes & kWriting) != 0;
    paths.insert(mention.path);
  }
  [[nodiscard]] std::string letters() const { return concat(read ? "r" : "", written ? "w" : ""); }
};

std::map<RunId, FilesUsed> files_used_by(const Session& session, const query::Catalog& catalog,
                                         const query::FileView& files,
                                         const std::vector<std::string>& paths) {
  std::map<RunId, FilesUsed> uses;
  for (const std::string& path : paths) {
    for (std::string name : recorded_names(session, catalog, path)) {
      // A file and what is below a directory of this name: it may have been either.
      for (const auto& mention : files.with_path(name))
        uses[mention.run].add(mention);
      if (name.ends_with('/')) continue;
      name += '/';
      for (const auto& mention : files.with_path(name))
        uses[mention.run].add(mention);
    }
  }
  return uses;
}

struct UserOfFiles {
  Run run;
  FilesUsed use;
};

bool takes_run(const LogOptions& options, const Run& run) {
  const auto tagged = [&run](const std::string& tag) {
    return std::find(run.tags.begin(), run.tags.end(), tag) != run.tags.end();
  };
  return std::all_of(options.tags.begin(), options.tags.end(), tagged) &&
         (options.states.empty() || std::find(options.states.begin(), options.states.end(),
                                              model::name_of(run.state)) != options.states.end());
}

struct UsersOfFiles {
  std::vector<UserOfFiles> rows;
  bool more = false;
};

UsersOfFiles users_of(const query::FileView& files, const LogOptions& options,
                      const std::map<RunId, FilesUsed>& uses, std::size_t most) {
  std::vector<std::pair<RunId, const FilesUsed*>> order;
  order.reserve(uses.size());
  for (const auto& [id, use] : uses)
    order.emplace_back(id, &use);
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    return a.second->started > b.second->started;
  });
  UsersOfFiles out;
  for (const auto& [id, use] : order) {
    auto run = files.run(id);
    if (!run || !takes_run(options, *run)) continue;
    if (out.rows.size() == most) {
      out.more = true;
      break;
    }
    out.rows.push_back({std::move(*run), *use});
  }
  return out;
}

Json paths_to_json(const FilesUsed& use) {
  Json paths = Json::array();
  for (const std::string& path : use.paths)
    paths.push(path);
  return paths;
}

void print_users_json(Session& session, const std::vector<UserOfFiles>& rows) {
  const char* separator = "[";
  for (const UserOfFiles& row : rows) {
    Json object = exporter::run_to_json(row.run, session.clock.now());
    object["use"] = Json::Object{
        {"read", row.use.read}, {"written", row.use.written}, {"paths", paths_to_json(row.use)}};
    session.out.write(concat(separator, '\n', dump_json(object)));
    separator = ",";
  }
  session.out.line(rows.empty() ? "[]" : "\n]");
}

void print_users_csv(Session& session, const std::vector<UserOfFiles>& rows) {
  session.out.line("id,state,started,ended,read,written,paths,command");
  for (const UserOfFiles& row : rows) {
    const std::vector<std::string> paths(row.use.paths.begin(), row.use.paths.end());
    const std::vector<std::string> fields = {row.run.id.hex(),
                                             std::string(model::name_of(row.run.state)),
                                             format_time(row.run.started),
                                             row.run.ended ? format_time(*row.run.ended) : "",
                                             row.use.read ? "true" : "false",
                                             row.use.written ? "true" : "false",
                                             exporter::csv_field(join(paths, "\n")),
                                             exporter::csv_field(ui::command_text(row.run.argv))};
    session.out.line(join(fields, ","));
  }
}

void print_users_table(Session& session, const UsersOfFiles& rows) {
  ui::Table table({{"id"},
                   {"state"},
                   {"started"},
                   {"r/w"},
                   {"files", ui::Align::left, true},
                   {"command", ui::Align::left, true}});
  const Time now = session.clock.now();
  for (const UserOfFiles& row : rows.rows) {
    std::string files = ui::printable(*row.use.paths.begin());
    if (row.use.paths.size() > 1) files += concat(" and ", row.use.paths.size() - 1, " more");
    table.row({{row.run.id.short_hex(), ui::Label::id},
               ui::state_cell(row.run.state),
               {session.out.terminal() ? ui::relative_time(row.run.started, now)
                                       : ui::date_time(row.run.started),
                ui::Label::faint},
               {row.use.letters(), row.use.written ? ui::Label::added : ui::Label::plain},
               {std::move(files), ui::Label::name},
               {ui::command_text(row.run.argv)}});
  }
  table.print(session.out);
  if (session.out.terminal() && rows.more) {
    session.out.write(ui::Label::faint, concat("the newest ", ui::counted(rows.rows.size(), "run"),
                                               "; -n NUMBER or --json shows more"));
    session.out.line();
  }
}

}  // namespace

int print_users_of_files(Session& session, const query::Catalog& catalog,
                         const LogOptions& options) {
  std::optional<std::int64_t> count = options.count;
  if (count && *count < 0)
    throw Error(ErrorKind::usage, concat("the number of runs '", *count, "' is negative"));
  const bool for_people = !session.global.json && !options.csv;
  if (!count && for_people) count = session.settings.integer("log.count");
  const query::FileView files = catalog.file_view();
  const auto uses = files_used_by(session, catalog, files, options.paths);
  const std::size_t most = count ? static_cast<std::size_t>(*count) : SIZE_MAX;
  const UsersOfFiles rows = users_of(files, options, uses, most);
  if (session.global.json) {
    print_users_json(session, rows.rows);
  } else if (options.csv) {
    print_users_csv(session, rows.rows);
  } else if (rows.rows.empty() && most > 0) {
    session.err.line("no recorded run read or wrote these files");
    session.err.write(ui::Label::hint, "hint: ");
    session.err.line("'clew show RUN --files' lists the files of a run");
  } else {
    print_users_table(session, rows);
  }
  return 0;
}

}  // namespace clew::cmd
