#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/hash.h"
#include "model/run.h"
#include "store/key_value.h"

// The rows of the database: their keys, and the frame around each value. clew-store(5) describes
// the same for readers without this code.
//
// Integers in keys are big-endian, so that rows sort by them:
//
//   'v'                               version of the rows
//   'h' newest-first(8) run(8)        header row of a run
//   'i' run(8)                        start of the run, which leads to its header row
//   'r' run(8) section(1) …           everything else of a run
//       'd'                           contents: what there must be, and the digests
//       'm' 'c' 'e' 'a'  part(4)      further metric summaries, changes, environment, artifacts
//       'x' 'f' 'k' 'g'  part(4)      processes, files, how they were captured, firings of rules
//       's' name                      a series: number, source, size, digest
//       'p' series(4) chunk(4)        a chunk of its points
//   'l' sequence(8)                   an entry of the seal log
//   't'                               the tip of the seal log
//   'd' digest(32) made(1) run(8) file(4)  a file of that digest in a run, which made it (1) or
//                                          found it (0)
//   'n' path 0 run(8)                 a file of that name in a run
//   'c' last(16)                      a row group: the columns of a stretch of header rows, up to
//   the
//                                     one whose key ends with last
//   'C' last(16) kind(1) name         a column of it (row_group.h)
//
// newest-first(8) is the complement of the start in microseconds with its sign bit flipped. The
// header stands under this key itself, not under the run's id with an index beside it: listing runs
// is then one sequential scan, where an index would cost as many point reads (measured for 20,000
// runs of 1 KB: 9 ms against 450 ms).
//
// A run is here if and only if its contents row is: that row, the header, its pointer and the entry
// of the seal log are written in one batch, after all others.
//
// Every value but the header's is framed: version byte 1, payload, CRC-32C over key, version and
// payload (fixed32). With the key in it, a row in the wrong place fails its check too. The header
// row is CRC-32C over key and rest (fixed32), a varint that counts the metric summaries which stand
// in rows of their own, and model::encode_run().

namespace clew::store::rows {

inline constexpr std::uint8_t kVersion = 1;
/// A header row holds this many metric summaries; the rest stand in 'm' rows.
inline constexpr std::size_t kHeaderMetrics = 256;

/// The kinds of rows under 'r'. The values are stored: never change one.
enum class Section : char {
  contents = 'd',
  metrics = 'm',
  changes = 'c',
  environment = 'e',
  artifacts = 'a',
  series = 's',
  points = 'p',
  processes = 'x',
  files = 'f',
  capture = 'k',
  firings = 'g',
};

inline constexpr std::string_view kVersionKey = "v";
inline constexpr std::string_view kTipKey = "t";
inline constexpr std::string_view kHeaderPrefix = "h";
inline constexpr std::string_view kPointerPrefix = "i";
inline constexpr std::string_view kDigestPrefix = "d";
inline constexpr std::string_view kNamePrefix = "n";
inline constexpr std::string_view kGroupPrefix = "c";
inline constexpr std::string_view kColumnPrefix = "C";

[[nodiscard]] std::string header_key(Time started, RunId id);
[[nodiscard]] std::string pointer_key(RunId id);
/// The id in a key of pointer_key(). Throws Error(damaged) for another key.
[[nodiscard]] RunId id_of_pointer(std::string_view key);
[[nodiscard]] std::string run_prefix(RunId id);
/// The run in a key that begins with run_prefix(). Throws Error(damaged) for another key.
[[nodiscard]] RunId run_of_part(std::string_view key);
[[nodiscard]] std::string section_prefix(RunId id, Section section);
[[nodiscard]] std::string part_key(RunId id, Section section, std::uint32_t part);
[[nodiscard]] std::string series_key(RunId id, std::string_view name);
[[nodiscard]] std::string points_prefix(RunId id, std::uint32_t series);
[[nodiscard]] std::string chunk_key(RunId id, std::uint32_t series, std::uint32_t chunk);
[[nodiscard]] std::string log_key(std::uint64_t sequence);

/// Keys of the indexes of files. Entries of a run that is not here are what a broken seal left:
/// they do not count, and its next seal writes the same ones.
[[nodiscard]] std::string digest_prefix(const Digest& digest);
[[nodiscard]] std::string digest_prefix(const Digest& digest, bool made);
[[nodiscard]] std::string digest_key(const Digest& digest, bool made, RunId id, std::uint32_t file);
/// The digest in a key of digest_key(). Throws Error(damaged) for another key.
[[nodiscard]] Digest digest_of_key(std::string_view key);
[[nodiscard]] std::string name_key(std::string_view path, RunId id);
/// The path and the run of a key of name_key(). Throws Error(damaged) for another key.
[[nodiscard]] std::pair<std::string_view, RunId> parse_name_key(std::string_view key);
/// The run in a key of digest_key(). Throws Error(damaged) for another key.
[[nodiscard]] RunId run_of_digest_key(std::string_view key);

/// Keys of the row group whose last header row has the key `last`, and of its columns.
[[nodiscard]] std::string group_key(std::string_view last);
[[nodiscard]] std::string columns_prefix(std::string_view last);
[[nodiscard]] std::string column_key(std::string_view last, char kind, std::string_view name);

/// The value of the row `key` around `payload`.
[[nodiscard]] std::string frame(std::string_view key, std::string_view payload);
/// The payload of a row, as a view into `value`. Throws Error(damaged).
[[nodiscard]] std::string_view unframe(std::string_view key, std::string_view value);
/// An Error(damaged) about a row.
[[nodiscard]] Error damaged(std::string_view key, std::string_view why);

/// A header row as stored.
struct Header {
  model::Run run;             ///< with the first kHeaderMetrics summaries only
  std::uint64_t further = 0;  ///< summaries in rows of their own
};
/// The same without decoding the run: a view into `value`. Throws Error(damaged).
struct HeaderRow {
  std::string_view run;  ///< as model::encode_run() wrote it
  std::uint64_t further = 0;
};
[[nodiscard]] HeaderRow open_header(std::string_view key, std::string_view value);
[[nodiscard]] std::string encode_header(std::string_view key, const Header& header);
[[nodiscard]] Header decode_header(std::string_view key, std::string_view value);

/// How much of a section there must be.
struct SectionContents {
  std::uint64_t rows = 0;
  /// Of 'c', 'e' and 'a' as section_writer.h says. Of 's': SHA-256 over each series in the order of
  /// names: varint length, name, byte source, digest of the series.
  Digest digest{};
};
/// The contents row: what the run must have, so that a lost row is noticed, and digests by which
/// damage is located.
struct Contents {
  std::uint64_t sequence = 0;  ///< of the entry in the seal log
  std::uint64_t metric_rows = 0;
  Digest header{};
  SectionContents changes;
  SectionContents environment;
  SectionContents artifacts;
  SectionContents series;
  SectionContents processes;
  SectionContents files;
  SectionContents capture;
  SectionContents firings;
  Digest output{};
  std::uint64_t output_size = 0;  ///< of the file in bytes; 0: there is none
  std::uint64_t output_kept = 0;  ///< bytes of text in it
  std::uint64_t output_left_out = 0;

  /// SHA-256 over "clew run 1\n" and the digests of header, changes, environment, artifacts,
  /// series, processes, files, capture, firings and output, 32 bytes each.
  [[nodiscard]] Digest digest() const;
};
/// The digest of a header: without name, tags and notes, which may change after the end of the run.
[[nodiscard]] Digest header_digest(const model::Run& run);
[[nodiscard]] std::string encode_contents(const Contents& contents);
[[nodiscard]] Contents decode_contents(std::string_view payload);

/// A row of section 's'.
struct SeriesEntry {
  std::uint32_t number = 0;  ///< in the keys of its chunks
  model::MetricSource source = model::MetricSource::api;
  std::uint32_t chunks = 0;
  std::uint64_t points = 0;
  /// SHA-256 over its points: a byte that is 1 where there is a step, the step (0 where there is
  /// none), the time and the bits of the value, 8 bytes each, little-endian.
  Digest digest{};
};
[[nodiscard]] std::string encode_series(const SeriesEntry& entry);
[[nodiscard]] SeriesEntry decode_series(std::string_view payload);

/// One entry of the seal log. Each holds the SHA-256 of the payload of the one before it (zeros in
/// the first), so none can be changed or lost unnoticed without all that follow.
struct LogEntry {
  std::uint64_t sequence = 0;  ///< from 1
  RunId run;
  Digest digest{};
  Digest previous{};
};
/// Does it say that the run was removed? Such an entry has no digest.
[[nodiscard]] bool is_removal(const LogEntry& entry);
[[nodiscard]] std::string encode_log_entry(const LogEntry& entry);
[[nodiscard]] LogEntry decode_log_entry(std::string_view payload);

/// The entry that follows the last one of the log, about a run, without a digest: as it stands it
/// says that the run was removed.
[[nodiscard]] LogEntry next_log_entry(const KeyValue& database, RunId id);

/// The payload of a row; nullopt when it is not there. Throws Error(damaged).
[[nodiscard]] std::optional<std::string> get(const KeyValue& database, std::string_view key);

/// When a run started; nullopt when it is not here.
[[nodiscard]] std::optional<Time> find_start(const KeyValue& database, RunId id);

/// The key of the header row of a run; nullopt when the run is not here.
[[nodiscard]] std::optional<std::string> find_header_key(const KeyValue& database, RunId id);

/// Reads the contents row: nullopt when the run is not here.
[[nodiscard]] std::optional<Contents> read_contents(const KeyValue& database, RunId id);

}  // namespace clew::store::rows
