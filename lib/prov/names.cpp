#include "prov/names.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "prov/vocabulary.h"

namespace clew::prov {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_word(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/// Characters that RFC 3987 keeps out of IRIs.
bool is_foreign(char c) {
  static constexpr auto table = [] {
    std::array<bool, 256> foreign{};
    for (std::size_t code = 0; code <= 0x20; ++code)
      foreign[code] = true;
    for (const char one : std::string_view("<>\"{}|^`\x7f"))
      foreign[static_cast<unsigned char>(one)] = true;
    return foreign;
  }();
  return table[static_cast<unsigned char>(c)];
}

bool has_foreign(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return is_foreign(c); });
}

/// The prefix of a name, "default" where it has none.
std::string_view prefix_of(std::string_view name) {
  const auto colon = name.find(':');
  return colon == std::string_view::npos ? "default" : name.substr(0, colon);
}

}  // namespace

Names::Names(const Names* document) : prefixes_{{"prov", prov_iri}, {"xsd", xsd_iri}} {
  if (document != nullptr) prefixes_ = document->prefixes_;
}

std::optional<std::string_view> Names::undeclared(std::string_view name) const {
  const auto prefix = prefix_of(name);
  if (is_blank(name) || prefixes_.contains(prefix)) return std::nullopt;
  return prefix;
}

std::string Names::expand(std::string_view name) const {
  const auto found = is_blank(name) ? prefixes_.end() : prefixes_.find(prefix_of(name));
  // A space cannot be part of an IRI, so that what is not expanded meets none.
  if (found == prefixes_.end()) return concat(' ', name);
  const auto colon = name.find(':');
  return concat(found->second, colon == std::string_view::npos ? name : name.substr(colon + 1));
}

bool Names::namespaces_overlap() const {
  std::vector<std::string_view> iris;
  for (const auto& [prefix, iri] : prefixes_)
    iris.push_back(iri);
  std::sort(iris.begin(), iris.end());
  // What begins with a text follows it in order, before all that does not.
  for (std::size_t i = 1; i < iris.size(); ++i) {
    if (iris[i].starts_with(iris[i - 1])) return true;
  }
  return false;
}

Node Names::node(std::string_view name) {
  const auto next = static_cast<Node>(texts_.size());
  const auto [known, added] = by_name_.try_emplace(name, next);
  if (!added) return known->second;
  if (!overlap_) overlap_ = namespaces_overlap();
  if (*overlap_) {
    const auto [place, first] = by_iri_.try_emplace(expand(name), next);
    known->second = place->second;
    if (!first) return place->second;
  }
  texts_.push_back(name);
  return next;
}

bool is_blank(std::string_view name) {
  return name.starts_with("_:");
}

bool is_name(std::string_view name) {
  if (is_blank(name)) name.remove_prefix(2);
  return !name.empty() && name.front() != ':' && !has_foreign(name);
}

bool is_prefix(std::string_view prefix) {
  return !prefix.empty() && prefix != "_" && std::all_of(prefix.begin(), prefix.end(), is_word);
}

bool is_iri(std::string_view iri) {
  const auto colon = iri.find(':');
  if (colon == std::string_view::npos || colon == 0 || !is_letter(iri[0])) return false;
  const auto scheme = iri.substr(0, colon);
  const auto in_scheme = [](char c) { return (is_word(c) && c != '_') || c == '+' || c == '.'; };
  return std::all_of(scheme.begin(), scheme.end(), in_scheme) && !has_foreign(iri);
}

}  // namespace clew::prov
