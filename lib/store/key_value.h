#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/fs.h"

namespace clew::store {

/// Writes that happen together or not at all, in the order given.
class Batch {
 public:
  void put(std::string key, std::string value) {
    puts_ += key.size() + value.size();
    operations_.push_back({std::move(key), std::move(value), false});
  }
  void erase(std::string key) { operations_.push_back({std::move(key), {}, true}); }
  [[nodiscard]] bool empty() const { return operations_.empty(); }
  [[nodiscard]] std::size_t bytes() const { return puts_; }

  struct Operation {
    std::string key;
    std::string value;
    bool erase = false;
  };
  [[nodiscard]] const std::vector<Operation>& operations() const { return operations_; }

 private:
  std::vector<Operation> operations_;
  std::size_t puts_ = 0;
};

/// An ordered map from bytes to bytes (keys compare as unsigned bytes): what the store needs of a
/// database. Implemented on RocksDB and in memory; one suite of tests holds for both.
/// Failures throw Error(failed), damage Error(damaged).
class KeyValue {
 public:
  virtual ~KeyValue() = default;
  [[nodiscard]] virtual std::optional<std::string> get(std::string_view key) const = 0;
  /// Visits the rows whose key begins with `prefix`, in order, from the first key not less than
  /// `from`, until `visit` returns false. The views are valid during the call only.
  virtual void scan(
      std::string_view prefix, std::string_view from,
      const std::function<bool(std::string_view key, std::string_view value)>& visit) const = 0;
  /// Applies the batch atomically. With Sync::yes it is on disk when this returns.
  virtual void apply(const Batch& batch, Sync sync) = 0;
};

/// A map in memory, empty at first. For tests.
[[nodiscard]] std::unique_ptr<KeyValue> make_memory_database();

/// Opens the RocksDB at `path` for reading and writing, creating it when absent. One process at a
/// time: Error(busy) when another has it open.
[[nodiscard]] std::unique_ptr<KeyValue> open_database_for_writing(const fs::path& path);

/// Opens the RocksDB at `path` as it is now, for reading only, without a lock; repeats when a
/// writer removed files in between. nullptr when there is none yet.
[[nodiscard]] std::unique_ptr<KeyValue> open_database_for_reading(const fs::path& path);

}  // namespace clew::store
