#include "why_view.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "paragraph.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

using analysis::CodeFile;
using analysis::Difference;
using analysis::Evidence;
using analysis::FacetKind;
using analysis::Used;
using ui::Label;
using ui::Output;

constexpr std::size_t kHunkLines = 12;  // of a hunk that is not shown as a whole
constexpr std::size_t kHunks = 6;       // in all
constexpr std::size_t kValue = 32;      // columns of a value
constexpr int kDigits = 4;

/// A value of this thing; of a parameter that changed during the run "0.00025 at step 9".
std::string value_or_missing(FacetKind kind, const std::optional<Json>& value) {
  if (value && kind == FacetKind::change) {
    std::vector<std::string> words;
    for (const Json& change : value->as_array()) {
      const Json* step = change.find("step");
      words.push_back(
          concat(ui::value_text(*change.find("value")),
                 step->is_null() ? std::string() : concat(" at step ", ui::value_text(*step))));
    }
    return ui::cut(join(words, ", "), kValue);
  }
  return value ? ui::cut(ui::value_text(*value), kValue) : std::string(ui::kMissing);
}

std::string number_or_missing(const std::optional<double>& value) {
  return value ? ui::number_text(*value) : std::string(ui::kMissing);
}

std::string signed_text(double value) {
  return concat(value > 0 ? "+" : "", ui::number_text(value, kDigits));
}

void print_head(Output& out, const WhyReport& report) {
  const auto side = [&](const model::Run& run) {
    out.write(Label::id, run.id.short_hex());
    if (!run.name.empty()) {
      out.write(" ");
      out.write(Label::name, ui::printable(run.name));
    }
  };
  side(report.a.run);
  out.write(" → ");
  side(report.b.run);
  out.line();
  if (!report.metric) {
    out.line("no metric that both runs have");
    return;
  }
  out.write(Label::heading, ui::printable(*report.metric));
  out.write(
      concat(": ", number_or_missing(report.value_a), " → ", number_or_missing(report.value_b)));
  if (report.value_a && report.value_b) {
    out.write(concat("  (", ui::difference_text(*report.value_a, *report.value_b), ')'));
  }
  out.line();
  const auto& spread = report.causes.spread;
  if (!spread) return;
  out.line(concat("repeats differ by ", ui::number_text(spread->deviation, 3),
                  " (standard deviation; ", spread->runs, " runs in ",
                  ui::counted(spread->settings, "setting"), ")"));
  if (report.causes.within_chance == true && !report.causes.differences.empty()) {
    out.write(Label::warning, "note: ");
    out.line("repeats differ as much as these two runs: this may be chance");
  }
}

/// What runs that differ in this alone say.
std::string evidence_text(const WhyReport& report, const Evidence& evidence) {
  const std::string metric = ui::printable(report.metric.value_or(""));
  const std::string where = concat("in ", ui::counted(evidence.settings, "setting"), ", ",
                                   ui::counted(evidence.runs, "run"));
  std::string text;
  if (evidence.same_values) {
    const bool here = evidence.here.has_value();
    text = concat("by itself it changed ", metric, " by ",
                  signed_text(here ? *evidence.here : evidence.change));
    if (here && evidence.settings > 1) {
      text += concat(" under these conditions, and by ", signed_text(evidence.change),
                     " on the average");
    }
    if (evidence.settings > 1) {
      text += concat(" (", signed_text(evidence.least), " to ", signed_text(evidence.most), ')');
    }
    text += concat(' ', where);
  } else {
    text = concat("other values of it alone changed ", metric, " by up to ",
                  ui::number_text(evidence.change, kDigits), ' ', where);
  }
  if (evidence.matters == true) return text + ": more than chance";
  if (evidence.matters == false) return text + ": no more than chance";
  return text + "; without repeats chance is not known";
}

void print_hunks(Output& out, const CodeFile& file, bool patch, std::size_t& shown) {
  for (const analysis::Hunk& hunk : file.change.hunks) {
    if (!patch && shown++ >= kHunks) return;
    out.write(Label::faint, concat("       ", ui::printable(hunk.header)));
    out.line();
    // Around the change, as far as there is room.
    const auto changed = [](const std::string& line) { return line[0] == '+' || line[0] == '-'; };
    const auto first = std::find_if(hunk.lines.begin(), hunk.lines.end(), changed);
    auto from = patch || first == hunk.lines.begin() ? hunk.lines.begin() : first - 1;
    for (std::size_t i = 0; from != hunk.lines.end(); ++from, ++i) {
      if (!patch && i == kHunkLines) {
        out.write(Label::faint, "       …");
        out.line();
        break;
      }
      const char mark = from->front();
      out.write("       ");
      out.write(mark == '+' ? Label::added : (mark == '-' ? Label::removed : Label::plain),
                ui::printable(*from));
      out.line();
    }
  }
}

void print_file(Output& out, const CodeFile& file, bool patch, std::size_t& shown) {
  std::uint64_t added = 0;
  std::uint64_t removed = 0;
  bool comments = !file.change.hunks.empty();
  for (const analysis::Hunk& hunk : file.change.hunks) {
    added += hunk.added;
    removed += hunk.removed;
    comments = comments && hunk.comments_only;
  }
  out.write(concat("     ", ui::printable(file.change.path)));
  if (!file.change.old_path.empty() && file.change.old_path != file.change.path) {
    out.write(concat(", before ", ui::printable(file.change.old_path)));
  }
  if (added > 0) out.write(Label::added, concat(" +", added));
  if (removed > 0) out.write(Label::removed, concat(" -", removed));
  std::string remark;
  if (file.change.binary) remark += ", not text";
  if (comments) remark += ", comments only";
  if (file.used == Used::yes) remark += ", was read";
  if (file.used == Used::unknown) remark += ", not known whether it was read";
  out.write(Label::faint, remark);
  out.line();
  if (file.used != Used::no && !comments) print_hunks(out, file, patch, shown);
}

void print_difference_line(Output& out, const WhyReport& report, const Difference& difference) {
  out.write(Label::faint, analysis::name_of(difference.facet.kind));
  out.write(" ");
  if (difference.facet.kind == FacetKind::code) {
    if (!report.code_gap.empty()) out.write(ui::printable(report.code_gap));
    if (difference.files.empty() && report.code_gap.empty()) out.write("the files are the same");
    if (!difference.files.empty()) out.write(ui::counted(difference.files.size(), "file"));
  } else {
    out.write(Label::name, ui::printable(difference.facet.name));
    out.write(": ");
    out.write(Label::removed, value_or_missing(difference.facet.kind, difference.a));
    out.write(" → ");
    out.write(Label::added, value_or_missing(difference.facet.kind, difference.b));
  }
  std::string remark;
  if (difference.chance) remark = "  drives chance";
  if (difference.label) remark = "  different in nearly every run";
  if (!difference.alias.empty()) {
    remark = concat("  changes together with ", ui::printable(difference.alias));
  }
  out.write(Label::faint, remark);
  out.line();
}

}  // namespace

void print_causes(Output& out, const WhyReport& report, bool patch) {
  const analysis::Causes& causes = report.causes;
  std::size_t shown = 0;
  std::size_t number = 0;
  for (const Difference& difference : causes.differences) {
    const std::string label = concat(++number, ".");
    out.write(concat(label.size() < 3 ? " " : "", label, ' '));
    print_difference_line(out, report, difference);
    if (difference.evidence) {
      const bool matters = difference.evidence->matters.value_or(false);
      out.write("     ");
      print_paragraph(out, matters ? Label::good : Label::faint,
                      evidence_text(report, *difference.evidence), 5, 5);
    }
    for (const CodeFile& file : difference.files)
      print_file(out, file, patch, shown);
  }
  if (!patch && shown > kHunks) {
    out.write(Label::faint, "     --patch shows all lines of the code");
    out.line();
  }
  if (causes.unused.empty()) return;
  out.line();
  out.write(Label::heading, "differs, but was not used");
  out.line();
  for (const Difference& difference : causes.unused) {
    if (difference.files.empty()) {
      out.write("     ");
      print_difference_line(out, report, difference);
    }
    for (const CodeFile& file : difference.files)
      print_file(out, file, false, shown);
  }
}

void print_why(Output& out, const WhyReport& report, bool patch) {
  print_head(out, report);
  out.line();
  const analysis::Causes& causes = report.causes;
  if (causes.differences.empty() && causes.unused.empty()) {
    out.line("nothing differs that was recorded: the rest is chance, or was not recorded");
    return;
  }
  out.write(Label::heading, causes.differences.size() == 1
                                ? "the one thing that differs"
                                : "what differs, the likeliest cause first");
  out.line();
  print_causes(out, report, patch);
}

}  // namespace clew::cmd
