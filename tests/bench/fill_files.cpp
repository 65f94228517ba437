// Fills a store with runs that have many files, for benchmarks: clew-fill DIRECTORY RUNS FILES
//
// Runs come in threes: prepare, train, evaluate. A prepare reads one data set that all share and
// the report of the three before, in projects of ten threes, so that a lineage is up to 30 runs
// long. Of the FILES of a run ten are written, two thirds of the rest are code that never changes,
// and the others are data of its own. The records are printed, one a line, for filling another
// database with the same: run, path, SHA-256, 1 where the run made it, separated by tabs.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "base/text.h"
#include "store/store.h"

namespace {

using namespace clew;

constexpr Time kStart = 1'700'000'000'000'000;
constexpr Time kMinute = 60'000'000;
constexpr int kOutputs = 10;
constexpr int kSteps = 3;
constexpr int kProject = 10 * kSteps;  // runs

class Filler {
 public:
  Filler(store::Store& store, int files) : store_(store), files_(files) {}

  void add_run(int number) {
    const RunId id{0x9e3779b97f4a7c15U * (static_cast<std::uint64_t>(number) + 1)};
    model::Run run;
    run.id = id;
    run.state = model::State::finished;
    run.exit_code = 0;
    run.argv = {"python", concat(step(number), ".py"), "--seed", std::to_string(number)};
    run.started = kStart + number * kMinute;
    run.ended = run.started + kMinute / 2;
    run.code.commit = std::string(40, 'c');
    table_ = {};
    started_ = run.started;
    add_inputs(number);
    add_outputs(number);

    auto writer = store_.write_run(id);
    for (const auto& file : table_.files()) {
      writer.add_file(file);
      const bool made = file.written();
      std::printf("%s\t%s\t%s\t%d\n", id.hex().c_str(), file.state.path.c_str(),
                  file.state.sha256.c_str(), made ? 1 : 0);
    }
    model::Capture capture;
    capture.mechanism = "unotify";
    capture.level = "files";
    capture.complete = true;
    writer.set_capture(capture);
    writer.commit(run);
  }

 private:
  static std::string_view step(int number) {
    constexpr std::string_view kNames[] = {"prepare", "train", "evaluate"};
    return kNames[number % kSteps];
  }
  static std::string result(int number) { return concat("result of ", number); }

  void add(const std::string& path, const std::string& content, model::FileModes modes,
           model::Role role) {
    table_.add({path, 0, modes, started_ + 1, started_ + 2, ""});
    model::FileState state;
    state.path = path;
    state.role = role;
    state.size = 1 + content.size();
    state.sha256 = to_hex(sha256(content));
    state.digest = model::DigestKind::whole;
    table_.set(state);
  }

  void add_inputs(int number) {
    int left = files_ - kOutputs;
    if (number % kSteps == 0) {
      add("data/raw.csv", "raw", model::kRead, model::Role::input);
      --left;
    }
    if (number % kProject != 0) {
      add(concat("out/", number - 1, "/result"), result(number - 1), model::kRead,
          model::Role::input);
      --left;
    }
    const int code = left * 2 / 3;
    for (int i = 0; i < left; ++i) {
      if (i < code) {
        add(concat("src/module", i, ".py"), concat("code ", i), model::kRead, model::Role::code);
      } else {
        add(concat("data/", number, "/part", i), concat("data ", number, ' ', i), model::kRead,
            model::Role::input);
      }
    }
  }

  void add_outputs(int number) {
    const model::FileModes made = model::kWritten | model::kCreated;
    add(concat("out/", number, "/result"), result(number), made, model::Role::output);
    for (int i = 1; i < kOutputs; ++i) {
      add(concat("out/", number, "/log", i), concat("log ", number, ' ', i), made,
          model::Role::output);
    }
  }

  store::Store& store_;
  int files_;
  Time started_ = 0;
  model::FileTable table_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: clew-fill DIRECTORY RUNS FILES\n");
    return 2;
  }
  try {
    const store::Layout layout{fs::path(argv[1])};
    store::create(layout);
    auto store = store::Store::open_for_writing(layout, std::chrono::seconds(1));
    Filler filler(store, std::atoi(argv[3]));
    const int runs = std::atoi(argv[2]);
    for (int i = 0; i < runs; ++i)
      filler.add_run(i);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "clew-fill: %s\n", error.what());
    return 1;
  }
  return 0;
}
