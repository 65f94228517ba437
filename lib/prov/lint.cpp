#include "prov/lint.h"

#include "base/text.h"
#include "prov/constraints.h"
#include "prov/statements.h"

namespace clew::prov {
namespace {

/// Checks one document or bundle by itself.
void lint_container(const Json& container, Names& names, const std::string& place,
                    std::vector<Finding>& findings) {
  const auto statements = StatementReader(names, place, findings).read(container);
  check_constraints(statements, names, place, findings);
}

}  // namespace

std::vector<Finding> lint(const Document& document) {
  std::vector<Finding> findings;
  Names names;
  check_constraints(StatementReader(names, "", findings).read(document.prefixes, document.records),
                    names, "", findings);
  for (const auto& bundle : document.bundles) {
    const auto place = concat("bundle/", bundle.id, '/');
    Names inner(&names);
    check_constraints(StatementReader(inner, place, findings).read(bundle.prefixes, bundle.records),
                      inner, place, findings);
  }
  return findings;
}

std::vector<Finding> lint(const Json& document) {
  std::vector<Finding> findings;
  Names names;
  lint_container(document, names, "", findings);
  const auto* bundles = document.find("bundle");
  if (bundles == nullptr) return findings;
  if (!bundles->is_object()) {
    findings.push_back({"bundle", "is not a JSON object", ""});
    return findings;
  }
  for (const auto& [id, bundle] : bundles->as_object()) {
    const auto where = concat("bundle/", id);
    if (!is_name(id) || is_blank(id)) {
      findings.push_back({where, concat('\'', id, "' is no qualified name"), ""});
    } else if (const auto prefix = names.undeclared(id); prefix) {
      findings.push_back({where, concat("the prefix '", *prefix, "' is not declared"), ""});
    }
    Names inner(&names);
    lint_container(bundle, inner, concat(where, '/'), findings);
  }
  return findings;
}

}  // namespace clew::prov
