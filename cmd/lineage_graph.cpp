#include "base/text.h"
#include "lineage_view.h"
#include "ui/table.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

using query::CodeNode;
using query::FileNode;
using query::FilesNode;
using query::Lineage;
using query::LineageNode;
using query::RunNode;

Json run_node_json(const model::Run& run, Time now) {
  Json::Array argv;
  for (const std::string& word : run.argv)
    argv.emplace_back(word);
  const bool known_end = run.ended || run.state == model::State::running;
  return Json::Object{
      {"run", run.id.hex()},
      {"name", run.name.empty() ? Json() : Json(run.name)},
      {"state", model::name_of(run.state)},
      {"argv", std::move(argv)},
      {"started", format_time(run.started)},
      {"ended", run.ended ? Json(format_time(*run.ended)) : Json()},
      {"duration", known_end ? Json(static_cast<double>(run.duration(now)) / 1e6) : Json()}};
}

Json file_node_json(const FileNode& file) {
  Json::Array makers;
  for (const RunId maker : file.makers)
    makers.emplace_back(maker.hex());
  const bool hashed = file.digest != model::DigestKind::none;
  return Json::Object{{"path", file.path.empty() ? Json() : Json(file.path)},
                      {"sha256", file.sha256.empty() ? Json() : Json(file.sha256)},
                      {"digest", model::name_of(file.digest)},
                      {"size", hashed ? Json(file.size) : Json()},
                      {"makers", std::move(makers)}};
}

Json node_to_json(const LineageNode& node, Time now) {
  Json json = Json::Object{{"id", node.id}};
  std::string_view kind;
  Json fields;
  if (const auto* run = std::get_if<RunNode>(&node.is)) {
    kind = "run";
    fields = run_node_json(run->run, now);
  } else if (const auto* file = std::get_if<FileNode>(&node.is)) {
    kind = "file";
    fields = file_node_json(*file);
  } else if (const auto* code = std::get_if<CodeNode>(&node.is)) {
    kind = "code";
    fields = Json::Object{{"commit", code->commit},
                          {"branch", code->branch.empty() ? Json() : Json(code->branch)},
                          {"dirty", code->dirty},
                          {"complete", code->complete}};
  } else if (const auto* files = std::get_if<FilesNode>(&node.is)) {
    kind = "files";
    fields = Json::Object{
        {"directory", files->directory}, {"count", files->count}, {"size", files->size}};
  }
  json["kind"] = kind;
  for (auto& [name, value] : fields.as_object())
    json[name] = std::move(value);
  json["more_up"] = node.more_up;
  json["more_down"] = node.more_down;
  json["beyond"] = node.beyond;
  return json;
}

/// A quoted string of the DOT language. "\n" is what it writes for a line break.
std::string dot_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out + '"';
}

constexpr std::size_t kGraphLabelWidth = 40;
constexpr std::size_t kGraphDigits = 12;

std::string graph_label(const LineageNode& node) {
  if (const auto* run = std::get_if<RunNode>(&node.is)) {
    const std::string name = run->run.name.empty() ? "" : " " + ui::printable(run->run.name);
    return concat("run ", run->run.id.short_hex(), name, '\n',
                  ui::cut(ui::command_text(run->run.argv), kGraphLabelWidth));
  }
  if (const auto* file = std::get_if<FileNode>(&node.is)) {
    std::string label = file->path.empty() ? "a file" : ui::printable(file->path);
    if (file->digest != model::DigestKind::none) label += "\n" + format_size(file->size);
    if (!file->sha256.empty()) label += "  " + file->sha256.substr(0, kGraphDigits);
    return label;
  }
  if (const auto* code = std::get_if<CodeNode>(&node.is)) {
    const std::string branch = code->branch.empty() ? "" : " on " + ui::printable(code->branch);
    return concat("code ", code->commit.substr(0, kGraphDigits), branch,
                  code->dirty ? "\nwith changes" : "");
  }
  const auto& files = std::get<FilesNode>(node.is);
  return concat(ui::printable(files.directory), "…\n", ui::counted(files.count, "file"), ", ",
                format_size(files.size));
}

}  // namespace

Json lineage_to_json(const Lineage& lineage, Time now) {
  Json nodes = Json::array();
  for (const LineageNode& node : lineage.nodes)
    nodes.push(node_to_json(node, now));
  Json edges = Json::array();
  for (const auto& edge : lineage.edges) {
    edges.push(Json::Object{{"effect", lineage.nodes[edge.effect].id},
                            {"cause", lineage.nodes[edge.cause].id},
                            {"relation", query::name_of(edge.relation)},
                            {"path", edge.path.empty() ? Json() : Json(edge.path)},
                            {"by_name", edge.by_name}});
  }
  return Json::Object{{"root", lineage.nodes[lineage.root].id},
                      {"nodes", std::move(nodes)},
                      {"edges", std::move(edges)}};
}

std::string lineage_to_dot(const Lineage& lineage) {
  std::string out =
      "digraph lineage {\n"
      "  rankdir=RL;\n"
      "  node [fontname=\"Helvetica\", fontsize=10, style=filled, color=\"#808080\"];\n"
      "  edge [fontname=\"Helvetica\", fontsize=9, color=\"#606060\"];\n";
  for (std::size_t i = 0; i < lineage.nodes.size(); ++i) {
    const LineageNode& node = lineage.nodes[i];
    const bool run = std::holds_alternative<RunNode>(node.is);
    const bool files = std::holds_alternative<FilesNode>(node.is);
    // The colours of https://www.w3.org/2011/prov/wiki/Diagrams.
    const std::string_view shape = run     ? "shape=box, fillcolor=\"#9FB1FC\""
                                   : files ? "shape=folder, fillcolor=\"#FFFC87\""
                                           : "shape=ellipse, fillcolor=\"#FFFC87\"";
    out += concat("  n", i, " [", shape, ", label=", dot_string(graph_label(node)),
                  i == lineage.root ? ", penwidth=3" : "", "];\n");
  }
  for (const auto& edge : lineage.edges) {
    out += concat("  n", edge.effect, " -> n", edge.cause, " [label=",
                  edge.relation == query::Relation::used ? "\"used\"" : "\"wasGeneratedBy\"",
                  edge.by_name ? ", style=dashed" : "", "];\n");
  }
  return out + "}\n";
}

}  // namespace clew::cmd
