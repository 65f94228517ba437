#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <catch2/catch.hpp>

#include "store/rocksdb_database.h"
#include "store/support.h"

// Writes that fail: the n-th append to any file of the database, for every n, once or from then on,
// with nothing or half of it written. Whatever happens, the store opens again, the runs that were
// committed are whole, and the one in the making is whole or absent.

namespace clew::store {
namespace {

/// When appends fail, counted over all files of the database.
struct Plan {
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  bool for_good = false;
  bool half = false;
  std::int64_t appends = 0;

  [[nodiscard]] bool fails_now() {
    const std::int64_t number = appends++;
    return number == first || (for_good && number > first);
  }
};

class FailingFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FailingFile(std::unique_ptr<rocksdb::FSWritableFile>&& file, Plan& plan)
      : FSWritableFileOwnerWrapper(std::move(file)), plan_(plan) {}

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
    if (!plan_.fails_now()) return FSWritableFileOwnerWrapper::Append(data, options, debug);
    if (plan_.half) {
      const rocksdb::Slice half(data.data(), data.size() / 2);
      FSWritableFileOwnerWrapper::Append(half, options, debug).PermitUncheckedError();
    }
    return rocksdb::IOStatus::NoSpace("no space left on device");
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo&,
                           rocksdb::IODebugContext* debug) override {
    return Append(data, options, debug);
  }

 private:
  Plan& plan_;
};

class FailingFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  explicit FailingFileSystem(Plan& plan)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), plan_(plan) {}

  [[nodiscard]] const char* Name() const override { return "FailingFileSystem"; }

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override {
    auto status = FileSystemWrapper::NewWritableFile(name, options, file, debug);
    if (status.ok()) *file = std::make_unique<FailingFile>(std::move(*file), plan_);
    return status;
  }

 private:
  Plan& plan_;
};

/// Writes the second run, with enough points for several batches, through a file system that fails
/// as planned. True when nothing failed.
bool write_second(const Layout& layout, Plan& plan) {
  const auto env = rocksdb::NewCompositeEnv(std::make_shared<FailingFileSystem>(plan));
  try {
    const auto database = open_database_through(layout.database(), env.get());
    write_sample(*database, layout, sample_run(RunId{2}));
  } catch (const Error& error) {
    CHECK((error.kind() == ErrorKind::failed || error.kind() == ErrorKind::damaged));
    return false;
  }
  return true;
}

/// Checks the store after a failure. Then seals the second run as recovery would.
void check_after_failure(const Layout& layout, const WholeRun& first, bool committed) {
  {
    const Store store = Store::open_for_reading(layout);
    CHECK(read_whole(store.reader(), RunId{1}) == first);
  }
  Store store = Store::open_for_writing(layout, std::chrono::milliseconds(0));
  CHECK(read_whole(store.reader(), RunId{1}) == first);
  const bool there = store.reader().run(RunId{2}).has_value();
  CHECK((there || !committed));
  if (!there) {
    CHECK(store.reader().with_prefix("", 10).size() == 1);
    CHECK_FALSE(store.reader().digest(RunId{2}).has_value());
    RunWriter(store.write_run(RunId{2})).commit(sample_run(RunId{2}));
  } else {
    CHECK(store.reader().series(RunId{2}, "loss")->points.size() == 5000);
    CHECK(read_whole(store.reader(), RunId{2}).changes.size() == 2);
  }
  CHECK(store.reader().run(RunId{2})->name == "baseline");
}

}  // namespace

TEST_CASE("a store survives the failure of any write to its database") {
  const bool for_good = GENERATE(false, true);
  const bool half = GENERATE(false, true);
  const TemporaryDirectory prototype;
  const Layout layout{prototype.path() / "clew"};
  create(layout);
  WholeRun first;
  {
    Store store = Store::open_for_writing(layout, std::chrono::milliseconds(0));
    RunWriter writer = store.write_run(RunId{1});
    writer.add_point("loss", model::MetricSource::api, {1, 2, 3});
    writer.add_output(model::Stream::terminal, 1, "text");
    writer.commit(sample_run(RunId{1}));
    first = read_whole(store.reader(), RunId{1});
  }
  for (std::int64_t n = 0;; ++n) {
    CAPTURE(n, for_good, half);
    const TemporaryDirectory directory;
    const Layout copy{directory.path() / "clew"};
    fs::copy(layout.root, copy.root, fs::copy_options::recursive);
    Plan plan{n, for_good, half};
    const bool committed = write_second(copy, plan);
    check_after_failure(copy, first, committed);
    if (plan.appends <= n) break;  // nothing was left to fail
  }
}

TEST_CASE("a batch is never torn") {
  for (std::int64_t n = 0;; ++n) {
    CAPTURE(n);
    const TemporaryDirectory directory;
    Plan plan{n, false, true};
    const auto env = rocksdb::NewCompositeEnv(std::make_shared<FailingFileSystem>(plan));
    bool acknowledged = false;
    try {
      const auto database = open_database_through(directory.path() / "db", env.get());
      Batch batch;
      batch.put("a", std::string(100'000, 'a'));
      batch.put("b", std::string(100'000, 'b'));
      database->apply(batch, Sync::yes);
      acknowledged = true;
    } catch (const Error&) {
    }
    const auto database = open_database_for_writing(directory.path() / "db");
    const bool there = database->get("a").has_value();
    CHECK(there == database->get("b").has_value());
    CHECK((there || !acknowledged));
    if (plan.appends <= n) break;
  }
}

}  // namespace clew::store
