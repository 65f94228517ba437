#include "show.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "base/error.h"
#include "base/text.h"
#include "cmd/printed.h"
#include "cmd/stage.h"
#include "run_code.h"
#include "show_view.h"
#include "snapshot/snapshot.h"

using namespace clew;
using namespace clew::cmd;
using namespace clew::cmd::testing;

namespace {

model::RunParts full_parts() {
  model::RunParts parts;
  model::Run& run = parts.run;
  run = sample_run(0x9f3c2a7b);
  run.name = "first";
  run.state = model::State::failed;
  run.exit_code = 3;
  run.argv = {"python", "train.py", "--name", "a b"};
  model::Parameter lr = param("lr", 0.01, model::Source::argv);
  lr.lost = {{Json(0.1), model::Source::file, "conf.yaml"}};
  run.params = {param("depth", 3), lr};
  run.metrics = {metric("loss", {0.9, 0.25, 0.5}), metric("system/cpu", {50})};
  run.tags = {"baseline", "x"};
  run.notes = {{kStart, "looks\ngood"}};
  run.gaps = {"the output was cut"};
  run.code.commit = std::string(40, 'c');
  run.code.base = std::string(40, 'b');
  run.code.branch = "main";
  run.code.dirty = true;
  run.code.complete = false;
  run.code.unstored = {{"small.bin", 312, 0, "secret", ""}, {"big.bin", 12 << 20, 0, "large", ""}};
  parts.changes = {{"lr", Json(0.01), Json(0.001), 7, kStart + 5'000'000, "plateau"}};
  parts.artifacts = {{"out/model.pt", kStart}};
  parts.environment =
      parse_json(R"({"os":{"name":"Debian","version":"12"},"cpu":{"model":"Fast","count":16},)"
                 R"("memory":8589934592,"gpus":["A","B"],"variables":{"LANG":"C"}})");
  parts.digest = Digest{};
  return parts;
}

std::string view(const model::RunParts& parts, std::size_t columns = 0, bool all = false) {
  return printed(columns, [&](ui::Output& out) {
    print_run(out, parts, {kStart + 180'000'000, all});
  });
}

Error error_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error");
  throw;
}

}  // namespace

TEST_CASE("show: arguments") {
  CHECK(!parsed(declare_show, {}).run);
  const ShowOptions options = parsed(declare_show, {"@~2", "--metric", "val/loss", "--csv"});
  CHECK(options.run == "@~2");
  CHECK(options.metric == "val/loss");
  CHECK(options.csv);
  CHECK(parsed(declare_show, {"--output", "x"}).output);
  CHECK(parsed(declare_show, {"--stderr"}).standard_error);
  CHECK(parsed(declare_show, {"--stdout"}).standard_output);
  CHECK_THROWS_AS(parsed(declare_show, {"a", "b"}), Error);
}

TEST_CASE("show: the whole of a run") {
  CHECK(view(full_parts()) == R"(run 9f3c2a7b00000000  first
  state      failed (exit 3)
  command    python train.py --name 'a b'
  started    2026-01-02 03:04:05 UTC
  ended      2026-01-02 03:04:17 UTC
  duration   12.3s
  where      user@host:/work
  code       cccccccccccc on main, with changes to bbbbbbbbbbbb, not complete
  not stored big.bin (12 MiB, large), small.bin (312 B, secret)
  tags       baseline x
  digest     0000000000000000000000000000000000000000000000000000000000000000

parameters
  name   value  from  instead of
  depth  3      argv
  lr     0.01   argv  0.1 (file conf.yaml)

parameter changes
  name  from  to     step  time                 cause
  lr    0.01  0.001     7  2026-01-02 03:04:10  plateau

metrics
  name  count  first  last   min  at  max  at
  loss      3    0.9   0.5  0.25   1  0.9   0
  and 1 system metric (--all)

artifacts
  out/model.pt

notes
  2026-01-02 03:04:05  looks\ngood

environment
  system     Debian 12
  processor  Fast × 16
  memory     8.0 GiB
  gpus       A, B
  variables  LANG=C

not recorded
  the output was cut
)");
}

TEST_CASE("show: what is not there is left out") {
  model::RunParts parts;
  parts.run = sample_run(1);
  parts.run.state = model::State::running;
  parts.run.ended.reset();
  parts.run.user.clear();
  CHECK(view(parts) == R"(run 0000000100000000
  state      ● running
  command    python train.py
  started    2026-01-02 03:04:05 UTC
  duration   3m00s
  where      host:/work
)");
  CHECK(view(parts, 80).find("UTC (3m ago)") != std::string::npos);
}

TEST_CASE("show: system metrics on request") {
  CHECK(view(full_parts()).find("system/cpu") == std::string::npos);
  CHECK(view(full_parts(), 0, true).find("system/cpu") != std::string::npos);
}

TEST_CASE("show: a recorded text cannot command the terminal") {
  model::RunParts parts = full_parts();
  const std::string bad = "\x1b[2J\n";
  model::Run& run = parts.run;
  run.name = run.group = run.user = run.code.branch = bad;
  run.argv = run.tags = run.gaps = {bad};
  run.params = {param(bad, bad)};
  run.notes = {{0, bad}};
  run.metrics = {metric(bad, {1})};
  run.code.unstored[0].path = bad;
  parts.artifacts[0].path = bad;
  parts.changes[0].cause = bad;
  parts.environment = parse_json(R"({"gpus":["\u001b[2J"],"os":{"name":"\u001b[2J"}})");
  CHECK(view(parts).find('\x1b') == std::string::npos);
}

TEST_CASE("show: any JSON may be an environment") {
  CHECK(environment_digest(Json::object()).empty());
  CHECK(environment_digest(Json()).empty());
  CHECK(environment_digest(Json(1)).empty());
  CHECK(environment_digest(parse_json(R"({"os":1,"cpu":[],"memory":-1,"gpus":{},"variables":2,)"
                                      R"("interpreter":null})"))
            .empty());
}

TEST_CASE("show: the largest of many unstored files are named") {
  std::vector<model::UnstoredFile> files;
  for (int i = 0; i < 10; ++i) {
    files.push_back({concat('f', i), static_cast<std::uint64_t>(i), 0, "bounds", ""});
  }
  CHECK(unstored_text(files) == "f9 (9 B, bounds), f8 (8 B, bounds), f7 (7 B, bounds), 7 more");
}

TEST_CASE("show: parts of a run of a store") {
  Stage stage;
  stage.add(sample_run(1), {series("loss", {1, 0.1, 1.0 / 3})}, "out\n\xff");
  const auto show = [&stage](const std::vector<std::string>& words) {
    CHECK(stage.run(declare_show, run_show, words) == 0);
    stage.global = {};
    return stage.out.text();
  };
  CHECK(show({}).starts_with("run 0000000100000000\n"));
  CHECK(show({"@", "--metric", "loss"}) ==
        "step  time                        value\n"
        "   0  2026-01-02 03:04:05.000000  1\n"
        "   1  2026-01-02 03:04:06.000000  0.1\n"
        "   2  2026-01-02 03:04:07.000000  0.3333333333333333\n");
  CHECK(show({"@", "--metric", "loss", "--csv"}).starts_with("step,time,value\n0,2026-01-02T"));
  const Json points = parse_json(show({"@", "--metric", "loss", "--json"}));
  CHECK(points.find("values")->as_array().at(2) == Json(1.0 / 3));
  CHECK(parse_json(show({"--json"})).find("id")->as_string() == "0000000100000000");
  CHECK(show({"--output"}) == "out\n\xffoh\n");
  CHECK(show({"--stdout"}) == "out\n\xff");
  CHECK(show({"--stderr"}) == "oh\n");
  CHECK(show({"--stderr", "--stdout"}) == "out\n\xffoh\n");

  const auto refused = [&stage](const std::vector<std::string>& words) {
    const Error error = error_of([&] { (void)stage.run(declare_show, run_show, words); });
    stage.global = {};
    return error.kind() == ErrorKind::usage;
  };
  CHECK(refused({"nosuch"}));
  CHECK(refused({"@", "--metric", "los"}));
  CHECK(refused({"@", "--csv"}));
  CHECK(refused({"@", "--metric", "loss", "--output"}));
  CHECK(refused({"@:train.py", "--output"}));
  CHECK(refused({"@:train.py", "--json"}));
  CHECK(refused({"@:train.py"}));  // there is no snapshot
  CHECK(stage.out.text().empty());
}

TEST_CASE("show: output that was not kept") {
  Stage stage;
  stage.add(sample_run(1));
  CHECK(stage.run(declare_show, run_show, {"--output"}) == 0);
  CHECK(stage.out.text().empty());
  CHECK(stage.err.text() == "nothing that the run '00000001' printed is kept\n");
}

TEST_CASE("show: files as they were") {
  Stage stage;
  fs::create_directories(stage.directory.path() / "lib");
  std::ofstream(stage.directory.path() / "train.py") << "print(1)\n";
  std::ofstream(stage.directory.path() / "lib/net.py") << std::string("a\0b", 3);
  model::Run run = sample_run(1);
  snapshot::Request request;
  request.directory = stage.directory.path();
  request.private_repository = stage.layout.code();
  request.store = stage.layout.root;
  run.code = snapshot::take(request).code;
  run.code.unstored = {{"data.bin", 99, 0, "large", "abcd"}};
  stage.add(run);
  std::ofstream(stage.directory.path() / "train.py") << "changed\n";

  const auto show = [&stage](const std::string& word) {
    CHECK(stage.run(declare_show, run_show, {word}) == 0);
    return stage.out.text();
  };
  CHECK(show("@:train.py") == "print(1)\n");
  CHECK(show("@:./train.py") == "print(1)\n");
  CHECK(show("@:lib/net.py") == std::string("a\0b", 3));
  CHECK(show("@:") == "lib/net.py\ntrain.py\n");
  CHECK(show("@:lib") == "lib/net.py\n");
  CHECK(show("@:lib/") == "lib/net.py\n");

  const auto refusal = [&stage](const std::string& word) {
    return error_of([&] { (void)stage.run(declare_show, run_show, {word}); });
  };
  CHECK(refusal("@:tran.py").hints().front() == "did you mean 'train.py'?");
  CHECK(refusal("@:data.bin").message() == "the file 'data.bin' was not stored (large, 99 bytes)");
  CHECK(refusal("@:data.bin").hints().front() == "its SHA-256 was abcd");
}
