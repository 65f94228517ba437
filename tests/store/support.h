#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "store/store.h"
#include "support/temporary_directory.h"

// What the tests of the store share. The store is written through its public interface; a copy of
// all its rows is what damage is done to.

namespace clew::store {

/// The kinds of database that the contract holds for.
struct OnRocksDb {
  static std::unique_ptr<KeyValue> make(const fs::path& directory) {
    return open_database_for_writing(directory / "db");
  }
};
struct InMemory {
  static std::unique_ptr<KeyValue> make(const fs::path&) { return make_memory_database(); }
};

/// The kind of the Error that the call throws; nullopt when it throws none.
template <typename Call>
std::optional<ErrorKind> kind_of_error(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.kind();
  }
  return std::nullopt;
}

/// All rows of a database.
std::map<std::string, std::string> all_rows(const KeyValue& database);
std::unique_ptr<KeyValue> database_of(const std::map<std::string, std::string>& rows);

/// Everything of a run that can be read, for comparing.
struct WholeRun {
  std::optional<model::Run> run;
  std::vector<model::ParamChange> changes;
  Json environment;
  std::map<std::string, std::vector<model::Point>> series;
  std::vector<std::pair<std::string, Time>> artifacts;
  std::vector<model::Process> processes;
  std::vector<model::File> files;
  model::Capture capture;
  std::vector<model::Firing> firings;
  std::vector<std::pair<Time, std::string>> output;
  std::optional<Digest> digest;
  friend bool operator==(const WholeRun&, const WholeRun&) = default;
};
/// Reads it with every function of the reader. `metrics`: names to read beside those of the run.
WholeRun read_whole(const Reader& reader, RunId id, const std::vector<std::string>& metrics = {});

/// A header with something in every field.
model::Run sample_run(RunId id, Time started = 1'700'000'000'000'000);

/// An input, and an output that was read before.
std::vector<model::File> sample_files();

/// Writes a run with every section in use and commits it.
void write_sample(KeyValue& database, const Layout& layout, const model::Run& run);

}  // namespace clew::store
