#pragma once

#include <cstddef>
#include <vector>

#include "render/text.h"
#include "ui/output.h"

namespace clew::ui {

/// A style that fits an output: its colours, and its size where `columns` or `rows` is 0. What is
/// no terminal gets 80 by 24; on a terminal one line stays free for the prompt.
[[nodiscard]] render::TextStyle picture_style(const Output& out, std::size_t columns,
                                              std::size_t rows);

/// The label that gives an ink its colour.
[[nodiscard]] Label label_of(const render::Ink& ink);

void print_picture(Output& out, const std::vector<render::TextLine>& lines);

}  // namespace clew::ui
