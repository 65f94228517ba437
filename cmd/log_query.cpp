#include "log_query.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "export/exporter.h"

namespace clew::cmd {

query::FrameRequest where_request(const Session& session, const std::optional<std::string>& where) {
  query::FrameRequest request;
  request.now = session.clock.now();
  if (where) request.where.push_back(expr::Expression::parse(*where));
  return request;
}

query::FrameRequest conditions(const Session& session, const LogOptions& options) {
  query::FrameRequest request = where_request(session, options.where);
  request.exact = options.exact ? expr::Exact::yes : expr::Exact::no;
  for (const std::string& tag : options.tags)
    request.where.push_back(expr::Expression::parse(concat("tag = ", expr::quoted_text(tag))));
  std::vector<std::string> states;
  for (const std::string& name : options.states) {
    if (!model::state_from_name(name)) {
      throw Error(ErrorKind::usage, concat("unknown state '", name, '\''));
    }
    states.push_back(expr::quoted_text(name));
  }
  if (!states.empty()) {
    request.where.push_back(
        expr::Expression::parse(concat("run.state in (", join(states, ","), ")")));
  }
  return request;
}

std::vector<model::Run> runs_named(const Session& session, const query::Catalog& catalog,
                                   const std::vector<std::string>& names,
                                   const std::optional<std::string>& where) {
  std::vector<RunId> ids;
  std::set<RunId> seen;
  const auto add = [&](RunId id) {
    if (seen.insert(id).second) ids.push_back(id);
  };
  for (const std::string& word : names)
    add(catalog.find(word).id);
  if (where) {
    const query::Frame frame = query::Frame::load(catalog, where_request(session, where));
    for (std::size_t row = 0; row < frame.size(); ++row)
      add(frame.id(row));
  }
  return catalog.runs(ids);
}

bool for_people(const Session& session, const LogOptions& options) {
  return !session.global.json && !options.csv;
}

expr::Exact shown_exactly(const Session& session, const LogOptions& options) {
  return options.exact || !for_people(session, options) ? expr::Exact::yes : expr::Exact::no;
}

std::optional<std::size_t> count_of(const LogOptions& options) {
  if (!options.count) return std::nullopt;
  if (*options.count < 0) {
    throw Error(ErrorKind::usage, concat("the number of runs '", *options.count, "' is negative"));
  }
  return static_cast<std::size_t>(*options.count);
}

LogView view_of(const Session& session) {
  const bool terminal = session.out.terminal();
  return {terminal ? session.out.columns() : 0, terminal, session.clock.now()};
}

void print_none(Session& session, bool none_at_all) {
  session.err.line(none_at_all ? "no runs yet" : "no such runs");
  session.err.write(ui::Label::hint, "hint: ");
  session.err.line(none_at_all ? "'clew run -- COMMAND' records one" : "'clew log' lists all runs");
}

void print_json_rows(Session& session, const LogRows& listing, const RowMembers& members) {
  const char* separator = "[";
  for (std::size_t row = 0; row < listing.rows.size(); ++row) {
    Json object = Json::object();
    if (members) members(row, object);
    for (std::size_t i = 0; i < listing.columns.size(); ++i)
      object[listing.columns[i].title] = listing.rows[row][i].to_json();
    session.out.write(concat(separator, '\n', dump_json(object)));
    separator = ",";
  }
  session.out.line(listing.rows.empty() ? "[]" : "\n]");
}

void print_csv_rows(Session& session, const LogRows& listing) {
  std::vector<std::string> fields;
  for (const LogColumn& column : listing.columns)
    fields.push_back(exporter::csv_field(column.title));
  session.out.write(join(fields, ",") + "\n");
  for (const auto& row : listing.rows) {
    fields.clear();
    for (const expr::Value& value : row)
      fields.push_back(exporter::csv_field(csv_value(value)));
    session.out.write(join(fields, ",") + "\n");
  }
}

}  // namespace clew::cmd
