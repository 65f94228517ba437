#include "prov/seal.h"

#include <algorithm>
#include <functional>
#include <vector>

#include "base/hash.h"
#include "base/text.h"
#include "prov/vocabulary.h"

namespace clew::prov {
namespace {

/// Calls `visit` with the value of each seal.
template <typename Records, typename Visit>
void visit_seals(Records& records, Visit visit) {
  for (auto& record : records) {
    if (record.kind != Kind::agent) continue;
    for (auto& [name, value] : record.attributes) {
      if (name == seal_attribute) visit(value);
    }
  }
}

template <typename Graph, typename Visit>
void visit_all(Graph& document, Visit visit) {
  visit_seals(document.records, visit);
  for (auto& bundle : document.bundles)
    visit_seals(bundle.records, visit);
}

void set_seals(Document& document, const std::string& text) {
  visit_all(document, [&text](Value& value) { value = {Value::Type::string, text, {}}; });
}

/// The digest of a document whose seals are blank. The two prefixes need no declaration, so that a
/// reader may have left them out.
std::string digest_of_blank(Document& document) {
  for (const auto& [prefix, iri] : {std::pair{"prov", prov_iri}, std::pair{"xsd", xsd_iri}}) {
    const auto known = std::any_of(document.prefixes.begin(), document.prefixes.end(),
                                   [&name = prefix](const auto& one) { return one.first == name; });
    if (!known) document.prefixes.emplace_back(prefix, iri);
  }
  return to_hex(sha256(to_prov_json(document)));
}

}  // namespace

std::string document_digest(Document document) {
  set_seals(document, std::string(blank_seal));
  return digest_of_blank(document);
}

void seal(Document& document) {
  bool any = false;
  visit_all(document, [&any](const Value&) { any = true; });
  if (!any) return;
  set_seals(document, std::string(blank_seal));
  set_seals(document, digest_of_blank(document));
}

std::string to_sealed_prov_json(const Document& document) {
  auto text = to_prov_json(document);
  const auto digest = to_hex(sha256(text));
  const auto blank = concat("\"", seal_attribute, "\": \"", blank_seal);
  const auto start = static_cast<std::ptrdiff_t>(blank.size() - blank_seal.size());
  // Looks at one character in many, where find() would stop at every quotation mark.
  const std::boyer_moore_horspool_searcher searcher(blank.begin(), blank.end());
  for (auto at = std::search(text.begin(), text.end(), searcher); at != text.end();
       at = std::search(at, text.end(), searcher)) {
    at = std::copy(digest.begin(), digest.end(), at + start);
  }
  return text;
}

SealState check_seal(const Document& document) {
  bool any = false;
  bool intact = true;
  const auto digest = document_digest(document);
  visit_all(document, [&](const Value& value) {
    any = true;
    intact = intact && value.text == digest;
  });
  if (!any) return SealState::none;
  return intact ? SealState::intact : SealState::broken;
}

}  // namespace clew::prov
