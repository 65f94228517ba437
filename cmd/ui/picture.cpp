#include "ui/picture.h"

#include <array>

namespace clew::ui {

namespace {

constexpr std::array kCurves = {Label::curve_1, Label::curve_2, Label::curve_3,
                                Label::curve_4, Label::curve_5, Label::curve_6};
constexpr std::array<Label, render::kShades> kShadeLabels = {
    Label::shade_1, Label::shade_2, Label::shade_3, Label::shade_4, Label::shade_5};

}  // namespace

render::TextStyle picture_style(const Output& out, std::size_t columns, std::size_t rows) {
  render::TextStyle style;
  if (out.columns() > 0) style.columns = out.columns();
  if (out.rows() > 1) style.rows = out.rows() - 1;
  if (columns > 0) style.columns = columns;
  if (rows > 0) style.rows = rows;
  style.colors = out.color() ? kCurves.size() : 0;
  style.width = display_width;
  return style;
}

Label label_of(const render::Ink& ink) {
  switch (ink.kind) {
    case render::Ink::Kind::plain:
      break;
    case render::Ink::Kind::faint:
      return Label::faint;
    case render::Ink::Kind::heading:
      return Label::heading;
    case render::Ink::Kind::curve:
      return kCurves[ink.number % kCurves.size()];
    case render::Ink::Kind::shade:
      return kShadeLabels[ink.number % kShadeLabels.size()];
  }
  return Label::plain;
}

void print_picture(Output& out, const std::vector<render::TextLine>& lines) {
  for (const render::TextLine& line : lines) {
    for (const render::Span& span : line)
      out.write(label_of(span.ink), span.text);
    out.line();
  }
}

}  // namespace clew::ui
