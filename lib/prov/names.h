#pragma once

#include <cstdint>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace clew::prov {

/// A thing that a document names, by its place in Names.
using Node = std::int32_t;
inline constexpr Node no_node = -1;

/// The qualified names of a document or bundle. Two names are one node when they stand for the same
/// IRI, whatever their prefixes. Keeps views into the document, which must outlive it.
class Names {
 public:
  /// Knows the prefixes "prov" and "xsd", and of a bundle those of its document.
  explicit Names(const Names* document = nullptr);
  Names(const Names&) = delete;
  Names& operator=(const Names&) = delete;

  /// Declares a prefix; "default" is the namespace of names without one. All are declared before
  /// the first node is asked for.
  void declare(std::string_view prefix, std::string_view iri) { prefixes_[prefix] = iri; }

  /// What of a qualified name has no meaning here: its undeclared prefix ("default" when it has
  /// none and there is no default namespace). nullopt when it is declared.
  [[nodiscard]] std::optional<std::string_view> undeclared(std::string_view name) const;

  /// The node of a name; a blank name, or one whose prefix is not declared, stands for itself.
  Node node(std::string_view name);
  [[nodiscard]] std::string_view text(Node node) const {
    return texts_[static_cast<std::size_t>(node)];
  }
  [[nodiscard]] std::size_t size() const { return texts_.size(); }

 private:
  [[nodiscard]] std::string expand(std::string_view name) const;
  /// Can two names stand for one IRI? Only where one namespace is the beginning of another.
  [[nodiscard]] bool namespaces_overlap() const;

  // Nodes are only ever added, and freed all at once.
  std::pmr::monotonic_buffer_resource memory_;
  std::unordered_map<std::string_view, std::string_view> prefixes_;
  std::pmr::unordered_map<std::string_view, Node> by_name_{&memory_};
  std::pmr::unordered_map<std::string, Node> by_iri_{&memory_};
  std::optional<bool> overlap_;
  std::vector<std::string_view> texts_;  // of each node, as first written
};

[[nodiscard]] bool is_blank(std::string_view name);
/// Can this be a qualified name or, with "_:", a blank one? Spaces, control characters and what no
/// IRI may hold cannot be part of one.
[[nodiscard]] bool is_name(std::string_view name);
/// Is it a prefix by the schema of PROV-JSON: [A-Za-z0-9_-]+, and not the "_" of blank names?
[[nodiscard]] bool is_prefix(std::string_view prefix);
/// Does it begin as an absolute IRI does, and hold nothing that none may hold?
[[nodiscard]] bool is_iri(std::string_view iri);

}  // namespace clew::prov
