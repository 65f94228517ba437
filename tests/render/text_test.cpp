// Pictures for terminals, whole: tests/render/golden/NAME-COLUMNSxROWS.txt. They are written anew
// where CLEW_UPDATE_GOLDEN is set; look at them then.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "render/samples.h"
#include "render/text.h"

using namespace clew::render;
namespace samples = clew::render::testing;

namespace {

std::string text_of(const std::vector<TextLine>& lines) {
  std::string text;
  for (const TextLine& line : lines) {
    for (const Span& span : line)
      text += span.text;
    text += '\n';
  }
  return text;
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

void check_golden(const std::string& name, const Chart& chart, std::size_t columns,
                  std::size_t rows) {
  const std::string text = text_of(draw_text(chart, {columns, rows, 0, {}}));
  const auto path = std::filesystem::path(__FILE__).parent_path() / "golden" /
                    (name + "-" + std::to_string(columns) + "x" + std::to_string(rows) + ".txt");
  if (std::getenv("CLEW_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << text;
  std::ifstream file(path);
  std::stringstream expected;
  expected << file.rdbuf();
  INFO(path);
  CHECK(text == expected.str());
}

const std::vector<std::pair<std::string, Chart>>& charts() {
  static const std::vector<std::pair<std::string, Chart>> all = {
      {"lines", samples::lines_chart()},       {"smoothed", samples::smoothed_chart()},
      {"gap", samples::gap_chart()},           {"scatter", samples::scatter_chart()},
      {"parallel", samples::parallel_chart()}, {"bars", samples::bars_chart()},
  };
  return all;
}

}  // namespace

TEST_CASE("pictures at 80 by 24 and 200 by 50") {
  for (const auto& [name, chart] : charts()) {
    check_golden(name, chart, 80, 24);
    check_golden(name, chart, 200, 50);
  }
}

TEST_CASE("no picture is larger than its terminal, whatever that is") {
  const std::pair<std::size_t, std::size_t> sizes[] = {{40, 12}, {80, 24},  {63, 17},
                                                       {24, 10}, {200, 50}, {131, 12}};
  for (const auto& [name, chart] : charts()) {
    for (const auto& [columns, rows] : sizes) {
      const auto lines = draw_text(chart, {columns, rows, 6, {}});
      INFO(name << ' ' << columns << 'x' << rows);
      if (rows >= 12) CHECK(lines.size() <= rows);
      for (const TextLine& line : lines) {
        std::size_t width = 0;
        for (const Span& span : line)
          width += width_of(span.text);
        CHECK(width <= columns);
      }
    }
  }
}

TEST_CASE("with colours curves need no markers, and each has its ink") {
  const auto lines = draw_text(samples::lines_chart(), {80, 24, 6, {}});
  const std::string text = text_of(lines);
  CHECK(text.find("●") == std::string::npos);
  bool inks[3] = {};
  for (const TextLine& line : lines) {
    for (const Span& span : line) {
      if (span.ink.kind == Ink::Kind::curve) inks[span.ink.number] = true;
    }
  }
  CHECK((inks[0] && inks[1] && inks[2]));
}

TEST_CASE("more curves than colours carry markers") {
  const Chart chart{"many", samples::falling(9, 100), {}};
  const std::string text = text_of(draw_text(chart, {120, 40, 6, {}}));
  for (const char* shape : {"●", "▲", "■", "◆", "○", "△", "□", "◇", "a"})
    CHECK(text.find(shape) != std::string::npos);
}

TEST_CASE("a legend that is too long says how much of it is missing") {
  const Chart chart{"many", samples::falling(40, 10), {}};
  CHECK(text_of(draw_text(chart, {80, 24, 6, {}})).find("more") != std::string::npos);
}

TEST_CASE("a picture of nothing says so") {
  CHECK(text_of(draw_text({"t", Plot{}, {}}, {})).find("no values to show") != std::string::npos);
  CHECK(text_of(draw_text({"t", Bars{}, {}}, {})).find("no values to show") != std::string::npos);
}
