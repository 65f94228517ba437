#pragma once

#include <string>

#include "prov/samples.h"

// Runs with processes and files for the tests of the graph.

namespace clew::prov::samples {

inline std::string digest_of(char digit) {
  return std::string(64, digit);
}

inline model::FileUse use(const std::string& path, std::uint32_t process, int modes, Time first,
                          Time last) {
  return {path, process, static_cast<model::FileModes>(modes), first, last, {}};
}

inline model::File file(const std::string& path, model::Role role, char digest,
                        std::vector<model::FileUse> uses) {
  model::File file;
  file.state.path = path;
  file.state.role = role;
  file.state.size = 1000;
  file.state.sha256 = digest_of(digest);
  file.state.digest = model::DigestKind::whole;
  file.state.mtime_ns = start * 1000;
  file.uses = std::move(uses);
  return file;
}

/// sh -c 'prepare < raw.csv > clean.csv; train clean.csv model.npz' with processes 0, 1 and 2.
/// state.json is read and then written; log.txt is written by both; cache.tmp is temporary.
inline RunRecord traced_run() {
  auto record = bare_run();
  auto& run = record.parts.run;
  run.id = RunId{0x1111111111111111};
  run.state = model::State::finished;
  run.exit_code = 0;
  run.user = "ada";
  run.host = "lab1";
  run.cwd = "/home/ada/digits/sub";
  run.argv = {"sh", "-c", "./prepare < raw.csv > clean.csv; ./train clean.csv model.npz"};
  run.ended = start + 10 * second;
  run.params = {{"lr", 0.1, model::Source::file, "../conf.yaml", {}}};
  auto& parts = record.parts;
  parts.capture.mechanism = "unotify";
  parts.capture.level = "files";
  parts.capture.root = "/home/ada/digits";
  parts.capture.complete = false;
  parts.capture.blind = {"io_uring was used by process 2"};
  parts.capture.environment = parse_json(R"({"packages":{"numpy":"1.24.2"}})");
  const auto process = [&](std::int64_t pid, std::optional<std::uint32_t> parent,
                           std::vector<std::string> argv, Time from, Time to) {
    model::Process one;
    one.pid = pid;
    one.parent = parent;
    one.argv = std::move(argv);
    one.cwd = "/home/ada/digits/sub";
    one.executable = "/home/ada/digits/" + one.argv[0];
    one.executable_sha256 = digest_of('9');
    one.started = from;
    one.ended = to;
    one.exit_code = 0;
    parts.processes.push_back(std::move(one));
  };
  process(100, std::nullopt, run.argv, start, start + 10 * second);
  process(101, 0, {"./prepare"}, start + second, start + 4 * second);
  process(102, 0, {"./train", "clean.csv", "model.npz"}, start + 5 * second, start + 9 * second);
  using namespace model;
  const auto at = [](int seconds) { return start + seconds * second; };
  parts.files = {
      file("/data/outside.bin", Role::input, 'e',
           {use("/data/outside.bin", 2, kRead, at(6), at(6))}),
      file("cache.tmp", Role::temporary, 'f',
           {use("cache.tmp", 1, kWritten | kCreated, at(2), at(2)),
            use("cache.tmp", 2, kRead | kDeleted, at(6), at(7))}),
      file("clean.csv", Role::output, 'b',
           {use("clean.csv", 1, kWritten | kCreated | kInherited, at(1), at(4)),
            use("clean.csv", 2, kRead, at(5), at(5))}),
      file("conf.yaml", Role::input, 'c', {use("conf.yaml", 2, kRead, at(5), at(5))}),
      file("log.txt", Role::output, 'd',
           {use("log.txt", 1, kWritten | kCreated, at(2), at(3)),
            use("log.txt", 2, kRead | kWritten, at(6), at(8))}),
      file("model.npz", Role::output, 'a',
           {use("model.npz", 2, kWritten | kCreated | kRenamed, at(8), at(9))}),
      file("raw.csv", Role::input, '1', {use("raw.csv", 1, kRead | kInherited, at(1), at(1))}),
      file("state.json", Role::output, '3', {use("state.json", 2, kRead | kWritten, at(6), at(8))}),
      file("train", Role::code, '9', {use("train", 2, kRead | kExecuted, at(5), at(5))}),
  };
  parts.files[1].state.gone = true;
  parts.files[5].uses[0].from = "model.npz.part";
  parts.files[5].state.saved = true;
  parts.files[7].state.before_sha256 = digest_of('2');
  parts.files[7].state.before_size = 900;
  parts.firings = {{"loss > 1", "stop", at(9), 7, parse_json(R"({"loss":1.5})"), "stopped"}};
  return record;
}

/// A later run that read the model of traced_run, and repeats nothing.
inline RunRecord evaluating_run() {
  auto record = bare_run();
  auto& run = record.parts.run;
  run.id = RunId{0x2222222222222222};
  run.argv = {"./evaluate", "model.npz"};
  run.started = start + 20 * second;
  run.ended = start + 30 * second;
  run.state = model::State::finished;
  record.parts.files = {
      file("model.npz", model::Role::input, 'a',
           {use("model.npz", 0, model::kRead, start + 21 * second, start + 21 * second)}),
      file("report.txt", model::Role::output, '7',
           {use("report.txt", 0, model::kWritten, start + 22 * second, start + 23 * second)})};
  record.origin = [](const std::string& path, const std::string& sha256,
                     Time) -> std::optional<FileOrigin> {
    if (path != "model.npz" || sha256 != digest_of('a')) return std::nullopt;
    return FileOrigin{RunId{0x1111111111111111}, start + 10 * second};
  };
  return record;
}

}  // namespace clew::prov::samples
