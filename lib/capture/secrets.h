#pragma once

#include <string>
#include <string_view>

#include "base/json.h"

namespace clew::capture {

inline constexpr std::string_view kMask = "***";

/// The text with the secrets masked that show by themselves: user information in URLs, and values
/// of secret names as in "token=X", "--password X", "Authorization: Bearer X", {"api_key": "X"}.
[[nodiscard]] std::string mask_text(std::string_view text);

/// The value of a parameter or variable of that name, masked as a whole when the name is that of a
/// secret, else in its texts and in the members of its maps. Null, booleans and "" tell nothing and
/// stay.
[[nodiscard]] Json mask_value(std::string_view name, Json value);

}  // namespace clew::capture
