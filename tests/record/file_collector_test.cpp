#include "record/file_collector.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <map>
#include <thread>

#include "record/annotate.h"
#include "record/journal.h"
#include "record/kept_objects.h"
#include "record/recorder.h"
#include "store/objects.h"
#include "support/temporary_directory.h"

using namespace clew;
using namespace clew::record;

namespace {

Time now() {
  return system_clock().now();
}

void write(const fs::path& path, std::string_view bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string digest(std::string_view bytes) {
  return to_hex(sha256(bytes));
}

/// A work tree with a run that has just ended in it.
struct Scene {
  TemporaryDirectory directory;
  fs::path root = directory.path() / "tree";
  store::Layout layout{directory.path() / "store"};
  FileRequest request;
  model::RunParts parts;
  InputHasher::Readings readings;
  std::vector<std::string> code;

  Scene() {
    fs::create_directories(root);
    store::create(layout);
    parts.run.started = now();
    parts.run.argv = {"train"};
  }

  void use(const std::string& path, model::FileModes modes) {
    model::File file;
    file.state.path = path;
    file.uses.push_back({path, 0, modes, now(), now(), ""});
    parts.files.push_back(std::move(file));
  }

  [[nodiscard]] capture::FilePolicy policy() const {
    return {{root, "", "", "", layout.root, ""}, request.patterns};
  }

  std::vector<model::Event> events;
  std::map<std::string, model::FileState> collect() {
    parts.run.ended = now();
    const auto in_snapshot = [this](const std::string& name) {
      return std::find(code.begin(), code.end(), name) != code.end();
    };
    events = collect_files({request, layout, policy(), readings, in_snapshot}, parts);
    std::map<std::string, model::FileState> states;
    for (const auto& event : events) {
      if (const auto* state = std::get_if<model::FileStateEvent>(&event)) {
        states[state->state.path] = state->state;
      }
    }
    return states;
  }

  [[nodiscard]] std::vector<std::string> gaps() const {
    std::vector<std::string> texts;
    for (const auto& event : events) {
      if (const auto* gap = std::get_if<model::GapEvent>(&event)) texts.push_back(gap->text);
    }
    return texts;
  }
};

}  // namespace

TEST_CASE("inputs and outputs have the digests of what they are in the end") {
  Scene scene;
  write(scene.root / "data/x.csv", "1,2\n");
  scene.use("data/x.csv", model::kRead);
  write(scene.root / "model.bin", "weights");
  scene.use("model.bin", model::kCreated | model::kWritten);
  scene.use("scratch.tmp", model::kCreated | model::kWritten | model::kDeleted);
  write(scene.directory.path() / "outside.txt", "o");
  scene.use((scene.directory.path() / "outside.txt").string(), model::kRead);
  auto states = scene.collect();
  REQUIRE(states.size() == 4);
  const auto& input = states["data/x.csv"];
  CHECK(input.role == model::Role::input);
  CHECK(input.sha256 == digest("1,2\n"));
  CHECK(input.digest == model::DigestKind::whole);
  CHECK(input.size == 4);
  CHECK(input.mtime_ns > 0);
  CHECK(states["model.bin"].role == model::Role::output);
  CHECK(states["model.bin"].sha256 == digest("weights"));
  CHECK(states["scratch.tmp"].role == model::Role::temporary);
  CHECK(states["scratch.tmp"].gone);
  CHECK(states["scratch.tmp"].sha256.empty());
  CHECK(states[(scene.directory.path() / "outside.txt").string()].sha256 == digest("o"));
}

TEST_CASE("roles: declared, then code, then by use") {
  Scene scene;
  scene.request.patterns.inputs = {"cache/**"};
  scene.request.patterns.outputs = {"*.log"};
  scene.code = {"train.py", "data.csv", "made.py"};
  for (const auto* name : {"train.py", "data.csv", "loose.py", "made.py", "cache/x", "old.log"})
    write(scene.root / name, name);
  write(scene.root / "tool", "#!/bin/sh\n");
  write(scene.root / "binary",
        "\x7f"
        "ELF");
  for (const auto* name : {"train.py", "data.csv", "loose.py", "old.log"})
    scene.use(name, model::kRead);
  for (const auto* name : {"made.py", "cache/x"})
    scene.use(name, model::kRead | model::kWritten);
  for (const auto* name : {"tool", "binary"})
    scene.use(name, model::kExecuted | model::kRead);
  auto states = scene.collect();
  CHECK(states["train.py"].role == model::Role::code);
  CHECK(states["data.csv"].role == model::Role::input);
  CHECK(states["loose.py"].role == model::Role::input);
  CHECK(states["made.py"].role == model::Role::output);
  CHECK(states["cache/x"].role == model::Role::input);
  CHECK(states["old.log"].role == model::Role::output);
  CHECK(states["tool"].role == model::Role::code);
  CHECK(states["binary"].role == model::Role::input);
}

TEST_CASE("a file that was read and then overwritten is known as it was") {
  Scene scene;
  write(scene.root / "state", "before");
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  InputHasher hasher(scene.policy(), 1000, digest_cache(scene.layout));
  scene.use("state", model::kRead);
  hasher.used(scene.parts.files[0].uses[0]);
  hasher.used({"none", 0, model::kRead, now(), now(), ""});
  std::vector<model::FileState> news;
  while (news.empty()) {
    news = hasher.take();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  CHECK(news[0].path == "state");
  CHECK(news[0].sha256 == digest("before"));
  write(scene.root / "state", "after!!");
  scene.parts.files[0].uses[0].modes |= model::kWritten;
  scene.readings = hasher.stop();
  const auto state = scene.collect()["state"];
  CHECK(state.role == model::Role::output);
  CHECK(state.sha256 == digest("after!!"));
  CHECK(state.before_sha256 == digest("before"));
  CHECK(state.before_size == 6);
  // Overwritten by somebody else, it is what was read.
  scene.parts.files[0].uses[0].modes = model::kRead;
  const auto read = scene.collect()["state"];
  CHECK(read.role == model::Role::input);
  CHECK(read.sha256 == digest("before"));
  CHECK(read.digest == model::DigestKind::whole);
  CHECK(read.before_sha256.empty());
  fs::remove(scene.root / "state");
  CHECK(scene.collect()["state"].sha256 == digest("before"));
  CHECK(scene.collect()["state"].gone);
}

TEST_CASE("a file that somebody changed since it was read is marked") {
  Scene scene;
  write(scene.root / "x", "1");
  scene.use("x", model::kRead);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  write(scene.root / "x", "2");
  CHECK(scene.collect()["x"].digest == model::DigestKind::changing);
  scene.parts.files[0].uses[0].modes = model::kWritten;
  CHECK(scene.collect()["x"].digest == model::DigestKind::whole);
}

TEST_CASE("copies of files to save are kept by digest, within the limit") {
  Scene scene;
  scene.request.patterns.saved = {"models/**", "big"};
  scene.request.hash_limit = 4;
  scene.request.save_limit = 20;
  for (const auto* name : {"models/a", "models/b"}) {
    write(scene.root / name, "same bytes");
    scene.use(name, model::kCreated | model::kWritten);
  }
  write(scene.root / "big", "eleven byte");
  scene.use("big", model::kRead);
  write(scene.root / "other", "o");
  scene.use("other", model::kRead);
  auto states = scene.collect();
  CHECK(states["models/a"].saved);
  CHECK(states["models/a"].digest == model::DigestKind::whole);
  CHECK(states["models/b"].saved);
  CHECK_FALSE(states["big"].saved);
  CHECK_FALSE(states["other"].saved);
  const store::Objects objects(scene.layout.objects());
  CHECK(objects.all() == std::vector<std::string>{digest("same bytes")});
  REQUIRE(scene.gaps().size() == 1);
  CHECK(scene.gaps()[0] ==
        "1 file to save: no copy is kept; the largest is 'big' with 11 B; the limit of a run, "
        "files.save-limit, is 20 B");
}

TEST_CASE("what the command names as an artifact is an output of the command") {
  Scene scene;
  write(scene.root / "model.bin", "m");
  write(scene.root / "seen.csv", "s");
  scene.use("seen.csv", model::kRead);
  scene.parts.artifacts = {{"model.bin", 5}, {"seen.csv", 6}, {"gone", 7}};
  auto states = scene.collect();
  CHECK(states["model.bin"].role == model::Role::output);
  CHECK(states["model.bin"].sha256 == digest("m"));
  CHECK(states["seen.csv"].role == model::Role::output);
  CHECK(states["gone"].gone);
  const auto* process = std::get_if<model::ProcessEvent>(&scene.events[0]);
  REQUIRE(process);
  CHECK(process->process.argv == std::vector<std::string>{"train"});
  const auto* use = std::get_if<model::FileUseEvent>(&scene.events[1]);
  REQUIRE(use);
  CHECK(use->use.path == "model.bin");
}

TEST_CASE("the programs of processes are hashed, each once") {
  Scene scene;
  write(scene.root / "program", "p");
  for (const auto* path : {"program", "program", "none"}) {
    model::Process process;
    process.executable = (scene.root / path).string();
    scene.parts.processes.push_back(process);
  }
  scene.collect();
  REQUIRE(scene.events.size() == 2);
  for (std::uint32_t i = 0; i < 2; ++i) {
    const auto& event = std::get<model::ProcessEvent>(scene.events[i]);
    CHECK(event.index == i);
    CHECK(event.process.executable_sha256 == digest("p"));
  }
}

TEST_CASE("objects that runs refer to are in use, before and after sealing") {
  const Scene scene;
  const auto journal_of = [&](RunId id, const std::string& digest) {
    auto journal = std::make_unique<Journal>();
    model::Run run;
    run.id = id;
    run.argv = {"train"};
    journal->open(scene.layout, run);
    model::FileState state;
    state.path = "m";
    state.sha256 = digest;
    state.digest = model::DigestKind::whole;
    state.saved = true;
    journal->record(model::FileStateEvent{state});
    state.path = "n";
    state.sha256 = std::string(64, 'f');
    state.saved = false;
    journal->record(model::FileStateEvent{state});
    journal->record(model::EndEvent{model::State::finished, 0, std::nullopt, 9});
    journal->flush();
    return journal;
  };
  journal_of(RunId{1}, std::string(64, 'a')).reset();
  recover(scene.layout, std::chrono::seconds(1));
  const auto live = journal_of(RunId{2}, std::string(64, 'b'));
  CHECK(objects_in_use(scene.layout) ==
        std::set<std::string>{std::string(64, 'a'), std::string(64, 'b')});
}
