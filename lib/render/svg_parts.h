#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "render/chart.h"

// Internal to the SVG back end.

namespace clew::render::svg {

inline constexpr double kLine = 18;  ///< from one line of text to the next

/// A rectangle in pixels; y grows downwards.
struct Box {
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;
  [[nodiscard]] double x(double place) const { return left + place * (right - left); }
  [[nodiscard]] double y(double place) const { return bottom - place * (bottom - top); }
};

/// The colour of a curve, "#rrggbb": the palette of M. Okabe and K. Ito (Color Universal Design,
/// 2002), which people with a colour vision deficiency can tell apart, without its black.
[[nodiscard]] std::string_view color(std::size_t number);
/// A colour between blue (0) and orange (1) over grey.
[[nodiscard]] std::string shade(double place);

/// Where a text stands on its point.
enum class Anchor { start, middle, end };

/// Writes the elements of a document.
class Writer {
 public:
  void open(double width, double height);
  void close() { out_ += "</svg>\n"; }
  void text(double x, double y, std::string_view text, Anchor anchor = Anchor::start,
            std::string_view style = {});
  void line(double x1, double y1, double x2, double y2, std::string_view style);
  void rectangle(double x, double y, double width, double height, std::string_view style);
  void circle(double x, double y, double radius, std::string_view style, std::string_view title);
  void begin_group(std::string_view title);
  void end_group() { out_ += "</g>\n"; }
  /// `data` as in the d attribute.
  void path(std::string_view data, std::string_view style);
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

/// A number of pixels, with at most two decimals.
[[nodiscard]] std::string pixels(double value);
/// The text as it may stand in XML 1.0: escaped, without characters that it cannot hold.
[[nodiscard]] std::string escaped(std::string_view text);
/// About how wide a text is at the font's size of 12 pixels.
[[nodiscard]] double text_width(std::string_view text);

void draw(Writer& out, const Plot& plot, const Box& box);
void draw(Writer& out, const Parallel& parallel, const Box& box);
void draw(Writer& out, const Bars& bars, const Box& box);

}  // namespace clew::render::svg
