#include "store/store.h"

#include <fcntl.h>
#include <unistd.h>

#include <thread>

#include "base/bytes.h"
#include "base/error.h"
#include "base/text.h"
#include "store/remains.h"
#include "store/rows.h"

namespace clew::store {
namespace {

constexpr std::chrono::milliseconds kReadPatience{2000};

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::string_view kHint = "run 'clew status' to see what is going on, or try again";

/// Whose turn it is, for the message that another process shows. The lock itself is the kernel's,
/// so a note that cannot be written, or is left by a dead process, does no harm.
void note_holder(const fs::path& path) {
  const Fd fd(open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
  if (fd) static_cast<void>(write_all(fd.get(), concat("process ", getpid(), '\n')));
}

FileLock take_lock(const Layout& layout, milliseconds patience) {
  auto lock = FileLock::acquire(layout.lock(), LockMode::exclusive, patience);
  if (!lock) {
    const std::string holder = read_file(layout.lock()).value_or("");
    throw Error(ErrorKind::busy,
                concat("the store '", layout.root.string(), "' is being written to by ",
                       trim(holder).empty() ? "another process" : trim(holder)),
                {std::string(kHint)});
  }
  note_holder(layout.lock());
  return std::move(*lock);
}

/// The lock of the store keeps other clews out; what else has the database open soon lets go of it.
std::unique_ptr<KeyValue> open_patiently(const Layout& layout, milliseconds patience) {
  const auto deadline = steady_clock::now() + patience;
  while (true) {
    try {
      return open_database_for_writing(layout.database());
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::busy || steady_clock::now() >= deadline) throw;
    }
    std::this_thread::sleep_for(milliseconds(10));
  }
}

/// Refuses rows that are newer than this program, and marks a new database as its own.
void prepare_for_writing(KeyValue& database) {
  if (const auto payload = rows::get(database, rows::kVersionKey)) {
    const std::uint64_t version = ByteReader(*payload).varint();
    if (version <= kFormat) return;
    throw Error(
        ErrorKind::failed,
        concat("cannot write to a store of format ", version, ": this clew writes ", kFormat),
        {"use the newer clew that wrote it; reading is still possible"});
  }
  std::string payload;
  ByteWriter(payload).varint(kFormat);
  Batch batch;
  batch.put(std::string(rows::kVersionKey), rows::frame(rows::kVersionKey, payload));
  database.apply(batch, Sync::no);
}

}  // namespace

struct Store::State {
  Layout layout;
  std::optional<FileLock> lock;  // released after the database is closed
  std::unique_ptr<KeyValue> database;
};

Store Store::open_for_reading(const Layout& layout) {
  check_format(layout, false);
  // A database that a writer opens or closes at this moment can be read without its newest rows. So
  // a writer is waited for, but not for long, and not where the lock cannot be had at all.
  std::optional<FileLock> lock;
  try {
    // Without the file nobody has ever written, and reading leaves nothing behind.
    if (fs::exists(layout.lock())) {
      lock = FileLock::acquire(layout.lock(), LockMode::shared, kReadPatience);
    }
  } catch (const Error&) {
    lock.reset();
  }
  auto database = open_database_for_reading(layout.database());
  if (!database) database = make_memory_database();
  return {std::move(database), layout};
}

Store Store::open_for_writing(const Layout& layout, milliseconds patience) {
  const auto begin = steady_clock::now();
  check_format(layout, true);
  auto lock = take_lock(layout, patience);
  const auto spent = std::chrono::duration_cast<milliseconds>(steady_clock::now() - begin);
  auto database = open_patiently(layout, patience - std::min(patience, spent));
  prepare_for_writing(*database);
  Store store(std::move(database), layout);
  store.state_->lock = std::move(lock);
  return store;
}

Store::Store(std::unique_ptr<KeyValue> database, Layout layout)
    : state_(std::make_unique<State>()) {
  state_->database = std::move(database);
  state_->layout = std::move(layout);
}
Store::~Store() = default;
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;

Reader Store::reader() const {
  return {*state_->database, state_->layout};
}

RunWriter Store::write_run(RunId id, OutputLimit limit) {
  return {*state_->database, state_->layout, id, limit};
}

void Store::annotate(const model::Run& run) {
  const auto key = rows::find_header_key(*state_->database, run.id);
  if (!key) throw Error(ErrorKind::usage, concat("no run '", run.id.hex(), "' in this store"));
  const auto value = state_->database->get(*key);
  if (!value) throw rows::damaged(*key, "it is missing");
  rows::Header header = rows::decode_header(*key, *value);
  header.run.name = run.name;
  header.run.tags = run.tags;
  header.run.notes = run.notes;
  Batch batch;
  batch.put(*key, rows::encode_header(*key, header));
  state_->database->apply(batch, Sync::yes);
}

void Store::remove(RunId id) {
  remove_run(*state_->database, state_->layout, id);
}

const Layout& Store::layout() const {
  return state_->layout;
}

const KeyValue& Store::database() const {
  return *state_->database;
}

}  // namespace clew::store
