#include "importance_view.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "export/exporter.h"
#include "paragraph.h"
#include "ui/table.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

using analysis::Effect;
using analysis::LeftOut;
using analysis::Method;
using ui::Align;
using ui::Label;
using ui::Output;

constexpr std::size_t kBar = 24;
constexpr std::size_t kFew = 12;    // effects that are all shown
constexpr double kSmall = 0.005;    // of more, smaller interactions are added up
constexpr std::size_t kLevels = 5;  // of a parameter with more, the best and the worst are shown
constexpr int kMeanDigits = 4;

std::string share_text(double share) {
  // Five decimals: more than runs can tell, and what published decompositions have.
  std::string text = std::to_string(static_cast<long long>(std::llround(share * 1e5)));
  if (text.size() < 6) text.insert(0, 6 - text.size(), '0');
  return text.insert(text.size() - 5, ".");
}

std::string level_name(const analysis::Column& column, std::size_t level) {
  const auto& value = column.levels[level];
  return value ? ui::value_text(*value) : std::string(ui::kMissing);
}

/// "Adam 0.571, SGD 0.242"; of many levels the best and the worst.
std::string means_text(const analysis::Table& table, const Effect& effect) {
  if (effect.columns.size() != 1) return {};
  const analysis::Column& column = table.columns[effect.columns[0]];
  const auto one = [&](std::size_t level) {
    const auto& value = column.levels[level];
    const bool sampled = column.continuous && value && value->is_double();
    return concat(sampled ? ui::number_text(value->as_double(), 3) : level_name(column, level),
                  ": ", ui::number_text(effect.means[level], kMeanDigits));
  };
  std::vector<std::string> words;
  if (column.levels.size() <= kLevels) {
    for (std::size_t level = 0; level < column.levels.size(); ++level)
      words.push_back(one(level));
    return join(words, ", ");
  }
  const auto [least, most] = std::minmax_element(effect.means.begin(), effect.means.end());
  const auto place = [&](auto at) { return static_cast<std::size_t>(at - effect.means.begin()); };
  return concat("least at ", one(place(least)), ", most at ", one(place(most)));
}

void print_heading(Output& out, const ImportanceReport& report) {
  const analysis::Importance& importance = report.importance;
  out.write(Label::heading, ui::printable(report.metric));
  const std::size_t runs = report.table.target.size();
  out.write(concat(" over ", ui::counted(runs, "run")));
  if (runs > 0) {
    out.write(concat(": mean ", ui::number_text(importance.mean), ", standard deviation ",
                     ui::number_text(importance.deviation, kMeanDigits)));
  }
  out.line();
  if (importance.method == Method::exact) {
    std::string each = ui::counted(importance.fewest, "run");
    if (importance.most > importance.fewest) {
      each = concat(importance.fewest, " to ", ui::counted(importance.most, "run"));
    }
    out.line(concat("exact: all ", importance.cells, " combinations were run, ", each, " each"));
  } else if (importance.method == Method::forest) {
    out.line(concat("estimated with a random forest (fANOVA, ", importance.trees, " trees)"));
  }
}

/// The effects that get a line of their own; the rest is small.
std::vector<const Effect*> shown_effects(const ImportanceReport& report, bool all, double& rest) {
  const auto& effects = report.importance.effects;
  std::vector<const Effect*> shown;
  for (const Effect& effect : effects) {
    const bool takes =
        all || effects.size() <= kFew || effect.columns.size() == 1 || effect.share >= kSmall;
    if (takes) {
      shown.push_back(&effect);
    } else {
      rest += effect.share;
    }
  }
  return shown;
}

void print_effects(Output& out, const ImportanceReport& report, bool all) {
  const analysis::Importance& importance = report.importance;
  double rest = importance.further;
  const auto effects = shown_effects(report, all, rest);
  const bool forest = importance.method == Method::forest;
  const bool chance = !effects.empty() && effects.front()->by_chance.has_value();
  // Of a narrow terminal the means give way, then the bars.
  const bool narrow = out.columns() != 0 && out.columns() < 100;
  const std::size_t bar = narrow ? kBar / 2 : kBar;
  ui::Table table({{""},
                   {""},
                   {"share", Align::right},
                   {forest ? "±" : (chance ? "by chance" : ""), Align::right},
                   {"mean", Align::left, true}},
                  2);
  const double scale = effects.empty() ? 1 : std::max(effects.front()->share, 1e-9);
  const auto row = [&](std::string name, double share, std::string beside, std::string means,
                       Label label) {
    table.row({{std::move(name), label},
               {bar_text(share / scale, bar), Label::number},
               {share_text(share), label},
               {std::move(beside), Label::faint},
               {std::move(means), Label::faint}});
  };
  for (const Effect* effect : effects) {
    const auto& beside = forest ? effect->deviation : effect->by_chance;
    row(effect_name(report.table, *effect), effect->share, beside ? share_text(*beside) : "",
        means_text(report.table, *effect), Label::plain);
  }
  if (rest > 0) {
    row(effects.size() < importance.effects.size() || importance.further == 0
            ? "other interactions"
            : (forest ? "interactions of three and more" : "interactions of four and more"),
        rest, "", "", Label::faint);
  }
  if (!forest && importance.unexplained) {
    row("chance, between repeats", *importance.unexplained, "", "", Label::faint);
  }
  out.line();
  table.print(out);
  if (forest && importance.unexplained) {
    const auto percent = static_cast<long long>(std::llround(*importance.unexplained * 100));
    out.line();
    out.line(
        concat("unexplained: ", percent, "% of the variance of runs that the trees have not seen"));
  }
}

/// What is no column, one line for each reason.
void print_left_out(Output& out, const std::vector<LeftOut>& left_out) {
  using Reason = LeftOut::Reason;
  static constexpr std::array<std::pair<Reason, std::string_view>, 5> titles = {
      {{Reason::constant, "the same in all runs: "},
       {Reason::seed, "drives chance, so that runs are repeats: "},
       {Reason::alias, "changes together with another: "},
       {Reason::composite, "says again what others say: "},
       {Reason::label, "another text in every run: "}}};
  for (const auto& [reason, title] : titles) {
    std::vector<std::string> words;
    for (const LeftOut& left : left_out) {
      if (left.reason != reason) continue;
      std::string word = ui::printable(left.name);
      const std::string detail = ui::cut(ui::printable(left.detail), 24);
      if (reason == Reason::constant) word += concat(" = ", detail);
      if (reason == Reason::alias || reason == Reason::composite) word += concat(" (", detail, ')');
      words.push_back(std::move(word));
    }
    if (words.empty()) continue;
    print_paragraph(out, Label::faint, concat(title, join(words, ", ")), 0, 2);
  }
}

std::string_view reason_name(LeftOut::Reason reason) {
  static constexpr std::array<std::string_view, 5> names = {"constant", "seed", "label", "alias",
                                                            "composite"};
  return names[static_cast<std::size_t>(reason)];
}

/// What did not take part, and what to think of the answer.
void print_remarks(Output& out, const ImportanceReport& report) {
  std::vector<std::string> lines;
  for (const std::string& doubt : report.importance.doubts)
    lines.push_back(doubt);
  if (report.codes > 1) {
    lines.push_back(concat("the runs are of ", report.codes,
                           " versions of the code, whose differences count as chance here"));
  }
  if (report.table.without_value > 0) {
    lines.push_back(concat(ui::counted(report.table.without_value, "run"),
                           report.table.without_value == 1 ? " has" : " have", " no value of ",
                           ui::printable(report.metric)));
  }
  if (report.still_running > 0) {
    lines.push_back(concat(ui::counted(report.still_running, "run"),
                           report.still_running == 1 ? " still goes" : " still go",
                           " on and was left out; --running takes part too"));
  }
  if (!lines.empty()) out.line();
  for (const std::string& line : lines) {
    out.write(Label::warning, "note: ");
    print_paragraph(out, Label::plain, line, 6, 6);
  }
  if (report.table.left_out.empty()) return;
  out.line();
  print_left_out(out, report.table.left_out);
}

Json optional_number(const std::optional<double>& value) {
  return value ? Json(*value) : Json();
}

Json effect_to_json(const ImportanceReport& report, const Effect& effect) {
  Json object = Json::object();
  Json names = Json::array();
  for (const std::size_t column : effect.columns)
    names.push(report.table.columns[column].name);
  object["params"] = std::move(names);
  object["share"] = effect.share;
  object["sd"] = optional_number(effect.deviation);
  object["by_chance"] = optional_number(effect.by_chance);
  Json levels = Json::array();
  for (std::size_t i = 0; i < effect.means.size(); ++i) {
    const analysis::Column& column = report.table.columns[effect.columns[0]];
    Json level = Json::object();
    level["value"] = column.levels[i].value_or(Json());
    level["missing"] = !column.levels[i].has_value();
    level["mean"] = effect.means[i];
    levels.push(std::move(level));
  }
  object["levels"] = std::move(levels);
  return object;
}

}  // namespace

std::string effect_name(const analysis::Table& table, const Effect& effect) {
  std::vector<std::string> names;
  for (const std::size_t column : effect.columns)
    names.push_back(ui::printable(table.columns[column].name));
  return join(names, " × ");
}

std::string bar_text(double share, std::size_t columns) {
  static constexpr std::array<std::string_view, 8> parts = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto eighths = static_cast<std::size_t>(
      std::lround(std::clamp(share, 0.0, 1.0) * 8 * static_cast<double>(columns)));
  std::string bar;
  for (std::size_t i = 0; i < eighths / 8; ++i)
    bar += "█";
  bar += parts[eighths % 8];
  return bar;
}

void print_importance(Output& out, const ImportanceReport& report, bool all) {
  print_heading(out, report);
  if (report.importance.method != Method::none) print_effects(out, report, all);
  print_remarks(out, report);
}

Json importance_to_json(const ImportanceReport& report) {
  const analysis::Importance& importance = report.importance;
  const bool exact = importance.method == Method::exact;
  Json object = Json::object();
  object["metric"] = report.metric;
  object["runs"] = static_cast<std::int64_t>(report.table.target.size());
  object["without_value"] = static_cast<std::int64_t>(report.table.without_value);
  object["running"] = static_cast<std::int64_t>(report.still_running);
  object["codes"] = static_cast<std::int64_t>(report.codes);
  object["mean"] = importance.mean;
  object["sd"] = importance.deviation;
  object["method"] = name_of(importance.method);
  object["telling"] = importance.telling;
  Json doubts = Json::array();
  for (const std::string& doubt : importance.doubts)
    doubts.push(doubt);
  object["doubts"] = std::move(doubts);
  Json effects = Json::array();
  for (const Effect& effect : importance.effects)
    effects.push(effect_to_json(report, effect));
  object["effects"] = std::move(effects);
  object["further"] = importance.further;
  object["unexplained"] = optional_number(importance.unexplained);
  const auto count = [](bool there, std::size_t number) {
    return there ? Json(static_cast<std::int64_t>(number)) : Json();
  };
  object["combinations"] = count(exact, importance.cells);
  object["fewest_repeats"] = count(exact, importance.fewest);
  object["most_repeats"] = count(exact, importance.most);
  object["trees"] = count(importance.method == Method::forest, importance.trees);
  Json left_out = Json::array();
  for (const LeftOut& left : report.table.left_out) {
    Json item = Json::object();
    item["param"] = left.name;
    item["reason"] = reason_name(left.reason);
    item["detail"] = left.detail;
    left_out.push(std::move(item));
  }
  object["left_out"] = std::move(left_out);
  return object;
}

std::string importance_to_csv(const ImportanceReport& report) {
  std::string csv = "params,share,sd,by_chance\n";
  const auto number = [](const std::optional<double>& value) {
    return value ? shortest(*value) : std::string();
  };
  for (const Effect& effect : report.importance.effects) {
    csv +=
        concat(exporter::csv_field(effect_name(report.table, effect)), ',', shortest(effect.share),
               ',', number(effect.deviation), ',', number(effect.by_chance), '\n');
  }
  return csv;
}

}  // namespace clew::cmd
