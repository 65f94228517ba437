#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

// A chart as plain values: what is shown, not how. The back ends are text.h (terminals), svg.h and
// html.h. Texts are UTF-8; a back end replaces what cannot stand in its format.

namespace clew::render {

/// How values stand on an axis.
enum class Scale { linear, logarithmic, category };
/// What the numbers of an axis are; decides on their ticks and labels.
enum class Unit { number, seconds };

struct Axis {
  std::string title;
  Scale scale = Scale::linear;
  Unit unit = Unit::number;
  std::vector<std::string> categories;  ///< of Scale::category: the value i is the i-th of them
};

/// A value of a curve, or what several neighbouring ones come down to: all lie in low..high.
struct Sample {
  double x = 0;
  double y = 0;
  double low = 0;
  double high = 0;
};

struct Curve {
  std::string name;
  std::vector<Sample> samples;  ///< in the order of the line; one whose y is NaN interrupts it
  std::vector<Sample> raw;      ///< of a smoothed curve how it was before, drawn behind; else empty
  std::vector<std::string> names;  ///< of points: what each stands for; may be empty
};

/// Lines, or points without lines, over two axes.
struct Plot {
  enum class Form { lines, points };
  Form form = Form::lines;
  Axis x;
  Axis y;
  std::vector<Curve> curves;
};

/// Parallel coordinates (A. Inselberg, The Visual Computer 1(4), 1985): each line has a value on
/// each axis, NaN where it has none. Lines take their colour from their value on the last axis.
struct Parallel {
  struct Line {
    std::string name;
    std::vector<double> values;  ///< one per axis
  };
  std::vector<Axis> axes;  ///< two or more
  std::vector<Line> lines;
};

/// One bar per name, from 0.
struct Bars {
  struct Bar {
    std::string name;
    double value = 0;  ///< finite
    double low = 0;    ///< the interval in which the value lies; low == high for none
    double high = 0;
  };
  std::string title;  ///< what the values are
  std::vector<Bar> bars;
};

struct Chart {
  std::string title;
  std::variant<Plot, Parallel, Bars> content;
  std::vector<std::string> notes;  ///< sentences below the picture, such as what is left out
};

}  // namespace clew::render
