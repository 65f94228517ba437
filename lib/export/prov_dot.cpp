#include "export/prov_dot.h"

#include <set>
#include <tuple>

#include "base/text.h"
#include "export/prov_groups.h"

namespace clew::exporter {
namespace {

using prov::Kind;
using prov::Record;

/// Text in double quotes. Lines of a label end with the two characters "\n".
std::string dot_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out += '"';
}

std::string quoted_lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines)
    text += text.empty() ? line : "\n" + line;
  return dot_string(text);
}

std::string_view style_of(Kind kind) {
  if (kind == Kind::entity) return "shape=ellipse, fillcolor=\"#FFFC87\", color=\"#808080\"";
  if (kind == Kind::activity) return "shape=box, fillcolor=\"#9FB1FC\", color=\"#0000FF\"";
  return "shape=house, fillcolor=\"#FDB266\", color=\"#808080\"";
}

struct Edge {
  std::string from;
  std::string to;
  std::string label;
  bool dashed = false;  ///< says how another arrow is meant
  friend auto operator<=>(const Edge&, const Edge&) = default;
};

std::string_view formal(const Record& record, std::string_view name) {
  for (const auto& [key, text] : record.formal) {
    if (key == name) return text;
  }
  return {};
}

/// Draws a document or bundle.
class Drawing {
 public:
  Drawing(std::string& out, std::string_view indent, std::string_view scope)
      : out_(out), indent_(indent), scope_(scope) {}

  void draw(const std::vector<Record>& records, const DotOptions& options) {
    picture_ = picture_nodes(records, options);
    for (const auto& [name, node] : picture_.nodes) {
      out_ += concat(indent_, dot_string(scoped(name)), " [label=", quoted_lines(node.lines), ", ",
                     style_of(node.kind), node.several ? ", peripheries=2" : "",
                     ", tooltip=", dot_string(node.tooltip), "]\n");
    }
    for (const auto& record : records)
      add_edges(record);
    for (const auto& edge : edges_) {
      out_ +=
          concat(indent_, dot_string(scoped(edge.from)), " -> ", dot_string(scoped(edge.to)),
                 " [label=", dot_string(edge.label), edge.dashed ? ", style=dashed" : "", "]\n");
    }
  }

 private:
  [[nodiscard]] std::string scoped(const std::string& name) const {
    return scope_.empty() ? name : concat(scope_, ' ', name);
  }

  void add_edges(const Record& record) {
    const auto edge = [&](std::string_view from, std::string_view to, std::string_view label,
                          bool dashed = false) {
      const auto source = picture_.node_of.find(std::string(formal(record, from)));
      const auto target = picture_.node_of.find(std::string(formal(record, to)));
      if (source == picture_.node_of.end() || target == picture_.node_of.end()) return;
      // Inside one node there is nothing to see.
      if (source->second == target->second && source->first != target->first) return;
      edges_.insert({source->second, target->second, std::string(label), dashed});
    };
    const auto label = json_key(record.kind);
    switch (record.kind) {
      case Kind::entity:
      case Kind::activity:
      case Kind::agent:
        return;
      case Kind::was_generated_by:
      case Kind::was_invalidated_by:
        return edge("prov:entity", "prov:activity", label);
      case Kind::used:
        return edge("prov:activity", "prov:entity", label);
      case Kind::was_informed_by:
        return edge("prov:informed", "prov:informant", label);
      case Kind::was_started_by:
        edge("prov:activity", "prov:trigger", label);
        return edge("prov:activity", "prov:starter", label);
      case Kind::was_ended_by:
        edge("prov:activity", "prov:trigger", label);
        return edge("prov:activity", "prov:ender", label);
      case Kind::was_derived_from:
        return edge("prov:generatedEntity", "prov:usedEntity", derivation_label(record));
      case Kind::was_attributed_to:
        return edge("prov:entity", "prov:agent", label);
      case Kind::was_associated_with:
        edge("prov:activity", "prov:agent", label);
        return edge("prov:activity", "prov:plan", "hadPlan", true);
      case Kind::acted_on_behalf_of:
        return edge("prov:delegate", "prov:responsible", label);
      case Kind::was_influenced_by:
        return edge("prov:influencee", "prov:influencer", label);
      case Kind::specialization_of:
        return edge("prov:specificEntity", "prov:generalEntity", label);
      case Kind::alternate_of:
        return edge("prov:alternate1", "prov:alternate2", label);
      case Kind::had_member:
        return edge("prov:collection", "prov:entity", label);
    }
  }

  static std::string_view derivation_label(const Record& record) {
    const auto type = attribute_of(record, "prov:type");
    return type == "prov:Revision" ? "wasRevisionOf" : json_key(record.kind);
  }

  std::string& out_;
  std::string_view indent_;
  std::string_view scope_;
  PictureNodes picture_;
  std::set<Edge> edges_;
};

}  // namespace

std::string prov_to_dot(const prov::Document& document, const DotOptions& options) {
  // Arrows lead into the past; drawn to the left, time goes to the right.
  std::string out =
      "digraph prov {\n"
      "  graph [rankdir=RL, nodesep=0.15, ranksep=0.9, fontname=\"Helvetica\"]\n"
      "  node [style=filled, fontname=\"Helvetica\", fontsize=11, margin=\"0.12,0.06\"]\n"
      "  edge [fontname=\"Helvetica\", fontsize=9, color=\"#606060\", fontcolor=\"#606060\", "
      "arrowsize=0.7]\n";
  Drawing(out, "  ", "").draw(document.records, options);
  std::size_t number = 0;
  for (const auto& bundle : document.bundles) {
    out += concat("  subgraph ", dot_string(concat("cluster_", ++number)),
                  " {\n    label=", dot_string(bundle.id), "\n    color=\"#808080\"\n");
    Drawing(out, "    ", bundle.id).draw(bundle.records, options);
    out += "  }\n";
  }
  return out += "}\n";
}

}  // namespace clew::exporter
