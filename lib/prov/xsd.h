#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

// Lexical forms of XML Schema 1.1 part 2, as far as PROV documents use them.

namespace clew::prov {

/// A moment as an xsd:dateTime gives it. Without a time zone it is 14 hours vague, and compares
/// only with others that have none.
struct Moment {
  std::int64_t seconds = 0;  ///< since 1970, of UTC if zoned
  std::int32_t nanoseconds = 0;
  bool zoned = false;
};

/// nullopt for what is no xsd:dateTime. More than nine digits of a fraction are cut.
[[nodiscard]] std::optional<Moment> parse_date_time(std::string_view text);

/// Is it known that a comes before b? That they are two different moments?
[[nodiscard]] bool precedes(const Moment& a, const Moment& b);
[[nodiscard]] bool differs(const Moment& a, const Moment& b);

/// Is `text` a value of the type, "xsd:int" say? True for every type that is not checked.
[[nodiscard]] bool fits_type(std::string_view text, std::string_view type);

}  // namespace clew::prov
