#include "show_files.h"

#include <catch2/catch.hpp>

#include "base/error.h"
#include "cmd/files_stage.h"
#include "log.h"
#include "show.h"

using namespace clew;
using namespace clew::cmd;
using namespace clew::cmd::testing;

namespace {

model::Process process(std::optional<std::uint32_t> parent, std::vector<std::string> argv,
                       Time started, Time ended, int exit_code) {
  model::Process process;
  process.pid = 100;
  process.parent = parent;
  process.argv = std::move(argv);
  process.started = kStart + started;
  process.ended = kStart + ended;
  process.exit_code = exit_code;
  return process;
}

model::RunParts busy_run() {
  auto temporary = run_file("t.tmp", "t", model::kWritten | model::kCreated | model::kDeleted,
                            model::Role::temporary);
  temporary.state.gone = true;
  temporary.state.sha256.clear();
  temporary.state.digest = model::DigestKind::none;
  auto model = output("model.npz", "model");
  model.uses.push_back({"model.npz", 2, model::kRead, kStart, kStart, ""});
  auto parts = run_with(1, {input("data.csv", "data"), code("train.py", "code"), model, temporary});
  parts.processes = {process(std::nullopt, {"sh", "-c", "a b"}, 0, 2'500'000, 0),
                     process(0, {"python", "train.py"}, 100'000, 2'400'000, 0),
                     process(1, {"worker"}, 200'000, 300'000, 3),
                     process(0, {"tail", "x"}, 150'000, 2'000'000, 0)};
  parts.processes[3].exit_code.reset();
  parts.processes[3].signal = 9;
  return parts;
}

}  // namespace

TEST_CASE("show: processes as a tree") {
  CHECK(printed(0, [](ui::Output& out) { print_processes(out, busy_run(), kStart); }) ==
        "#  process             duration  exit\n"
        "0  sh -c 'a b'            2.50s  exit 0\n"
        "1  ├─ python train.py     2.30s  exit 0\n"
        "2  │  └─ worker           0.10s  exit 3\n"
        "3  └─ tail x              1.85s  SIGKILL\n");
  CHECK(printed(0, [](ui::Output& out) { print_processes(out, {}, kStart); }) ==
        "no processes were recorded\n");
}

TEST_CASE("show: files by role") {
  const std::string text = printed(0, [](ui::Output& out) { print_run_files(out, busy_run()); });
  CHECK(text.starts_with("inputs  1 file, 4 B\n  path"));
  CHECK(text.find("data.csv  read  ") != std::string::npos);
  CHECK(text.find("model.npz  read, created  ") != std::string::npos);
  CHECK(text.find("0 sh and 1 other") != std::string::npos);
  CHECK(text.find("t.tmp  created, deleted  ") != std::string::npos);
  CHECK(text.find("(gone)") != std::string::npos);
  CHECK(printed(0, [](ui::Output& out) { print_run_files(out, {}); }) ==
        "no files were recorded\n");
}

TEST_CASE("show: what was captured, and what was not seen") {
  auto parts = busy_run();
  parts.capture.complete = false;
  parts.capture.blind = {"io_uring was used by 'x'"};
  const std::string text = printed(0, [&](ui::Output& out) { print_capture(out, parts); });
  CHECK(text ==
        "\nfiles and processes\n"
        "  captured   unotify, files, not complete\n"
        "  processes  4, 2 failed\n"
        "  inputs     1 file, 4 B\n"
        "  outputs    1 file, 5 B\n"
        "  code       1 file, 4 B\n"
        "  temporary  1 file\n"
        "  not seen   io_uring was used by 'x'\n");
  CHECK(printed(0, [](ui::Output& out) { print_capture(out, {}); }).empty());
}

TEST_CASE("show: files and processes as JSON and CSV") {
  Stage stage;
  seal(stage, busy_run());
  const auto show = [&stage](const std::vector<std::string>& words) {
    stage.global = {};
    const int code = stage.run(declare_show, run_show, words);
    CHECK(code == 0);
    return stage.out.text();
  };
  const Json json = parse_json(show({"--files", "--processes", "--json"}));
  CHECK(json.as_object().size() == 2);
  CHECK(json.find("files")->as_array().size() == 4);
  CHECK(json.find("processes")->as_array().size() == 4);
  CHECK(show({"--files", "--csv"}).find("data.csv,input,read,4,") != std::string::npos);
  CHECK(show({"--processes", "--csv"}).find("\n2,1,100,worker,") != std::string::npos);
  CHECK(show({}).find("files and processes") != std::string::npos);
  CHECK_THROWS_AS(show({"--files", "--output"}), Error);
  CHECK_THROWS_AS(show({"--files", "--processes", "--csv"}), Error);
  CHECK_THROWS_AS(show({"--csv"}), Error);
}

TEST_CASE("log: the runs that used a file") {
  Stage stage;
  seal_pipeline(stage);
  const auto log = [&stage](const std::vector<std::string>& words) {
    stage.global = {};
    const LogOptions options = parsed(declare_log, words, &stage.global);
    Session session = stage.session();
    const int code = run_log(session, options);
    CHECK(code == 0);
    return stage.out.text();
  };
  const std::string csv = log({"--csv", "--", "model.npz"});
  CHECK(csv ==
        "id,state,started,ended,read,written,paths,command\n"
        "0000000300000000,finished,2026-01-02T03:04:08.000000Z,2026-01-02T03:04:08.500000Z,"
        "true,false,model.npz,python evaluate.py\n"
        "0000000200000000,finished,2026-01-02T03:04:07.000000Z,2026-01-02T03:04:07.500000Z,"
        "false,true,model.npz,python train.py\n");
  CHECK(log({"-n", "1", "--", "model.npz"}) ==
        "id        state     started              r/w  files      command\n"
        "00000003  finished  2026-01-02 03:04:08  r    model.npz  python evaluate.py\n");
  const Json json = parse_json(log({"--json", "--", "data", "report.json"}));
  REQUIRE(json.as_array().size() == 3);
  CHECK(dump_json(*json.as_array()[2].find("use")) ==
        R"({"read":true,"written":true,"paths":["data/raw.csv","data/train.npz"]})");
  CHECK(log({"-n", "5", "--", "nosuch"}).empty());
  CHECK(stage.err.text() ==
        "no recorded run read or wrote these files\n"
        "hint: 'clew show RUN --files' lists the files of a run\n");
  CHECK_THROWS_AS(log({"--columns", "x", "--", "a"}), Error);
}
