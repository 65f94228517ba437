#include <algorithm>
#include <map>
#include <tuple>

#include "base/text.h"
#include "query/lineage.h"

namespace clew::query {
namespace {

/// What leads to and from a node: which relation, in which direction, and to which node.
using Links = std::vector<std::tuple<Relation, bool, std::size_t, bool>>;

std::vector<Links> links_of(const Lineage& lineage) {
  std::vector<Links> links(lineage.nodes.size());
  for (const auto& edge : lineage.edges) {
    links[edge.effect].emplace_back(edge.relation, true, edge.cause, edge.by_name);
    links[edge.cause].emplace_back(edge.relation, false, edge.effect, edge.by_name);
  }
  for (auto& each : links)
    std::sort(each.begin(), each.end());
  return links;
}

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

/// Nodes that may be drawn as one: in one directory, and beside the same runs in the same way.
using Groups = std::map<std::pair<std::string, Links>, std::vector<std::size_t>>;

Groups groups_of(const Lineage& lineage) {
  const std::vector<Links> links = links_of(lineage);
  Groups groups;
  for (std::size_t i = 0; i < lineage.nodes.size(); ++i) {
    const LineageNode& node = lineage.nodes[i];
    const auto* file = std::get_if<FileNode>(&node.is);
    if (file == nullptr || i == lineage.root || links[i].empty()) continue;
    if (node.more_up + node.more_down > 0 || node.beyond) continue;
    groups[{directory_of(file->path), links[i]}].push_back(i);
  }
  return groups;
}

}  // namespace

Lineage folded(const Lineage& lineage, std::size_t most) {
  // The first of each group stands for it.
  std::vector<std::size_t> stands_for(lineage.nodes.size());
  for (std::size_t i = 0; i < stands_for.size(); ++i)
    stands_for[i] = i;
  std::map<std::size_t, FilesNode> summaries;
  for (const auto& [key, members] : groups_of(lineage)) {
    if (members.size() <= most) continue;
    FilesNode summary{key.first, members.size(), 0};
    for (const std::size_t member : members) {
      stands_for[member] = members.front();
      summary.size += std::get<FileNode>(lineage.nodes[member].is).size;
    }
    summaries.emplace(members.front(), std::move(summary));
  }

  Lineage out;
  std::vector<std::size_t> places(lineage.nodes.size());
  for (std::size_t i = 0; i < lineage.nodes.size(); ++i) {
    if (stands_for[i] != i) continue;
    places[i] = out.nodes.size();
    const auto summary = summaries.find(i);
    if (summary == summaries.end()) {
      out.nodes.push_back(lineage.nodes[i]);
    } else {
      out.nodes.push_back({concat("files:", out.nodes.size()), summary->second});
    }
  }
  out.root = places[stands_for[lineage.root]];
  for (LineageEdge edge : lineage.edges) {
    if (stands_for[edge.effect] != edge.effect || stands_for[edge.cause] != edge.cause) continue;
    for (const std::size_t end : {edge.effect, edge.cause}) {
      if (const auto found = summaries.find(end); found != summaries.end())
        edge.path = found->second.directory;
    }
    edge.effect = places[edge.effect];
    edge.cause = places[edge.cause];
    out.edges.push_back(std::move(edge));
  }
  return out;
}

}  // namespace clew::query
