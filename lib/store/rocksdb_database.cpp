#include "store/rocksdb_database.h"

#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/error.h"
#include "base/text.h"

// The one door to RocksDB.
//
// Sessions of writing are short and many: each seals a run and closes. So nothing may grow with
// their number. The log of a session is turned into a table by the next one (RocksDB's default; the
// two avoid_flush options together would leave one more log behind each time, all of them replayed
// on every open). Such small tables are merged by universal compaction, which rewrites what is
// small often and what is large seldom; levels would rewrite all of level 1 for every fourth run.

namespace clew::store {
namespace {

using std::chrono::milliseconds;

rocksdb::Slice slice(std::string_view bytes) {
  return {bytes.data(), bytes.size()};
}
std::string_view view(const rocksdb::Slice& bytes) {
  return {bytes.data(), bytes.size()};
}

Error to_error(const rocksdb::Status& status, std::string_view what, std::string_view subject) {
  const std::string message = concat("cannot ", what, " '", subject, "': ", status.ToString());
  if (status.IsCorruption()) return {ErrorKind::damaged, message};
  // Only the text tells that another process, or another handle of this one, has the lock.
  const bool locked = message.find("While lock file") != std::string::npos ||
                      message.find("lock hold by current process") != std::string::npos;
  if (status.IsBusy() || locked) return {ErrorKind::busy, message};
  return {ErrorKind::failed, message};
}

/// The first key after all those with this prefix; empty when there is none.
std::string end_of(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xff')
    end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

rocksdb::Options common_options() {
  rocksdb::Options options;
  options.paranoid_checks = true;
  options.compression = rocksdb::kNoCompression;
  options.skip_stats_update_on_db_open = true;
  options.skip_checking_sst_file_sizes_on_db_open = true;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  rocksdb::BlockBasedTableOptions table;
  table.block_size = 16 << 10;
  table.format_version = 5;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

rocksdb::Options writing_options(void* env) {
  rocksdb::Options options = common_options();
  if (env != nullptr) options.env = static_cast<rocksdb::Env*>(env);
  options.create_if_missing = true;
  options.max_open_files = 256;
  options.write_buffer_size = 8 << 20;
  options.max_background_jobs = 2;
  options.max_manifest_file_size = 1 << 20;
  options.keep_log_file_num = 2;
  options.max_log_file_size = 1 << 20;
  options.info_log_level = rocksdb::WARN_LEVEL;
  options.track_and_verify_wals_in_manifest = true;
  options.compaction_style = rocksdb::kCompactionStyleUniversal;
  return options;
}

class RocksDatabase final : public KeyValue {
 public:
  enum class Access { read, write };

  RocksDatabase(std::unique_ptr<rocksdb::DB> db, fs::path path, Access access)
      : db_(std::move(db)), path_(std::move(path)), access_(access) {}

  ~RocksDatabase() override {
    if (access_ == Access::write) settle();
    // Everything acknowledged is in the log already; a failure to close loses nothing.
    db_->Close().PermitUncheckedError();
  }
  RocksDatabase(const RocksDatabase&) = delete;
  RocksDatabase& operator=(const RocksDatabase&) = delete;

  [[nodiscard]] std::optional<std::string> get(std::string_view key) const override {
    std::string value;
    const auto status = db_->Get({}, slice(key), &value);
    if (status.IsNotFound()) return std::nullopt;
    check(status, "read");
    return value;
  }

  void scan(std::string_view prefix, std::string_view from,
            const std::function<bool(std::string_view, std::string_view)>& visit) const override {
    const std::string end = end_of(prefix);
    const rocksdb::Slice bound = slice(end);
    rocksdb::ReadOptions options;
    // Only where the next scan may well read the same blocks: a long prefix is one of many.
    constexpr std::size_t kShortScan = 24;
    options.fill_cache = prefix.size() >= kShortScan;
    if (!end.empty()) options.iterate_upper_bound = &bound;
    const std::unique_ptr<rocksdb::Iterator> row(db_->NewIterator(options));
    for (row->Seek(slice(std::max(prefix, from))); row->Valid(); row->Next()) {
      if (!visit(view(row->key()), view(row->value()))) return;
    }
    check(row->status(), "read");
  }

  void apply(const Batch& batch, Sync sync) override {
    constexpr std::size_t kOverhead = 32;  // a guess of what RocksDB adds per operation
    constexpr std::size_t kProtectionBytes = 8;
    rocksdb::WriteBatch writes(batch.bytes() + kOverhead * batch.operations().size(), 0,
                               kProtectionBytes, 0);
    for (const auto& [key, value, erase] : batch.operations()) {
      check(erase ? writes.Delete(slice(key)) : writes.Put(slice(key), slice(value)), "write");
    }
    rocksdb::WriteOptions options;
    options.sync = sync == Sync::yes;
    check(db_->Write(options, &writes), "write");
    written_ += batch.bytes();
  }

 private:
  void check(const rocksdb::Status& status, std::string_view what) const {
    if (!status.ok()) throw to_error(status, what, path_.string());
  }

  [[nodiscard]] std::uint64_t property(const std::string& name) const {
    std::uint64_t value = 0;
    return db_->GetIntProperty(name, &value) ? value : 0;
  }

  /// Leaves the database quick to open: readers replay the log on every open, and a merge that is
  /// broken off by closing would start anew in the next session and perhaps never end.
  void settle() {
    constexpr std::size_t kLargeLog = 1 << 20;
    if (written_ > kLargeLog) db_->Flush({}).PermitUncheckedError();
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (is_merging() && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(milliseconds(1));
    }
  }

  [[nodiscard]] bool is_merging() const {
    using Properties = rocksdb::DB::Properties;
    if (property(Properties::kNumRunningCompactions) > 0) return true;
    // A merge may be called pending without ever being picked, unless there are many tables.
    constexpr std::uint64_t kManyTables = 16;
    return property(Properties::kCompactionPending) > 0 &&
           property(Properties::kNumFilesAtLevelPrefix + "0") > kManyTables &&
           property(Properties::kBackgroundErrors) == 0;
  }

  std::unique_ptr<rocksdb::DB> db_;
  fs::path path_;
  Access access_;
  std::size_t written_ = 0;
};

/// Opens a database for reading, as RocksDB's function without column families does; but that one
/// opens every table twice, the first time in the hope that there is only one.
rocksdb::Status open_once(const rocksdb::Options& options, const std::string& path,
                          std::unique_ptr<rocksdb::DB>& opened) {
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  auto status = rocksdb::DB::OpenForReadOnly(
      options, path, {{rocksdb::kDefaultColumnFamilyName, options}}, &handles, &db);
  opened.reset(db);
  // The database holds the default family itself.
  for (auto* handle : handles)
    db->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  return status;
}

}  // namespace

std::unique_ptr<KeyValue> open_database_through(const fs::path& path, void* env) {
  rocksdb::DB* db = nullptr;
  const auto status = rocksdb::DB::Open(writing_options(env), path.string(), &db);
  if (!status.ok()) throw to_error(status, "open", path.string());
  return std::make_unique<RocksDatabase>(std::unique_ptr<rocksdb::DB>(db), path,
                                         RocksDatabase::Access::write);
}

std::unique_ptr<KeyValue> open_database_for_writing(const fs::path& path) {
  return open_database_through(path, nullptr);
}

std::unique_ptr<KeyValue> open_database_for_reading(const fs::path& path) {
  rocksdb::Options options = common_options();
  options.max_open_files = -1;  // all tables are open from now on, so that none can go missing
  options.max_file_opening_threads = 1;  // they are few: starting threads takes longer
  // A writer may remove a file between the moment when its name is read and when it is opened;
  // RocksDB calls that corruption. Real damage is still there the next time.
  constexpr int kAttempts = 5;
  for (int attempt = 1;; ++attempt) {
    std::error_code ignored;
    if (!fs::exists(path / "CURRENT", ignored)) return nullptr;
    std::unique_ptr<rocksdb::DB> db;
    const auto status = open_once(options, path.string(), db);
    if (status.ok()) {
      return std::make_unique<RocksDatabase>(std::move(db), path, RocksDatabase::Access::read);
    }
    if (attempt == kAttempts) throw to_error(status, "open", path.string());
    std::this_thread::sleep_for(milliseconds(2 << attempt));
  }
}

}  // namespace clew::store
