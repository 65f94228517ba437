#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "capture/sink.h"
#include "record/fold.h"
#include "record/rules.h"
#include "record/spool.h"
#include "store/layout.h"

namespace clew::record {

/// The record of one run while it is being made: the spool, the `head` beside it, and what both add
/// up to. Where the disk fails it goes on in memory, so that nothing above has to care. Not
/// thread-safe.
class Journal final : public capture::Sink {
 public:
  /// A journal that writes nowhere until open().
  Journal() = default;

  /// Creates live/RUN with spool and head; appears to readers in one step. Throws Error(failed),
  /// after which the journal goes on in memory.
  void open(const store::Layout& layout, const model::Run& run);

  void record(const model::Event& event);

  void point(std::string_view name, model::MetricSource source, const model::Point& point) override;
  void param(const model::ParamEvent& event) override { record(event); }
  void tag(std::string tag) override { record(model::TagEvent{std::move(tag), false}); }
  void note(model::Note note) override { record(model::NoteEvent{std::move(note)}); }
  void artifact(std::string path, Time time) override {
    record(model::ArtifactEvent{name_ ? name_(path) : std::move(path), time});
  }
  /// From now on artifacts are recorded under the names that this gives to their paths.
  void name_artifacts(std::function<std::string(const std::string& path)> name) {
    name_ = std::move(name);
  }

  /// A wish to end the command is no part of the record: it waits for take_stop().
  void stop(capture::StopRequest request) override { stop_ = std::move(request); }
  [[nodiscard]] std::optional<capture::StopRequest> take_stop() {
    return std::exchange(stop_, std::nullopt);
  }
  /// Shows the watch what comes from now on; it must outlive the journal. nullptr ends it.
  void show_to(RuleWatch* watch) { watch_ = watch; }

  /// Hands all that was recorded to the kernel: from then on it is acknowledged.
  void flush();
  /// Rewrites `head`, if anything was recorded since the last time.
  void write_head();
  /// The errno that put the spool out of use, 0 while all is well.
  [[nodiscard]] int failure() const { return spool_ ? spool_->failure() : 0; }
  /// The spool's descriptor, for syncing; -1 when there is none.
  [[nodiscard]] int descriptor() const { return spool_ ? spool_->descriptor() : -1; }
  [[nodiscard]] bool is_open() const { return spool_ != nullptr; }
  [[nodiscard]] const Fold& fold() const { return fold_; }

 private:
  void write_points();

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  using Numbers = std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>>;

  fs::path head_;
  std::unique_ptr<SpoolWriter> spool_;
  Fold fold_;
  Numbers numbers_[2];  // by source
  model::PointsEvent pending_;
  std::optional<capture::StopRequest> stop_;
  RuleWatch* watch_ = nullptr;
  bool head_is_old_ = false;
  std::function<std::string(const std::string&)> name_;
};

/// The bytes of a `head` file for a header, and back; nullopt when they are torn.
[[nodiscard]] std::string encode_head(const model::Run& run);
[[nodiscard]] std::optional<model::Run> decode_head(std::string_view bytes);

}  // namespace clew::record
