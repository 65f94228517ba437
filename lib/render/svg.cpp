#include "render/svg.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "render/svg_parts.h"

namespace clew::render {

namespace svg {

std::string_view color(std::size_t number) {
  constexpr std::array<std::string_view, 7> kColors = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                                       "#e69f00", "#56b4e9", "#7f7f7f"};
  return kColors[number % kColors.size()];
}

std::string shade(double place) {
  constexpr std::array<std::array<double, 3>, 3> kStops = {
      {{0, 114, 178}, {170, 170, 170}, {213, 94, 0}}};
  const double at = std::clamp(place, 0.0, 1.0) * 2;
  const std::size_t below = at < 1 ? 0 : 1;
  const double part = at - static_cast<double>(below);
  std::string text = "#";
  for (std::size_t i = 0; i < 3; ++i) {
    const double value = kStops[below][i] + part * (kStops[below + 1][i] - kStops[below][i]);
    constexpr std::string_view kDigits = "0123456789abcdef";
    const auto byte = static_cast<std::size_t>(std::lround(value));
    text += kDigits[byte / 16];
    text += kDigits[byte % 16];
  }
  return text;
}

std::string pixels(double value) {
  std::array<char, 32> text{};
  const double rounded_value = std::round(value * 100) / 100;
  const auto result =
      std::to_chars(text.data(), text.data() + text.size(), rounded_value == 0 ? 0 : rounded_value);
  return {text.data(), result.ptr};
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : valid_utf8(text)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += ' ';
    } else {
      out += c;
    }
  }
  return out;
}

double text_width(std::string_view text) {
  const auto count = std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  });
  constexpr double kAverage = 6.9;
  return kAverage * static_cast<double>(count);
}

void Writer::open(double width, double height) {
  out_ +=
      concat("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
             "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"", pixels(width), "\" height=\"",
             pixels(height), "\" viewBox=\"0 0 ", pixels(width), ' ', pixels(height),
             "\" font-family=\"Helvetica, Arial, DejaVu Sans, sans-serif\" font-size=\"12\">\n");
  rectangle(0, 0, width, height, "fill=\"#ffffff\"");
}

void Writer::text(double x, double y, std::string_view text, Anchor anchor,
                  std::string_view style) {
  constexpr std::array<std::string_view, 3> kAnchors = {"start", "middle", "end"};
  out_ += concat("<text x=\"", pixels(x), "\" y=\"", pixels(y), "\" text-anchor=\"",
                 kAnchors[static_cast<std::size_t>(anchor)], "\" ",
                 style.empty() ? std::string_view("fill=\"#333333\"") : style, '>', escaped(text),
                 "</text>\n");
}

void Writer::line(double x1, double y1, double x2, double y2, std::string_view style) {
  out_ += concat("<line x1=\"", pixels(x1), "\" y1=\"", pixels(y1), "\" x2=\"", pixels(x2),
                 "\" y2=\"", pixels(y2), "\" ", style, "/>\n");
}

void Writer::rectangle(double x, double y, double width, double height, std::string_view style) {
  out_ += concat("<rect x=\"", pixels(x), "\" y=\"", pixels(y), "\" width=\"", pixels(width),
                 "\" height=\"", pixels(height), "\" ", style, "/>\n");
}

void Writer::circle(double x, double y, double radius, std::string_view style,
                    std::string_view title) {
  out_ += concat("<circle cx=\"", pixels(x), "\" cy=\"", pixels(y), "\" r=\"", pixels(radius),
                 "\" ", style);
  out_ += title.empty() ? std::string("/>\n")
                        : concat("><title>", escaped(title), "</title></circle>\n");
}

void Writer::begin_group(std::string_view title) {
  out_ += concat("<g><title>", escaped(title), "</title>\n");
}

void Writer::path(std::string_view data, std::string_view style) {
  out_ += concat("<path d=\"", data, "\" ", style, "/>\n");
}

}  // namespace svg

std::string draw_svg(const Chart& chart, SvgSize size) {
  constexpr double kMargin = 16;
  constexpr double kLine = 18;
  if (const auto* bars = std::get_if<Bars>(&chart.content)) {
    // A few bars need no whole picture.
    constexpr int kBar = 30;
    constexpr int kFrame = 100;
    size.height = std::min(size.height, kFrame + kBar * static_cast<int>(bars->bars.size()));
  }
  svg::Writer out;
  out.open(size.width, size.height);
  svg::Box box{kMargin, kMargin, size.width - kMargin, size.height - kMargin};
  if (!chart.title.empty()) {
    out.text(box.left, box.top + 12, chart.title, svg::Anchor::start,
             "font-size=\"15\" font-weight=\"bold\" fill=\"#111111\"");
    box.top += kLine + 8;
  }
  for (auto note = chart.notes.rbegin(); note != chart.notes.rend(); ++note) {
    out.text(box.left, box.bottom, *note, svg::Anchor::start, "font-size=\"11\" fill=\"#777777\"");
    box.bottom -= kLine;
  }
  std::visit([&](const auto& content) { svg::draw(out, content, box); }, chart.content);
  out.close();
  return out.take();
}

}  // namespace clew::render
