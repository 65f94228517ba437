#pragma once

#include <string_view>

// page.css and page.js, which the build puts into the program.

namespace clew::render {

extern const std::string_view kPageStyle;
extern const std::string_view kPageScript;

}  // namespace clew::render
