#include "model/run_view.h"

#include <catch2/catch.hpp>

#include "base/error.h"
#include "model/encoding.h"

using namespace clew;
using namespace clew::model;

namespace {

Run full_run() {
  Run run;
  run.id = RunId{0x0123456789abcdef};
  run.name = "first";
  run.state = State::killed;
  run.exit_code = 3;
  run.signal = 9;
  run.parent = RunId{1};
  run.rerun_of = RunId{2};
  run.group = "job";
  run.argv = {"python", "train.py", "--lr", "0.1"};
  run.cwd = "/work";
  run.user = "user";
  run.host = "host";
  run.started = -5;
  run.ended = 7;
  const Json nested = Json::Object{{"a", Json::Array{1, "x", nullptr, 2.5, true}}};
  for (const auto& [name, value] :
       std::initializer_list<std::pair<const char*, Json>>{{"bool", true},
                                                           {"int", -3},
                                                           {"list", nested},
                                                           {"null", nullptr},
                                                           {"real", 0.1},
                                                           {"text", "adam"}}) {
    Parameter param;
    param.name = name;
    param.value = value;
    param.source = Source::file;
    param.file = "conf.yaml";
    param.lost = {{nested, Source::env, ""}};
    run.params.push_back(param);
  }
  for (const char* name : {"acc", "loss"}) {
    MetricSummary metric{name, MetricSource::output, {}};
    for (std::int64_t i = 0; i < 300; ++i)
      metric.summary.add({i, i * 1000, 1.0 / static_cast<double>(i + 1)});
    run.metrics.push_back(metric);
  }
  run.tags = {"one", "two"};
  run.notes = {{3, "note"}};
  run.code = {"c0ffee", "tree",  "base",
              "main",   true,    false,
              "remote", "/root", {{"big", 1, 2, "large", "aa"}}};
  run.gaps = {"gap"};
  return run;
}

}  // namespace

TEST_CASE("a view of a run says what the run says") {
  const Run run = full_run();
  const std::string row = encode_run(run);
  RunView view(row);
  CHECK(view.id == run.id);
  CHECK(view.name == run.name);
  CHECK(view.state == run.state);
  CHECK(view.exit_code == run.exit_code);
  CHECK(view.signal == run.signal);
  CHECK(view.parent == run.parent);
  CHECK(view.rerun_of == run.rerun_of);
  CHECK(view.group == run.group);
  CHECK(view.argv() == run.argv);
  CHECK(view.cwd == run.cwd);
  CHECK(view.user == run.user);
  CHECK(view.host == run.host);
  CHECK(view.started == run.started);
  CHECK(view.ended == run.ended);
  std::size_t place = 0;
  view.params([&](std::string_view name, const JsonView& value, Source source) {
    CHECK(name == run.params[place].name);
    CHECK(value.decode() == run.params[place].value);
    CHECK(source == Source::file);
    ++place;
  });
  CHECK(place == run.params.size());
  place = 0;
  view.metrics([&](std::string_view name, ByteReader& in) {
    CHECK(name == run.metrics[place].name);
    CHECK(decode_summary(in) == run.metrics[place].summary);
    ++place;
  });
  CHECK(place == run.metrics.size());
  std::string tags;
  view.tags(tags);
  CHECK(tags == std::string("one\0two\0", 8));
  const auto code = view.code();
  CHECK(code.commit == run.code.commit);
  CHECK(code.tree == run.code.tree);
  CHECK(code.base == run.code.base);
  CHECK(code.branch == run.code.branch);
  CHECK(code.dirty == run.code.dirty);
}

TEST_CASE("a view goes over what is not asked for") {
  const std::string row = encode_run(full_run());
  RunView view(row);
  std::string tags;
  view.tags(tags);
  CHECK(tags == std::string("one\0two\0", 8));
  CHECK(view.code().branch == "main");
}

TEST_CASE("a view of a row that ends too early is damage, wherever it ends") {
  const std::string row = encode_run(full_run());
  const std::string rest = row.substr(0, row.size() - encode_run(Run()).size());
  for (std::size_t size = 0; size < rest.size(); size += 7) {
    const auto read = [&] {
      RunView view(std::string_view(row).substr(0, size));
      std::string tags;
      view.tags(tags);
      static_cast<void>(view.code());
    };
    CHECK_THROWS_AS(read(), Error);
  }
}
