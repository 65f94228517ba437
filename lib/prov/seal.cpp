#include "prov/seal.h"

#include <vector>

#include "base/hash.h"

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

/// The digest of a document whose seals are zeros. Prefixes that need no declaration mean nothing.
std::string digest_of_blank(Document& document) {
  const auto prefixes = document.prefixes;
  std::erase_if(document.prefixes,
                [](const auto& prefix) { return prefix.first == "prov" || prefix.first == "xsd"; });
  auto digest = to_hex(sha256(to_prov_json(document)));
  document.prefixes = prefixes;
  return digest;
}

}  // namespace

std::string document_digest(Document document) {
  set_seals(document, std::string(64, '0'));
  return digest_of_blank(document);
}

void seal(Document& document) {
  bool any = false;
  visit_all(document, [&any](const Value&) { any = true; });
  if (!any) return;
  set_seals(document, std::string(64, '0'));
  set_seals(document, digest_of_blank(document));
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
