#pragma once

#include <memory>

#include "store/key_value.h"

namespace clew::store {

/// open_database_for_writing through another rocksdb::Env, which must outlive the database: the
/// seam by which tests make writes fail. nullptr takes the environment of the machine.
[[nodiscard]] std::unique_ptr<KeyValue> open_database_through(const fs::path& path, void* env);

}  // namespace clew::store
