#pragma once

#include <string_view>

#include "model/parts.h"

namespace clew::test {

/// The start of the made-up runs: 2026-01-02T03:04:05.123456Z.
inline constexpr Time kStart = 1767323045123456;

/// A run with something in every field.
inline model::RunParts full_run() {
  model::RunParts parts;
  model::Run& run = parts.run;
  run.id = *RunId::parse("9f3c2a7be1d04a55");
  run.name = "first";
  run.state = model::State::killed;
  run.exit_code = 137;
  run.signal = 9;
  run.parent = *RunId::parse("00000000000000ff");
  run.group = "job-7";
  run.argv = {"python", "train.py", "--lr", "0.01"};
  run.cwd = "/work/tree";
  run.user = "ada";
  run.host = "node1";
  run.started = kStart;
  run.ended = kStart + 12'300'000;
  run.params = {{"lr", 0.01, model::Source::argv, "", {{0.1, model::Source::file, "conf.yaml"}}},
                {"model.depth", 3, model::Source::file, "conf.yaml", {}},
                {"none", nullptr, model::Source::env, "", {}},
                {"shape", Json::Array{1, 2.0, "x"}, model::Source::api, "", {}},
                {"void", Json::object(), model::Source::option, "", {}}};
  run.tags = {"baseline", "b"};
  run.notes = {{kStart + 1, "a note"}};
  run.code.commit = "c0ffee";
  run.code.tree = "7ee";
  run.code.base = "ba5e";
  run.code.branch = "main";
  run.code.dirty = true;
  run.code.complete = false;
  run.code.remote = "https://example.org/r.git";
  run.code.root = "/work/tree";
  run.code.unstored = {{"big.bin", 20'000'000, 1234567890123456789, "large", "ab12"},
                       {".env", 10, -1, "secret", ""}};
  run.gaps = {"output was not kept"};
  parts.environment = parse_json(R"({"os":{"name":"linux"},"cpus":2})");
  parts.changes = {{"lr", 0.01, 0.001, 19, kStart + 5'000'000, "plateau"},
                   {"lr", 0.001, 0.002, std::nullopt, kStart + 6'000'000, ""}};
  parts.artifacts = {{"out/model.bin", kStart + 7}};
  model::Process process;
  process.pid = 7;
  process.argv = {"python"};
  process.cwd = "/w";
  process.executable = "/bin/python";
  process.started = kStart;
  process.ended = kStart + 1;
  process.exit_code = 0;
  parts.processes = {process};
  model::File file;
  file.state.path = "m.bin";
  file.state.role = model::Role::output;
  file.state.size = 5;
  file.state.sha256 = "cd";
  file.state.digest = model::DigestKind::whole;
  file.state.before_sha256 = "ef";
  file.state.before_size = 4;
  file.state.saved = true;
  file.uses = {{"m.bin", 0, model::kRead | model::kWritten, kStart, kStart + 2, "m.tmp"}};
  parts.files = {file};
  parts.capture.mechanism = "unotify";
  parts.capture.level = "files";
  parts.capture.complete = true;
  parts.capture.root = "/w";
  parts.firings = {{"loss < 1", "note", kStart + 1, 3, parse_json(R"({"loss":0.5})"), ""}};
  parts.digest = Digest{0xab};
  return parts;
}

/// The interchange lines of that run: what is exported, and what imported gives the run again.
inline constexpr std::string_view kFullRunLines =
    R"({"kind":"run","id":"9f3c2a7be1d04a55","name":"first","state":"killed",)"
    R"("exit_code":137,"signal":"SIGKILL","parent":"00000000000000ff","group":"job-7",)"
    R"("argv":["python","train.py","--lr","0.01"],"cwd":"/work/tree","user":"ada",)"
    R"("host":"node1","started":"2026-01-02T03:04:05.123456Z",)"
    R"("ended":"2026-01-02T03:04:17.423456Z",)"
    R"("params":{"lr":0.01,"model.depth":3,"none":null,"shape":[1,2.0,"x"],"void":{}},)"
    R"("param_sources":{"lr":"argv","model.depth":"file:conf.yaml","none":"env",)"
    R"("shape":"api","void":"option"},)"
    R"("param_lost":{"lr":[{"value":0.1,"source":"file:conf.yaml"}]},)"
    R"("tags":["baseline","b"],)"
    R"("notes":[{"time":"2026-01-02T03:04:05.123457Z","text":"a note"}],)"
    R"("code":{"commit":"c0ffee","tree":"7ee","base":"ba5e","branch":"main","dirty":true,)"
    R"("complete":false,"remote":"https://example.org/r.git","root":"/work/tree",)"
    R"("unstored":[{"path":"big.bin","size":20000000,"mtime_ns":1234567890123456789,)"
    R"("reason":"large","sha256":"ab12"},{"path":".env","size":10,"mtime_ns":-1,)"
    R"("reason":"secret","sha256":null}]},"gaps":["output was not kept"]})"
    "\n"
    R"({"kind":"param","run":"9f3c2a7be1d04a55","name":"lr","value":0.001,"old":0.01,)"
    R"("step":19,"time":"2026-01-02T03:04:10.123456Z","cause":"plateau"})"
    "\n"
    R"({"kind":"param","run":"9f3c2a7be1d04a55","name":"lr","value":0.002,"old":0.001,)"
    R"("step":null,"time":"2026-01-02T03:04:11.123456Z","cause":null})"
    "\n";

}  // namespace clew::test
