#include "app/help_text.h"

#include <algorithm>

#include "app/globals.h"
#include "base/text.h"

namespace clew::cmd {

namespace {

using HelpEntry = Declaration::Entry;
using ui::Label;

constexpr std::size_t kTermIndent = 2;
constexpr std::size_t kWidestTerm = 26;

/// A line of help: a term and what it means.
struct Item {
  std::string term;
  std::string help;
};

std::size_t width_of(const ui::Output& out) {
  return std::min<std::size_t>(out.columns() == 0 ? 80 : out.columns(), 100);
}

void print_items(ui::Output& out, std::string_view title, const std::vector<Item>& items) {
  if (items.empty()) return;
  out.line();
  out.write(Label::heading, title);
  out.line();
  std::size_t widest = 0;
  for (const Item& item : items) {
    if (item.term.size() <= kWidestTerm) widest = std::max(widest, item.term.size());
  }
  const std::size_t left = kTermIndent + widest + 2;
  const std::size_t width = std::max<std::size_t>(width_of(out), left + 20) - left;
  for (const Item& item : items) {
    out.write(concat(std::string(kTermIndent, ' '), item.term));
    std::size_t at = kTermIndent + item.term.size();
    if (at + 2 > left) {
      out.line();
      at = 0;
    }
    for (const std::string& line : wrapped(item.help, width)) {
      out.line(concat(std::string(left - at, ' '), line));
      at = 0;
    }
  }
}

Item item_of(const Argument& argument) {
  if (argument.positional) return {argument.placeholder, argument.help};
  std::string term;
  for (const std::string_view spelling : argument.spellings()) {
    if (term.empty() && spelling.size() > 2) term = "    ";  // where the short name would stand
    if (!term.empty() && term.back() != ' ') term += ", ";
    term += spelling;
  }
  if (!argument.placeholder.empty()) term += concat(' ', argument.placeholder);
  return {std::move(term), argument.help};
}

std::vector<Item> items_of(const Declaration& declaration, bool positional) {
  std::vector<Item> items;
  for (const HelpEntry& entry : declaration.entries()) {
    if (entry.argument.positional == positional) items.push_back(item_of(entry.argument));
  }
  if (positional && declaration.tail()) {
    items.push_back({declaration.tail()->placeholder, declaration.tail()->help});
  }
  return items;
}

void print_global_options(ui::Output& out) {
  GlobalOptions options;
  Declaration globals;
  declare_globals(globals, options);
  print_items(out, "Options of every command", items_of(globals, false));
}

}  // namespace

std::string usage_line(std::string_view command, const Declaration& declaration) {
  std::string line = concat("clew ", command);
  bool options = false;
  for (const HelpEntry& entry : declaration.entries())
    options |= !entry.argument.positional;
  if (options) line += " [OPTIONS]";
  for (const HelpEntry& entry : declaration.entries()) {
    const Argument& argument = entry.argument;
    if (!argument.positional) continue;
    const std::string word = concat(argument.placeholder, argument.repeated ? "..." : "");
    line += argument.required ? concat(' ', word) : concat(" [", word, ']');
  }
  if (const auto& tail = declaration.tail())
    line += tail->required ? concat(" -- ", tail->placeholder)
                           : concat(" [-- ", tail->placeholder, ']');
  return line;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  for (const std::string_view paragraph : split(text, '\n')) {
    std::string line;
    for (const std::string_view word : split(paragraph, ' ')) {
      if (!line.empty() && ui::display_width(line) + 1 + ui::display_width(word) > width) {
        lines.push_back(std::move(line));
        line.clear();
      }
      if (!line.empty()) line += ' ';
      line += word;
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

void print_overview(ui::Output& out) {
  out.line("clew records training runs: the code, the parameters, the metrics and the output.");
  out.line();
  out.write(Label::heading, "Usage");
  out.line();
  out.line("  clew run [OPTIONS] -- COMMAND...    record a command");
  out.line("  clew COMMAND [OPTIONS] ...");
  std::vector<Item> items;
  for (const Command& command : commands()) {
    if (!command.hidden) items.push_back({std::string(command.name), std::string(command.summary)});
  }
  print_items(out, "Commands", items);
  print_global_options(out);
  out.line();
  out.line("'clew help COMMAND' tells all about one.");
}

void print_help(ui::Output& out, const Command& command, const Declaration& declaration) {
  out.line(command.summary);
  out.line();
  out.write(Label::heading, "Usage");
  out.line();
  out.line(concat("  ", usage_line(command.name, declaration)));
  if (!declaration.description.empty()) {
    out.line();
    for (const std::string& line : wrapped(declaration.description, width_of(out)))
      out.line(line);
  }
  print_items(out, "Arguments", items_of(declaration, true));
  print_items(out, "Options", items_of(declaration, false));
  print_global_options(out);
  if (declaration.examples.empty()) return;
  out.line();
  out.write(Label::heading, "Examples");
  out.line();
  for (const auto& [line, meaning] : declaration.examples) {
    out.line(concat("  ", line));
    out.line(concat("      ", meaning));
  }
}

}  // namespace clew::cmd
