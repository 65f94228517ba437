#include <algorithm>
#include <map>

#include "store/key_value.h"

namespace clew::store {
namespace {

class MemoryDatabase final : public KeyValue {
 public:
  [[nodiscard]] std::optional<std::string> get(std::string_view key) const override {
    const auto found = rows_.find(key);
    if (found == rows_.end()) return std::nullopt;
    return found->second;
  }

  void scan(std::string_view prefix, std::string_view from,
            const std::function<bool(std::string_view, std::string_view)>& visit) const override {
    for (auto row = rows_.lower_bound(std::max(prefix, from)); row != rows_.end(); ++row) {
      if (!row->first.starts_with(prefix) || !visit(row->first, row->second)) return;
    }
  }

  void apply(const Batch& batch, Sync) override {
    for (const auto& [key, value, erase] : batch.operations()) {
      if (erase) {
        rows_.erase(key);
      } else {
        rows_.insert_or_assign(key, value);
      }
    }
  }

 private:
  // std::string compares as unsigned bytes, which is the order that the interface promises.
  std::map<std::string, std::string, std::less<>> rows_;
};

}  // namespace

std::unique_ptr<KeyValue> make_memory_database() {
  return std::make_unique<MemoryDatabase>();
}

}  // namespace clew::store
