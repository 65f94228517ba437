// Real trainings that others measured: 8 runs of AlexNet on Oxford Flowers 17, 100 epochs each.

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "import/collector.h"

using namespace clew;

namespace {

/// The file, looked for in $CLEW_TEST_DATA, then beside the source tree.
std::optional<std::ifstream> open_flowers() {
  const char* named = std::getenv("CLEW_TEST_DATA");
  const auto source = std::filesystem::path(__FILE__).parent_path().parent_path().parent_path();
  const auto directory =
      named != nullptr ? std::filesystem::path(named) : source.parent_path() / "shared" / "data";
  std::ifstream file(directory / "alexnet-flowers.jsonl");
  if (!file) {
    WARN("skipped: no alexnet-flowers.jsonl in " << directory << "; CLEW_TEST_DATA names another");
    return std::nullopt;
  }
  return file;
}

double total(const model::Series& series) {
  double sum = 0;
  for (const auto& point : series.points)
    sum += point.value;
  return sum;
}

}  // namespace

TEST_CASE("the flowers come in with all their runs, points and changes") {
  auto file = open_flowers();
  if (!file) return;
  test::Collector read;
  importer::read_jsonl(
      [&](std::string& line) { return static_cast<bool>(std::getline(*file, line)); }, read);

  REQUIRE(read.runs.size() == 8);
  std::size_t epochs = 0;
  for (const auto& [run, foreign_id, changes, series] : read.runs) {
    INFO(foreign_id);
    CHECK(run.name == foreign_id);
    CHECK(run.state == model::State::finished);
    CHECK(run.argv == std::vector<std::string>{"python", "alexnet.py"});
    CHECK(run.tags == std::vector<std::string>{"alexnet", "oxford-flowers-17"});
    REQUIRE(changes.size() == 1);
    CHECK(changes[0].name == "learning_rate");
    CHECK(changes[0].old == run.param("learning_rate")->value);
    CHECK(changes[0].value == Json(0.00025));
    CHECK(run.param("layers")->value.as_array().size() == 12);
    CHECK(run.param("decay")->value == Json(0));
    for (const char* name : {"elapsed", "loss", "accuracy", "val_loss", "val_accuracy"}) {
      const auto& points = series.at(name).points;
      REQUIRE(points.size() == 100);
      for (std::size_t i = 0; i < points.size(); ++i)
        CHECK(points[i].step == static_cast<std::int64_t>(i));
    }
    epochs += series.at("loss").points.size();
  }
  CHECK(epochs == 800);

  const auto& first = read.runs[0];
  CHECK(first.run.started == parse_time("2021-03-24T21:46:19.404246Z"));
  CHECK(first.run.ended == parse_time("2021-03-24T22:21:46.735313Z"));
  CHECK(first.run.param("learning_rate")->value == Json(0.0010000000474974513));
  CHECK(first.series.at("loss").points.front() ==
        model::Point{0, *parse_time("2021-03-24T21:46:44.968266Z"), 3.0569124934317053});
  CHECK(first.changes[0].step == 19);
  CHECK(first.changes[0].time == parse_time("2021-03-24T21:53:07.063812Z"));

  const auto& last = read.runs[7];
  CHECK(last.series.at("loss").points.back() ==
        model::Point{99, *parse_time("2021-03-25T02:27:42.455799Z"), 3.5734853114204843});
  CHECK(last.series.at("test_accuracy").points ==
        std::vector<model::Point>{
            {std::nullopt, *parse_time("2021-03-25T02:27:43.634388Z"), 0.11764705926179886}});
  CHECK(total(read.runs[5].series.at("elapsed")) == Approx(2115.1743).margin(5e-5));
}
