#pragma once

#include <string>

#include "store/key_value.h"

namespace clew::store {

/// Gathers writes into batches of at most 4 MiB, which go to the database unsynced. Writes that
/// must happen together do not belong here.
class BatchWriter {
 public:
  static constexpr std::size_t kLimit = 4 << 20;

  explicit BatchWriter(KeyValue& database) : database_(database) {}

  void put(std::string key, std::string value) {
    make_room(key.size() + value.size());
    batch_.put(std::move(key), std::move(value));
  }
  void erase(std::string key) {
    make_room(key.size());
    size_ += key.size();
    batch_.erase(std::move(key));
  }
  void flush() {
    if (!batch_.empty()) database_.apply(batch_, Sync::no);
    batch_ = {};
    size_ = 0;
  }

 private:
  void make_room(std::size_t size) {
    if (batch_.bytes() + size_ + size > kLimit) flush();
  }

  KeyValue& database_;
  Batch batch_;
  std::size_t size_ = 0;  ///< of erased keys
};

}  // namespace clew::store
