#include "prov/vocabulary.h"

#include <algorithm>
#include <iterator>

#include "base/hash.h"
#include "base/text.h"

namespace clew::prov {
namespace {

constexpr std::size_t longest = 80;
constexpr std::size_t hash_digits = 12;

bool fits(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

/// Could the name be taken for one that was cut?
bool looks_hashed(std::string_view name) {
  if (name.size() <= hash_digits || name[name.size() - hash_digits - 1] != '-') return false;
  const auto tail = name.substr(name.size() - hash_digits);
  return tail.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

std::string local_name(std::string_view kind, std::string_view name) {
  const bool whole = !name.empty() && name.size() <= longest && name.back() != '.' &&
                     std::all_of(name.begin(), name.end(), fits) && !looks_hashed(name);
  if (whole) return concat(kind, '.', name);
  const auto readable = name.substr(0, longest - hash_digits);
  std::string out;
  out.reserve(kind.size() + readable.size() + hash_digits + 2);
  out.append(kind).append(1, '.');
  std::replace_copy_if(
      readable.begin(), readable.end(), std::back_inserter(out), [](char c) { return !fits(c); },
      '_');
  return out.append(1, '-').append(to_hex(sha256(name)), 0, hash_digits);
}

}  // namespace clew::prov
