#pragma once

#include <algorithm>
#include <string>

#include "base/hash.h"
#include "cmd/stage.h"
#include "model/parts.h"

// Runs with files and processes for tests of commands.

namespace clew::cmd::testing {

/// A file of a run whose content is the text `content`.
inline model::File run_file(std::string path, const std::string& content, model::FileModes modes,
                            model::Role role) {
  model::File file;
  file.uses = {{path, 0, modes, kStart + 1, kStart + 2, ""}};
  file.state.path = std::move(path);
  file.state.role = role;
  file.state.size = content.size();
  file.state.sha256 = to_hex(sha256(content));
  file.state.digest = model::DigestKind::whole;
  return file;
}
inline model::File input(std::string path, const std::string& content) {
  return run_file(std::move(path), content, model::kRead, model::Role::input);
}
inline model::File output(std::string path, const std::string& content) {
  return run_file(std::move(path), content, model::kWritten | model::kCreated, model::Role::output);
}
inline model::File code(std::string path, const std::string& content) {
  return run_file(std::move(path), content, model::kRead, model::Role::code);
}

/// A run that started so many seconds after the others.
inline model::RunParts run_with(std::uint64_t id, std::vector<model::File> files) {
  model::RunParts parts;
  parts.run = sample_run(id);
  parts.run.started += static_cast<Time>(id) * 1'000'000;
  parts.run.ended = parts.run.started + 500'000;
  for (auto& file : files) {
    for (auto& use : file.uses) {
      use.first += static_cast<Time>(id) * 1'000'000;
      use.last += static_cast<Time>(id) * 1'000'000;
    }
  }
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.state.path < b.state.path; });
  parts.files = std::move(files);
  parts.capture.mechanism = "unotify";
  parts.capture.level = "files";
  parts.capture.complete = true;
  return parts;
}

inline void seal(const Stage& stage, const model::RunParts& parts) {
  auto store = store::Store::open_for_writing(stage.layout, std::chrono::seconds(5));
  auto writer = store.write_run(parts.run.id);
  for (const auto& process : parts.processes)
    writer.add_process(process);
  for (const auto& file : parts.files)
    writer.add_file(file);
  writer.set_capture(parts.capture);
  writer.commit(parts.run);
}

/// prepare (1), train (2), evaluate (3).
inline void seal_pipeline(const Stage& stage) {
  auto prepare = run_with(1, {input("data/raw.csv", "raw"), output("data/train.npz", "train")});
  prepare.run.argv = {"python", "prepare.py"};
  auto train = run_with(2, {input("data/train.npz", "train"), code("train.py", "code"),
                            output("model.npz", "model")});
  train.run.code.commit = std::string(40, 'c');
  train.run.code.branch = "main";
  train.run.code.dirty = true;
  auto evaluate = run_with(3, {input("model.npz", "model"), output("report.json", "report")});
  evaluate.run.argv = {"python", "evaluate.py"};
  for (const auto& parts : {prepare, train, evaluate})
    seal(stage, parts);
}

}  // namespace clew::cmd::testing
