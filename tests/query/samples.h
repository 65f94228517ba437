#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "query/catalog.h"
#include "query/live_runs.h"

namespace clew::test {

/// A database that several stores can be made over.
class SharedDatabase : public store::KeyValue {
 public:
  explicit SharedDatabase(std::shared_ptr<store::KeyValue> inner) : inner_(std::move(inner)) {}

  [[nodiscard]] std::optional<std::string> get(std::string_view key) const override {
    return inner_->get(key);
  }
  void scan(std::string_view prefix, std::string_view from,
            const std::function<bool(std::string_view, std::string_view)>& visit) const override {
    inner_->scan(prefix, from, visit);
  }
  void apply(const store::Batch& batch, Sync sync) override { inner_->apply(batch, sync); }

 private:
  std::shared_ptr<store::KeyValue> inner_;
};

/// A live run as a test sets it up.
struct LiveRun {
  model::RunParts parts;
  std::map<std::string, model::Series, std::less<>> series;
  std::vector<model::OutputEvent> output;
};

/// Live runs in memory.
class FakeLive : public query::LiveRuns {
 public:
  using Runs = std::map<RunId, LiveRun>;
  explicit FakeLive(std::shared_ptr<Runs> live) : live_(std::move(live)) {}

  [[nodiscard]] std::vector<model::Run> runs() const override {
    std::vector<model::Run> runs;
    for (const auto& [id, live] : *live_)
      runs.push_back(live.parts.run);
    return runs;
  }
  [[nodiscard]] std::optional<model::RunParts> run(RunId id) const override {
    const auto found = live_->find(id);
    return found == live_->end() ? std::nullopt : std::optional(found->second.parts);
  }
  [[nodiscard]] std::optional<model::Series> series(RunId id,
                                                    std::string_view name) const override {
    const auto found = live_->find(id);
    if (found == live_->end()) return std::nullopt;
    const auto metric = found->second.series.find(name);
    return metric == found->second.series.end() ? std::nullopt : std::optional(metric->second);
  }
  void output(RunId id, const std::function<bool(model::OutputEvent&&)>& visit) const override {
    const auto found = live_->find(id);
    if (found == live_->end()) return;
    for (auto event : found->second.output) {
      if (!visit(std::move(event))) return;
    }
  }

 private:
  std::shared_ptr<Runs> live_;
};

/// A store of which a test decides what is live and what is sealed, and when readers look.
struct Shelf {
  std::shared_ptr<store::KeyValue> database = store::make_memory_database();
  std::shared_ptr<FakeLive::Runs> live = std::make_shared<FakeLive::Runs>();
  int opened = 0;

  [[nodiscard]] store::Store store() const {
    return {std::make_unique<SharedDatabase>(database), store::Layout{"/nonexistent"}};
  }
  void seal(const model::Run& run) const {
    store::Store store = this->store();
    store.write_run(run.id).commit(run);
  }
  /// A catalog whose views of the store are frozen when they are opened, as those of a real one.
  [[nodiscard]] query::Catalog catalog() {
    return {store::Layout{"/nonexistent"}, std::make_unique<FakeLive>(live), [this] {
              ++opened;
              return store::Store(frozen(), store::Layout{"/nonexistent"});
            }};
  }

 private:
  [[nodiscard]] std::unique_ptr<store::KeyValue> frozen() const {
    auto copy = store::make_memory_database();
    store::Batch batch;
    database->scan("", "", [&](std::string_view key, std::string_view value) {
      batch.put(std::string(key), std::string(value));
      return true;
    });
    copy->apply(batch, Sync::no);
    return copy;
  }
};

/// A run with an id of 16 digits that started at the given microsecond.
inline model::Run made_run(std::string_view id, Time started, std::string name = "") {
  model::Run run;
  run.id = *RunId::parse(id);
  run.state = model::State::finished;
  run.started = started;
  run.ended = started + 1;
  run.name = std::move(name);
  return run;
}

inline LiveRun live_run(model::Run run) {
  run.state = model::State::running;
  run.ended.reset();
  LiveRun live;
  live.parts.run = std::move(run);
  return live;
}

}  // namespace clew::test
