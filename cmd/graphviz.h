#pragma once

#include <string>
#include <string_view>

#include "app/session.h"

namespace clew::cmd {

/// The formats that Graphviz draws for clew.
enum class Drawing { svg, png };

/// Draws a graph in Graphviz's language with its program "dot", looked for along PATH. Returns the
/// bytes of the picture. Throws Error(failed), with a hint how to get it, when there is no such
/// program, and with what it said when it fails.
[[nodiscard]] std::string draw_with_graphviz(const Session& session, std::string_view graph,
                                             Drawing drawing);

/// Draws the graph into a file, which appears under its name when it is complete. `file` is
/// relative to the session's directory.
void draw_into_file(const Session& session, std::string_view graph, Drawing drawing,
                    const std::string& file);

}  // namespace clew::cmd
