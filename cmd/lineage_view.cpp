#include "lineage_view.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "ui/table.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

using query::CodeNode;
using query::FileNode;
using query::FilesNode;
using query::Lineage;
using query::LineageEdge;
using query::LineageNode;
using query::RunNode;
using ui::Label;

/// Deeper trees are too wide to be read.
constexpr std::size_t kDeepestTree = 50;
constexpr std::size_t kTreeDigits = 12;  // of digests and commits

struct TreePiece {
  Label label = Label::plain;
  std::string text;
};
using TreeLine = std::vector<TreePiece>;

std::string file_node_text(const FileNode& file) {
  if (file.digest == model::DigestKind::none && file.sha256.empty()) {
    return file.size > 0 ? format_size(file.size) : "";
  }
  std::string text = format_size(file.size);
  if (!file.sha256.empty()) text += "  " + file.sha256.substr(0, kTreeDigits);
  if (file.digest == model::DigestKind::partial) text += " (of samples)";
  if (file.digest == model::DigestKind::changing) text += " (changed meanwhile)";
  return text;
}

void add_run_pieces(TreeLine& line, const RunNode& node) {
  const model::Run& run = node.run;
  line.push_back({Label::plain, "run "});
  line.push_back({Label::id, run.id.short_hex()});
  if (!run.name.empty()) line.push_back({Label::name, "  " + ui::printable(run.name)});
  if (run.state != model::State::finished) {
    const ui::Cell outcome = ui::outcome_cell(run);
    line.push_back({Label::plain, "  "});
    line.push_back({outcome.label, outcome.text});
  }
  line.push_back({Label::faint, concat("  ", ui::date_time(run.started))});
  line.push_back({Label::plain, concat("  ", ui::command_text(run.argv))});
}

/// Prints a line behind its place in the tree, cut where the terminal ends.
void print_line(ui::Output& out, const std::string& stem, const TreeLine& line) {
  out.write(Label::faint, stem);
  const bool bounded = out.terminal() && out.columns() != 0;
  std::size_t left = bounded ? out.columns() - std::min(out.columns(), ui::display_width(stem)) : 0;
  for (const TreePiece& piece : line) {
    const std::string text = bounded ? ui::cut(piece.text, left) : piece.text;
    out.write(piece.label, text);
    left -= std::min(left, ui::display_width(text));
  }
  out.line();
}

/// The line of a node. `path`: what the file is called here, where that is known.
TreeLine tree_line_of(const LineageNode& node, const std::string& path) {
  TreeLine line;
  if (const auto* run = std::get_if<RunNode>(&node.is)) {
    add_run_pieces(line, *run);
  } else if (const auto* file = std::get_if<FileNode>(&node.is)) {
    const std::string& name = path.empty() ? file->path : path;
    line.push_back({Label::name, name.empty() ? "a file" : ui::printable(name)});
    const std::string text = file_node_text(*file);
    if (!text.empty()) line.push_back({Label::faint, "  " + text});
  } else if (const auto* code = std::get_if<CodeNode>(&node.is)) {
    line.push_back({Label::plain, "code "});
    line.push_back({Label::tag, code->commit.substr(0, kTreeDigits)});
    if (!code->branch.empty()) line.push_back({Label::plain, " on " + ui::printable(code->branch)});
    if (code->dirty) line.push_back({Label::plain, ", with changes"});
    if (!code->complete) line.push_back({Label::warning, ", not complete"});
  } else if (const auto* files = std::get_if<FilesNode>(&node.is)) {
    line.push_back({Label::name, concat(ui::printable(files->directory), "…")});
    line.push_back({Label::faint, concat("  ", ui::counted(files->count, "file"), ", ",
                                         format_size(files->size))});
  }
  return line;
}

/// Draws one direction of a lineage.
class LineageTree {
 public:
  LineageTree(ui::Output& out, const Lineage& lineage, bool up)
      : out_(out), lineage_(lineage), up_(up) {
    next_.resize(lineage.nodes.size());
    for (const LineageEdge& edge : lineage.edges)
      next_[up ? edge.effect : edge.cause].push_back(&edge);
    // What ran first, then what leads on.
    for (auto& edges : next_) {
      std::stable_sort(edges.begin(), edges.end(),
                       [this](const auto* a, const auto* b) { return order(*a) < order(*b); });
    }
  }

  /// Below the node. False when there is nothing.
  bool draw(std::size_t node) {
    draw_below(node, "", 0);
    return drawn_;
  }

 private:
  [[nodiscard]] std::size_t end_of(const LineageEdge& edge) const {
    return up_ ? edge.cause : edge.effect;
  }
  [[nodiscard]] int order(const LineageEdge& edge) const {
    const std::size_t end = end_of(edge);
    if (std::holds_alternative<CodeNode>(lineage_.nodes[end].is)) return 0;
    return next_[end].empty() ? 1 : 2;
  }

  void draw_below(std::size_t node, const std::string& before, std::size_t depth) {
    const auto& edges = next_[node];
    const std::string rest = rest_of(node);
    open_.insert(node);
    for (std::size_t i = 0; i < edges.size(); ++i)
      draw_edge(*edges[i], before, i + 1 == edges.size() && rest.empty(), depth);
    open_.erase(node);
    if (rest.empty()) return;
    drawn_ = true;
    print(before, true, {{Label::faint, rest}});
  }

  /// What is not in the graph.
  [[nodiscard]] std::string rest_of(std::size_t place) const {
    const LineageNode& node = lineage_.nodes[place];
    const std::size_t more = up_ ? node.more_up : node.more_down;
    if (more > 0) return concat("… ", ui::counted(more, "more run"), " (--all)");
    if (node.beyond && next_[place].empty()) return "… (--depth)";
    return {};
  }

  void draw_edge(const LineageEdge& edge, const std::string& before, bool last, std::size_t depth) {
    drawn_ = true;
    const std::size_t end = end_of(edge);
    const LineageNode& node = lineage_.nodes[end];
    const bool is_file = std::holds_alternative<FileNode>(node.is);
    TreeLine line = tree_line_of(node, is_file ? edge.path : "");
    if (edge.by_name) line.push_back({Label::warning, "  by name only"});
    if (edge.files > 0) line.push_back({Label::faint, concat("  ", edge.files, " read")});
    if (const auto* file = std::get_if<FileNode>(&node.is); file && up_ && file->makers.size() > 1)
      line.push_back({Label::faint, concat("  made by ", file->makers.size(), " runs")});
    const bool leads_on = !next_[end].empty();
    const bool again = leads_on && (open_.contains(end) || done_.contains(end));
    const bool too_deep = leads_on && !again && depth + 1 >= kDeepestTree;
    if (again) line.push_back({Label::hint, "  (see above)"});
    if (too_deep) line.push_back({Label::hint, "  … goes on; 'clew lineage' of it shows more"});
    print(before, last, line);
    if (again || too_deep) return;
    done_.insert(end);
    draw_below(end, concat(before, last ? "   " : "│  "), depth + 1);
  }

  void print(const std::string& before, bool last, const TreeLine& line) {
    print_line(out_, concat(before, last ? "└─ " : "├─ "), line);
  }

  ui::Output& out_;
  const Lineage& lineage_;
  bool up_;
  bool drawn_ = false;
  std::vector<std::vector<const LineageEdge*>> next_;
  std::set<std::size_t> open_;  // on the way from the root
  std::set<std::size_t> done_;  // drawn with all that follows
};

}  // namespace

void print_lineage(ui::Output& out, const Lineage& lineage, const LineageView& view) {
  const LineageNode& root = lineage.nodes[lineage.root];
  print_line(out, "", tree_line_of(root, ""));
  const bool is_run = std::holds_alternative<RunNode>(root.is);
  const auto section = [&](std::string_view title, bool up, std::string_view nothing) {
    out.line();
    out.write(Label::heading, title);
    out.line();
    if (!LineageTree(out, lineage, up).draw(lineage.root)) out.line(concat("  ", nothing));
  };
  if (view.up) {
    section("came from", true, is_run ? "no recorded files or code" : "no recorded run");
  }
  if (view.down) {
    section("went into", false, is_run ? "no recorded files" : "no recorded run");
  }
}

}  // namespace clew::cmd
