#pragma once

#include <string_view>

#include "app/session.h"

namespace clew::cmd {

/// Draws a graph in Graphviz's language with the program `dot` and writes the picture to `file`,
/// relative to the session's directory, in one step. `format` is one of dot's: "svg", "png". Throws
/// Error(failed) where there is no such program or it refuses, and the file is left as it was.
void draw_graph(const Session& session, std::string_view dot, std::string_view format,
                const fs::path& file);

}  // namespace clew::cmd
