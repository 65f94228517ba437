#include <toml++/toml.h>

#include <sstream>

#include "base/text.h"
#include "capture/parameter_files.h"

namespace clew::capture {
namespace {

Json value_of(const toml::node& node) {
  if (const auto* table = node.as_table()) {
    Json::Object map;
    for (const auto& [key, member] : *table) {
      map.emplace_back(key.str(), value_of(member));
    }
    return map;
  }
  if (const auto* array = node.as_array()) {
    Json list = Json::array();
    for (const auto& item : *array) {
      list.push(value_of(item));
    }
    return list;
  }
  if (const auto* value = node.as_string()) return value->get();
  if (const auto* value = node.as_integer()) return value->get();
  if (const auto* value = node.as_floating_point()) return value->get();
  if (const auto* value = node.as_boolean()) return value->get();
  std::ostringstream out;
  if (const auto* value = node.as_date()) out << value->get();
  if (const auto* value = node.as_time()) out << value->get();
  if (const auto* value = node.as_date_time()) out << value->get();
  return out.str();
}

}  // namespace

Json parse_toml(std::string_view text, const TextSource& source) {
  try {
    return value_of(toml::parse(text));
  } catch (const toml::parse_error& error) {
    const auto& place = error.source().begin;
    throw source.error(error.description(), static_cast<int>(place.line),
                       static_cast<int>(place.column));
  }
}

}  // namespace clew::capture
