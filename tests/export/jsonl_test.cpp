#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

#include "base/text.h"
#include "export/support.h"

using namespace clew;
using test::kStart;

namespace {

/// The lines after that of the run, without the run's id.
std::vector<std::string> point_lines(const test::WholeRun& whole) {
  const std::string text = whole.jsonl();
  REQUIRE(text.back() == '\n');
  const std::string begin = concat(R"({"kind":"metrics","run":")", whole.parts.run.id.hex(), "\",");
  std::vector<std::string> lines;
  for (const auto line : split(std::string_view(text).substr(0, text.size() - 1), '\n')) {
    if (line.starts_with(begin)) lines.emplace_back(line.substr(begin.size()));
  }
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a run goes out with all that its header and its changes say") {
  CHECK(test::WholeRun{test::full_run(), {}}.jsonl() == test::kFullRunLines);
}

TEST_CASE("points of one step and time share a line") {
  test::WholeRun whole;
  whole.add_point("loss", {1, kStart, 0.5});
  whole.add_point("loss", {2, kStart + 1, 1.0});
  whole.add_point("acc", {1, kStart, 0.25});
  whole.add_point("acc", {2, kStart + 2, 1e300});
  CHECK(point_lines(whole) ==
        Lines{R"("step":1,"time":"2026-01-02T03:04:05.123456Z","values":{"acc":0.25,"loss":0.5}})",
              R"("step":2,"time":"2026-01-02T03:04:05.123457Z","values":{"loss":1.0}})",
              R"("step":2,"time":"2026-01-02T03:04:05.123458Z","values":{"acc":1e+300}})"});
}

TEST_CASE("points of one time and different steps, or of different sources, do not share a line") {
  test::WholeRun whole;
  whole.add_point("a", {7, kStart, 1});
  whole.add_point("b", {std::nullopt, kStart, 2});
  whole.add_point("c", {7, kStart, 3});
  whole.add_point("d", {7, kStart, 4}, model::MetricSource::output);
  CHECK(point_lines(whole) ==
        Lines{R"("time":"2026-01-02T03:04:05.123456Z","values":{"b":2.0}})",
              R"("step":7,"time":"2026-01-02T03:04:05.123456Z","values":{"a":1.0,"c":3.0}})",
              R"("step":7,"time":"2026-01-02T03:04:05.123456Z","source":"output",)"
              R"("values":{"d":4.0}})"});
}

TEST_CASE("a series keeps its order of arrival where steps and times go back or repeat") {
  test::WholeRun whole;
  whole.add_point("x", {5, kStart + 5, 1});
  whole.add_point("x", {5, kStart + 5, 2});
  whole.add_point("x", {4, kStart + 3, 3});
  whole.add_point("x", {5, kStart + 5, 4});
  whole.add_point("y", {5, kStart + 5, 9});
  CHECK(point_lines(whole) ==
        Lines{R"("step":5,"time":"2026-01-02T03:04:05.123461Z","values":{"x":1.0,"y":9.0}})",
              R"("step":5,"time":"2026-01-02T03:04:05.123461Z","values":{"x":2.0}})",
              R"("step":4,"time":"2026-01-02T03:04:05.123459Z","values":{"x":3.0}})",
              R"("step":5,"time":"2026-01-02T03:04:05.123461Z","values":{"x":4.0}})"});
}

TEST_CASE("extreme steps and values are written in full") {
  constexpr auto kMin = std::numeric_limits<std::int64_t>::min();
  test::WholeRun whole;
  whole.add_point("a\"b", {kMin, 0, -0.0});
  whole.add_point("n", {kMin, 0, std::nan("")});
  whole.add_point("o", {kMin, 0, 5e-324});
  CHECK(point_lines(whole) ==
        Lines{R"("step":-9223372036854775808,"time":"1970-01-01T00:00:00.000000Z",)"
              R"("values":{"a\"b":-0.0,"n":"NaN","o":5e-324}})"});
}

TEST_CASE("parameters that are not finite are told from the words for them") {
  test::WholeRun whole;
  whole.parts.run.params = {{"a", std::nan(""), model::Source::api, "", {}},
                            {"b", "NaN", model::Source::api, "", {}},
                            {"c", Json::Array{std::nan("")}, model::Source::api, "", {}}};
  whole.parts.changes = {{"a", std::nan(""), 1.0, 1, 0, ""}, {"b", "NaN", "x", 1, 0, ""}};
  const std::string text = whole.jsonl();
  const auto lines = split(text, '\n');
  CHECK(lines[0].find(R"("nonfinite":["a","c"])") != std::string_view::npos);
  CHECK(lines[1].find(R"("nonfinite":true)") != std::string_view::npos);
  CHECK(lines[2].find("nonfinite") == std::string_view::npos);
}

TEST_CASE("long output goes out in pieces that end with a line") {
  test::WholeRun whole;
  for (int i = 0; i < 5000; ++i)
    whole.add_point("x", {i, i, 0.5 * i});
  std::vector<std::string> pieces;
  exporter::write_jsonl(
      whole.finished(), [&](const std::string& name) { return whole.series.at(name); },
      [&](std::string_view piece) { pieces.emplace_back(piece); });
  REQUIRE(pieces.size() > 2);
  for (const auto& piece : pieces) {
    CHECK(piece.back() == '\n');
    CHECK(piece.size() < (65 << 10));
  }
  CHECK(join(pieces, "") == whole.jsonl());
}
