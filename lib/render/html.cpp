#include "render/html.h"

#include <array>
#include <cmath>

#include "base/json.h"
#include "base/text.h"
#include "render/page.h"
#include "render/svg.h"

namespace clew::render {
namespace {

/// null for what JSON has no number for.
Json number(double value) {
  return std::isfinite(value) ? Json(value) : Json();
}

Json to_json(const Axis& axis) {
  constexpr std::array<std::string_view, 3> kScales = {"linear", "logarithmic", "category"};
  Json out;
  out["title"] = axis.title;
  out["scale"] = kScales[static_cast<std::size_t>(axis.scale)];
  out["unit"] = axis.unit == Unit::seconds ? "seconds" : "number";
  Json categories = Json::array();
  for (const std::string& category : axis.categories)
    categories.push(category);
  out["categories"] = std::move(categories);
  return out;
}

Json to_json(const std::vector<Sample>& samples) {
  Json out = Json::object();
  constexpr std::pair<std::string_view, double Sample::*> kColumns[] = {
      {"x", &Sample::x}, {"y", &Sample::y}, {"low", &Sample::low}, {"high", &Sample::high}};
  for (const auto& [name, member] : kColumns) {
    Json column = Json::array();
    for (const Sample& sample : samples)
      column.push(number(sample.*member));
    out[name] = std::move(column);
  }
  return out;
}

void add(Json& out, const Plot& plot) {
  out["kind"] = "plot";
  out["form"] = plot.form == Plot::Form::lines ? "lines" : "points";
  out["x"] = to_json(plot.x);
  out["y"] = to_json(plot.y);
  Json curves = Json::array();
  for (const Curve& curve : plot.curves) {
    Json one;
    one["name"] = curve.name;
    one["samples"] = to_json(curve.samples);
    one["raw"] = curve.raw.empty() ? Json() : to_json(curve.raw);
    if (!curve.names.empty()) {
      Json names = Json::array();
      for (const std::string& name : curve.names)
        names.push(name);
      one["names"] = std::move(names);
    }
    curves.push(std::move(one));
  }
  out["curves"] = std::move(curves);
}

void add(Json& out, const Parallel& parallel) {
  out["kind"] = "parallel";
  Json axes = Json::array();
  for (const Axis& axis : parallel.axes)
    axes.push(to_json(axis));
  out["axes"] = std::move(axes);
  Json lines = Json::array();
  for (const Parallel::Line& line : parallel.lines) {
    Json values = Json::array();
    for (const double value : line.values)
      values.push(number(value));
    Json one;
    one["name"] = line.name;
    one["values"] = std::move(values);
    lines.push(std::move(one));
  }
  out["lines"] = std::move(lines);
}

void add(Json& out, const Bars& bars) {
  out["kind"] = "bars";
  out["label"] = bars.title;
  Json list = Json::array();
  for (const Bars::Bar& bar : bars.bars) {
    Json one;
    one["name"] = bar.name;
    one["value"] = number(bar.value);
    one["low"] = number(bar.low);
    one["high"] = number(bar.high);
    list.push(std::move(one));
  }
  out["bars"] = std::move(list);
}

/// JSON that may stand in a script element: no '<' can end it.
std::string embedded(const Json& value) {
  std::string out;
  for (const char c : dump_json(value)) {
    if (c == '<') {
      out += "\\u003c";
    } else {
      out += c;
    }
  }
  return out;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : valid_utf8(text)) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

Json to_json(const Chart& chart) {
  Json data;
  data["title"] = chart.title;
  std::visit([&data](const auto& content) { add(data, content); }, chart.content);
  Json notes = Json::array();
  for (const std::string& note : chart.notes)
    notes.push(note);
  data["notes"] = std::move(notes);
  return data;
}

std::string draw_html(const Chart& chart) {
  std::string svg = draw_svg(chart);
  svg.erase(0, svg.find("<svg"));  // the XML declaration
  const std::string title = escaped(chart.title.empty() ? "clew plot" : chart.title);
  std::string page = concat(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>",
      title, "</title>\n<style>\n", kPageStyle, "</style>\n</head>\n<body>\n<main>\n<h1>", title,
      "</h1>\n<div id=\"controls\"></div>\n<div id=\"picture\"><div id=\"tip\" hidden></div>\n",
      "<noscript>\n", svg, "</noscript></div>\n<div id=\"legend\"></div>\n");
  for (const std::string& note : chart.notes)
    page += concat("<p class=\"note\">", escaped(note), "</p>\n");
  page +=
      concat("</main>\n<script type=\"application/json\" id=\"chart\">", embedded(to_json(chart)),
             "</script>\n<script>\n", kPageScript, "</script>\n</body>\n</html>\n");
  return page;
}

}  // namespace clew::render
