#include "prov/builder.h"

#include <algorithm>

#include "base/text.h"

namespace clew::prov {

void Builder::element(Kind kind, const std::string& id, Attributes attributes, Formals formal) {
  const auto place = elements_.find(std::string_view(id));
  if (place == elements_.end()) {
    document_.records.push_back({kind, id, std::move(formal), std::move(attributes)});
    elements_.insert(document_.records.size() - 1);
    return;
  }
  auto& record = document_.records[*place];
  for (auto& attribute : attributes) {
    const auto& known = record.attributes;
    if (std::find(known.begin(), known.end(), attribute) == known.end()) {
      record.attributes.push_back(std::move(attribute));
    }
  }
  if (record.formal.empty()) record.formal = std::move(formal);
}

void Builder::relation(Kind kind, Formals formal, Attributes attributes) {
  named_relation(kind, {}, std::move(formal), std::move(attributes));
}

void Builder::named_relation(Kind kind, std::string id, Formals formal, Attributes attributes) {
  document_.records.push_back({kind, std::move(id), std::move(formal), std::move(attributes)});
}

std::string qualified(std::string_view prefix, std::string_view local) {
  return concat(prefix, ':', local);
}

Attribute type_of(std::string class_name) {
  return {"prov:type", name_value(std::move(class_name))};
}

Attribute label_of(std::string text) {
  return {"prov:label", text_value(std::move(text))};
}

}  // namespace clew::prov
