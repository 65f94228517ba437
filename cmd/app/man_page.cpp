#include "app/man_page.h"

#include <array>
#include <cctype>
#include <utility>

#include "app/globals.h"
#include "app/help_text.h"
#include "app/program.h"
#include "base/text.h"

namespace clew::cmd {

namespace {

struct Term {
  std::string_view term;
  std::string_view text;
};

constexpr std::array<Term, 9> kExitCodes = {{
    {"0", "Done."},
    {"1", "A documented \"no\", such as of 'clew diff --exit-code'."},
    {"2", "Wrong usage or configuration, or an unknown or ambiguous run."},
    {"3", "There is no store here."},
    {"4", "Another process holds what is needed."},
    {"5", "Stored data is damaged."},
    {"6", "The operation failed: it could not read or write, or an input file is malformed."},
    {"70", "A fault of clew itself."},
    {"125, 126, 127",
     "Of 'clew run': the command could not be started, is not executable, was not "
     "found. Else 'clew run' ends as its command does, by the same signal where it "
     "was one."},
}};

constexpr std::array<Term, 8> kVariables = {{
    {"CLEW_DIR", "The store, wherever the current directory is."},
    {"CLEW_PAGER",
     "The pager for long answers, before the setting ui.pager and PAGER; empty or "
     "'cat' for none."},
    {"CLEW_CONFIG_SECTION_KEY", "The setting section.key."},
    {"CLEW_RUN", "Set for the command of a run: its id. A 'clew run' in it records a child of it."},
    {"CLEW_STORE", "Set for the command of a run: the store."},
    {"CLEW_SOCKET", "Set for the command of a run: the socket that takes its metrics."},
    {"NO_COLOR", "Where it is set and not empty, nothing is coloured."},
    {"COLUMNS", "The width of the terminal, instead of what the terminal says."},
}};

constexpr std::array<Term, 4> kFiles = {{
    {"~/.config/clew/config.yaml", "Settings of the user, or in XDG_CONFIG_HOME."},
    {"clew.yaml", "Settings of a project, at the top of its work tree."},
    {".git/clew", "The store of a git repository, shared by its work trees."},
    {".clew", "The store of a directory outside git."},
}};

constexpr std::array<Term, 5> kRunNames = {{
    {"9f3c2a7b", "The beginning of the run's id, 4 digits or more."},
    {"@", "The newest run; @~1 is the one before, @~2 the one before that."},
    {"NAME", "The name that the run was given."},
    {"TAG", "The newest run with this tag."},
    {"RUN:PATH", "A file as it was when the run started, relative to the top of the work tree."},
}};

/// Text for roff: a line that begins with a dot or a quote would be a request, and hyphens and
/// quotes would turn into typographical ones, which nobody can copy into a shell.
std::string escaped(std::string_view text) {
  std::string out;
  bool line_start = true;
  for (const char c : text) {
    if (line_start && (c == '.' || c == '\'')) out += "\\&";
    line_start = c == '\n';
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if (c == '\'') {
      out += "\\(aq";
    } else if (c == '`') {
      out += "\\(ga";
    } else if (c == '^') {
      out += "\\(ha";
    } else if (c == '~') {
      out += "\\(ti";
    } else {
      out += c;
    }
  }
  return out;
}

std::string bold(std::string_view text) {
  return concat("\\fB", escaped(text), "\\fR");
}

std::string italic(std::string_view text) {
  return concat("\\fI", escaped(text), "\\fR");
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

/// A summary as the NAME section wants it: "list runs".
std::string lowered(std::string_view summary) {
  std::string out(summary);
  out.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(out.front())));
  return out;
}

std::string heading(std::string_view title) {
  return concat(".SH ", title, '\n');
}

std::string item(std::string_view term, std::string_view text) {
  return concat(".TP\n", term, '\n', escaped(text), '\n');
}

std::string start(std::string_view page, std::string_view summary) {
  return concat(".\\\" Made by 'clew generate man' from the table of commands.\n", ".TH ",
                upper(page), " 1 \"\" \"clew ", version(), "\" \"clew\"\n", ".nh\n.ad l\n",
                heading("NAME"), escaped(page), " \\- ", escaped(summary), '\n');
}

std::string options_of(const Declaration& declaration) {
  std::string out;
  for (const Declaration::Entry& entry : declaration.entries()) {
    const Argument& argument = entry.argument;
    if (argument.positional) continue;
    std::string term;
    for (const std::string_view spelling : argument.spellings())
      term += concat(term.empty() ? "" : ", ", bold(spelling));
    if (!argument.placeholder.empty()) term += concat(' ', italic(argument.placeholder));
    out += item(term, concat(argument.help, '.'));
  }
  return out;
}

std::string arguments_of(const Declaration& declaration) {
  std::string out;
  for (const Declaration::Entry& entry : declaration.entries()) {
    if (!entry.argument.positional) continue;
    out += item(italic(entry.argument.placeholder), concat(entry.argument.help, '.'));
  }
  if (const auto& tail = declaration.tail())
    out += item(italic(tail->placeholder), concat(tail->help, '.'));
  return out;
}

std::string paragraphs(std::string_view text) {
  std::string out;
  for (const std::string_view paragraph : split(text, '\n')) {
    if (!paragraph.empty()) out += concat(out.empty() ? "" : ".PP\n", escaped(paragraph), '\n');
  }
  return out;
}

std::string section(std::string_view title, const auto& items) {
  std::string out = heading(title);
  for (const Term& each : items)
    out += item(bold(each.term), each.text);
  return out;
}

}  // namespace

std::string program_page() {
  std::string page = start("clew", "record, list and compare training runs");
  page += heading("SYNOPSIS");
  page +=
      concat(bold("clew run"), " [", italic("OPTIONS"), "] ", bold("--"), ' ', italic("COMMAND..."),
             "\n.br\n", bold("clew"), ' ', italic("COMMAND"), " [", italic("OPTIONS"), "] ...\n");
  page += heading("DESCRIPTION");
  page += paragraphs(
      "Put 'clew run --' before the command that trains a model, and clew keeps what ran: the "
      "exact code, the parameters, the environment, the metrics, and what was printed. There is no "
      "server, and the program that trains need not be changed.");
  page += heading("COMMANDS");
  for (const Command& command : commands()) {
    if (command.hidden) continue;
    page += item(concat(bold(concat("clew-", command.name)), "(1)"), concat(command.summary, '.'));
  }
  page += heading("OPTIONS") + "These may stand before or after the command.\n";
  GlobalOptions options;
  Declaration globals;
  declare_globals(globals, options);
  page += options_of(globals);
  page += section("NAMES OF RUNS", kRunNames);
  page += section("EXIT STATUS", kExitCodes);
  page += section("ENVIRONMENT", kVariables);
  page += section("FILES", kFiles);
  return page;
}

std::string command_page(const Command& command, const Declaration& declaration) {
  std::string page = start(concat("clew-", command.name), lowered(command.summary));
  page += heading("SYNOPSIS") + escaped(usage_line(command.name, declaration)) + '\n';
  page += heading("DESCRIPTION") + paragraphs(declaration.description);
  const std::string arguments = arguments_of(declaration);
  if (!arguments.empty()) page += heading("ARGUMENTS") + arguments;
  page += heading("OPTIONS") + options_of(declaration);
  page += concat(".PP\nThe options of every command stand in ", bold("clew"), "(1).\n");
  if (!declaration.examples.empty()) {
    page += heading("EXAMPLES");
    for (const auto& [line, meaning] : declaration.examples)
      page += item(bold(line),
                   concat(std::string(1, upper(meaning.substr(0, 1))[0]), meaning.substr(1), '.'));
  }
  page += concat(heading("SEE ALSO"), bold("clew"), "(1)\n");
  return page;
}

}  // namespace clew::cmd
