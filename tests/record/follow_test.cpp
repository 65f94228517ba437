#include "record/follow.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdio>

#include "record/journal.h"
#include "store/layout.h"
#include "support/temporary_directory.h"

using namespace clew;
using namespace clew::record;

TEST_CASE("a follower takes in what is new, and goes on when the spool is removed") {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "spool";
  SpoolWriter spool(path);
  Follower follower(path);
  follower.read();
  CHECK_FALSE(follower.fold().begun());
  spool.append(model::BeginEvent{});
  spool.append(model::SeriesEvent{"loss", model::MetricSource::api});
  spool.append(model::PointsEvent{{{0, {5, 1, 1.0}}, {0, {6, 2, 2.0}}}});
  spool.flush();
  follower.read();
  follower.read();
  CHECK(follower.fold().begun());
  CHECK(follower.history("loss") == std::vector<double>{1, 2});
  CHECK(follower.first_step() == 5);
  CHECK(follower.history("nosuch").empty());
  fs::remove(path);
  spool.append(model::PointsEvent{{{0, {7, 3, 3.0}}}});
  spool.append(model::EndEvent{});
  spool.flush();
  follower.read();
  CHECK(follower.history("loss") == std::vector<double>{1, 2, 3});
  CHECK(follower.fold().ended());
}

TEST_CASE("a record that is half written is taken when it is whole") {
  const TemporaryDirectory directory;
  std::string bytes(kSpoolMagic);
  append_record(bytes, model::BeginEvent{});
  append_record(bytes, model::SeriesEvent{"loss", model::MetricSource::api});
  append_record(bytes, model::PointsEvent{{{0, {1, 1, 1.5}}}});
  const fs::path path = directory.path() / "spool";
  Follower follower(path);
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    FILE* file = std::fopen(path.c_str(), "ab");
    REQUIRE(file != nullptr);
    if (size > 0) std::fputc(bytes[size - 1], file);
    std::fclose(file);
    follower.read();
  }
  CHECK(follower.history("loss") == std::vector<double>{1.5});
}

TEST_CASE("the course of a long series keeps its shape in little room") {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "spool";
  SpoolWriter spool(path);
  spool.append(model::BeginEvent{});
  spool.append(model::SeriesEvent{"loss", model::MetricSource::api});
  for (int i = 0; i < 10'000; ++i)
    spool.append(model::PointsEvent{{{0, {i, i, static_cast<double>(i)}}}});
  spool.flush();
  Follower follower(path);
  follower.read();
  const auto course = follower.history("loss");
  CHECK(course.size() <= Follower::kHistory);
  CHECK(course.size() >= Follower::kHistory / 2 - 1);
  CHECK(std::is_sorted(course.begin(), course.end()));
}
