#include "store/verify.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/file_hash.h"
#include "base/text.h"
#include "store/objects.h"
#include "store/row_group.h"
#include "store/rows.h"
#include "store/verify_run.h"

namespace clew::store {
namespace {

/// Kinds of rows, by the first byte of their keys, with what people call them.
const char* name_of_row(char kind) {
  switch (kind) {
    case 'v':
      return "version";
    case 'h':
      return "header";
    case 'i':
      return "pointer to a header";
    case 'r':
      return "part of a run";
    case 'l':
    case 't':
      return "seal log";
    case 'd':
    case 'n':
      return "index of files";
    case 'c':
    case 'C':
      return "row group";
    default:
      return nullptr;
  }
}

class StoreCheck {
 public:
  StoreCheck(const KeyValue& database, const Layout& layout, const VerifyRequest& request)
      : database_(database), layout_(layout), request_(request) {}

  Checked run() {
    if (request_.runs) {
      check_runs(*request_.runs);
    } else {
      guarded("rows", [&] { check_rows(); });
      guarded("row group", [&] {
        check_row_groups(database_, [&](std::string what) { tell("row group", std::move(what)); });
      });
      guarded("seal log", [&] { check_log(); });
      check_runs({sealed_.begin(), sealed_.end()});
    }
    check_objects();
    return checked_;
  }

 private:
  void tell(std::string part, std::string problem) {
    request_.found({std::nullopt, std::move(part), std::move(problem)});
  }

  template <typename Check>
  void guarded(const std::string& part, Check check) {
    try {
      check();
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::damaged) throw;
      tell(part, error.message());
    }
  }

  /// The checksum of every row. Collects the runs on the way.
  void check_rows() {
    std::set<RunId> with_rows;
    database_.scan("", "", [&](std::string_view key, std::string_view value) {
      ++checked_.rows;
      const char* name = key.empty() ? nullptr : name_of_row(key[0]);
      if (name == nullptr) {
        tell("rows", "a row is of a kind that no clew writes");
        return true;
      }
      guarded(name, [&] { check_row(key, value); });
      if (key[0] == 'r' && key.size() >= 9) count_remains(key);
      return true;
    });
  }

  void check_row(std::string_view key, std::string_view value) {
    if (key[0] == 'h') {
      const RunId id = rows::decode_header(key, value).run.id;
      if (rows::find_header_key(database_, id) != key) {
        tell("header", concat("the pointer to the header of run '", id.hex(), "' is missing"));
      }
      return;
    }
    static_cast<void>(rows::unframe(key, value));
    if (key[0] != 'i') return;
    const RunId id = rows::id_of_pointer(key);
    sealed_.insert(id);
    const auto header = rows::find_header_key(database_, id);
    if (!header || !database_.get(*header)) {
      request_.found({id, "header", "it is missing"});
    }
  }

  void count_remains(std::string_view key) {
    const RunId id = rows::run_of_part(key);
    // All pointers sort before all parts.
    if (!sealed_.contains(id)) ++checked_.remains;
  }

  /// The chain of the seal log, and that no run of it has gone unnoticed.
  void check_log() {
    std::uint64_t sequence = 0;
    std::string last;
    std::set<RunId> logged;
    database_.scan("l", "l", [&](std::string_view key, std::string_view value) {
      const std::string payload(rows::unframe(key, value));
      const rows::LogEntry entry = rows::decode_log_entry(payload);
      if (entry.sequence != ++sequence || key != rows::log_key(entry.sequence)) {
        tell("seal log", concat("an entry before ", entry.sequence, " is missing"));
        sequence = entry.sequence;
      } else if (entry.previous != (last.empty() ? Digest{} : sha256(last))) {
        tell("seal log", concat("entry ", entry.sequence, " does not follow the one before it"));
      }
      last = payload;
      if (rows::is_removal(entry)) {
        logged.erase(entry.run);
      } else {
        logged.insert(entry.run);
      }
      return true;
    });
    const auto tip = rows::get(database_, rows::kTipKey);
    if (tip.value_or("") != last)
      tell("seal log", "its last entry is not the one that was written");
    for (const RunId id : logged) {
      if (!sealed_.contains(id)) request_.found({id, "run", "it was sealed, and is not here"});
    }
    for (const RunId id : sealed_) {
      if (!logged.contains(id)) request_.found({id, "seal log", "its entry is missing"});
    }
  }

  void check_runs(const std::vector<RunId>& runs) {
    for (const RunId id : runs) {
      if (request_.progress) request_.progress(checked_.runs, runs.size());
      checked_.points += RunCheck(database_, layout_, id, request_.found).run(kept_);
      ++checked_.runs;
    }
  }

  void check_objects() {
    const Objects objects(layout_.objects());
    if (!request_.runs) {
      for (const std::string& digest : objects.all())
        kept_.insert(digest);
    }
    for (const std::string& digest : kept_) {
      ++checked_.objects;
      const std::string part = concat("object ", digest);
      const auto found = sha256_of_file(objects.path(digest));
      if (!found) {
        tell(part, "it is missing");
      } else if (to_hex(*found) != digest) {
        tell(part, "its content differs from its name");
      }
    }
  }

  const KeyValue& database_;
  const Layout& layout_;
  const VerifyRequest& request_;
  Checked checked_;
  std::set<RunId> sealed_;
  std::set<std::string> kept_;  // objects, by digest
};

}  // namespace

Checked verify(const KeyValue& database, const Layout& layout, const VerifyRequest& request) {
  return StoreCheck(database, layout, request).run();
}

}  // namespace clew::store
