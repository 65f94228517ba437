#include <stdexcept>

// Malformed input reaches assertions of toml++ 3.3 ("[!"), which would end the program, or with
// NDEBUG be assumed away: they become exceptions here, the only place that includes it.
#undef NDEBUG
#define TOML_ASSERT(condition) ((condition) ? static_cast<void>(0) : malformed_toml())
namespace {
[[noreturn]] void malformed_toml() {
  throw std::logic_error("malformed document");
}
}  // namespace
#define TOML_MAX_NESTED_VALUES 64
#include <toml++/toml.h>

#include <cctype>
#include <sstream>

#include "base/text.h"
#include "capture/parameter_files.h"

namespace clew::capture {
namespace {

constexpr std::size_t kOrdinaryDots = 16;
constexpr std::size_t kMaxDots = 1'000;

/// toml++ limits the nesting of values but not of dotted keys, and destroys tables by recursion: a
/// file of "a.a.a…" would overflow the stack. Does the text have too many dots in long runs of what
/// keys are made of?
bool has_endless_keys(std::string_view text) {
  constexpr std::string_view kInKeys = "._-\"' \t";
  std::size_t total = 0;
  std::size_t run = 0;
  for (const char c : text) {
    const bool in_key = std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                        kInKeys.find(c) != std::string_view::npos;
    if (!in_key) {
      run = 0;
    } else if (c == '.' && ++run > kOrdinaryDots && ++total > kMaxDots) {
      return true;
    }
  }
  return false;
}

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
  if (has_endless_keys(text)) throw source.error("nested too deeply");
  try {
    return value_of(toml::parse(text));
  } catch (const toml::parse_error& error) {
    const auto& place = error.source().begin;
    throw source.error(error.description(), static_cast<int>(place.line),
                       static_cast<int>(place.column));
  } catch (const std::logic_error& error) {
    throw source.error(error.what());
  }
}

}  // namespace clew::capture
