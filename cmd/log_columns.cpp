#include "log_columns.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

using expr::Field;
using expr::Target;
using expr::Value;

bool is_field(const LogColumn& column, Field field) {
  return column.target && column.target->kind == Target::Kind::field &&
         column.target->field == field;
}

ui::Cell time_cell(std::string_view text, const LogView& view) {
  const auto time = parse_time(text);
  if (!time) return {std::string(text)};
  return {view.relative_times ? ui::relative_time(*time, view.now) : ui::date_time(*time),
          ui::Label::faint};
}

/// A field of the run in the form that people know it by; nullopt where it has none of its own.
std::optional<ui::Cell> field_cell(Field field, const Value& value, const LogView& view) {
  constexpr std::size_t kShortId = 8;
  constexpr std::size_t kShortCommit = 12;
  switch (field) {
    case Field::id:
    case Field::parent:
      return ui::Cell{std::string(value.as_text().substr(0, kShortId)), ui::Label::id};
    case Field::commit:
    case Field::tree:
    case Field::base:
      return ui::Cell{std::string(value.as_text().substr(0, kShortCommit)), ui::Label::id};
    case Field::state:
      if (const auto state = model::state_from_name(value.as_text())) return ui::state_cell(*state);
      return std::nullopt;
    case Field::started:
    case Field::ended:
      return time_cell(value.as_text(), view);
    case Field::duration:
    case Field::age: {
      constexpr double kMicroseconds = 1e6;
      const double microseconds = std::max(value.as_real() * kMicroseconds, 0.0);
      return ui::Cell{format_duration(std::llround(microseconds))};
    }
    case Field::name:
      return ui::Cell{ui::printable(value.as_text()), ui::Label::name};
    default:
      return std::nullopt;
  }
}

std::string tags_text(const Value& value, std::string_view separator) {
  std::string text;
  for (std::string_view rest = value.as_text(); !rest.empty();) {
    const std::size_t end = std::min(rest.find('\0'), rest.size());
    if (!text.empty()) text += separator;
    text += rest.substr(0, end);
    rest.remove_prefix(std::min(rest.size(), end + 1));
  }
  return text;
}

bool is_missing(const Value& value) {
  return value.missing() || (value.kind() == Value::Kind::any_of && value.as_text().empty());
}

ui::Align alignment(const LogColumn& column, const LogRows& listing, std::size_t place) {
  const bool numbers =
      std::all_of(listing.rows.begin(), listing.rows.end(), [&](const std::vector<Value>& row) {
        return is_missing(row[place]) || row[place].is_number();
      });
  if (!numbers) return ui::Align::left;
  // Durations are written with their units.
  const bool field = column.target && column.target->kind == Target::Kind::field;
  return field ? ui::Align::right : ui::Align::point;
}

}  // namespace

std::vector<expr::Item> parse_columns(std::string_view list) {
  std::vector<expr::Item> items = expr::parse_list(list, expr::ListOf::columns);
  const auto is_id = [](const expr::Item& item) {
    if (!item.expression.is_name()) return false;
    const expr::Reference& name = item.expression.names().front();
    return !name.quoted && (name.text == "id" || name.text == "run.id");
  };
  if (std::none_of(items.begin(), items.end(), is_id)) {
    items.insert(items.begin(), {expr::Expression::parse("run.id"), "id", false});
  }
  return items;
}

LogRows rows_of(std::shared_ptr<const query::Frame> frame, std::size_t first,
                const std::vector<std::string>& titles) {
  LogRows listing;
  for (std::size_t i = 0; i < titles.size(); ++i) {
    const Target* target = frame->target(first + i);
    listing.columns.push_back({titles[i], target ? std::optional(*target) : std::nullopt});
  }
  listing.rows.resize(frame->size());
  for (std::size_t row = 0; row < frame->size(); ++row) {
    for (std::size_t i = 0; i < titles.size(); ++i)
      listing.rows[row].push_back(frame->value(row, first + i));
  }
  listing.keeper = std::move(frame);
  return listing;
}

ui::Cell value_cell(const LogColumn& column, const Value& value, const LogView& view) {
  if (is_missing(value)) return {std::string(ui::kMissing), ui::Label::faint};
  if (value.kind() == Value::Kind::any_of) {
    return {ui::printable(tags_text(value, " ")), ui::Label::tag};
  }
  if (column.target && column.target->kind == Target::Kind::field) {
    if (auto cell = field_cell(column.target->field, value, view)) return *cell;
  }
  const bool param = column.target && column.target->kind == Target::Kind::param;
  if (value.kind() == Value::Kind::real && !param) {
    return {ui::number_text(value.as_real(), 5), ui::Label::number};
  }
  return {ui::value_text(value.to_json()),
          value.is_number() ? ui::Label::number : ui::Label::plain};
}

std::string csv_value(const Value& value) {
  if (is_missing(value)) return {};
  if (value.kind() == Value::Kind::any_of) return tags_text(value, ",");
  if (value.is_text()) return std::string(value.as_text());
  const std::string text = dump_json(value.to_json());
  // NaN and infinities are strings in JSON.
  return text.front() == '"' ? text.substr(1, text.size() - 2) : text;
}

ui::Table log_table(const LogRows& listing, const LogView& view) {
  std::vector<ui::Column> heads;
  for (std::size_t i = 0; i < listing.columns.size(); ++i) {
    const LogColumn& column = listing.columns[i];
    const bool fixed = is_field(column, Field::id) || is_field(column, Field::state) ||
                       is_field(column, Field::started) || is_field(column, Field::duration);
    heads.push_back({ui::printable(column.title), alignment(column, listing, i), !fixed});
  }
  ui::Table table(std::move(heads));
  for (const std::vector<Value>& row : listing.rows) {
    std::vector<ui::Cell> cells;
    cells.reserve(row.size());
    for (std::size_t i = 0; i < row.size(); ++i)
      cells.push_back(value_cell(listing.columns[i], row[i], view));
    table.row(std::move(cells));
  }
  return table;
}

}  // namespace clew::cmd
