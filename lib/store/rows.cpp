#include "store/rows.h"

#include "base/bytes.h"
#include "base/text.h"
#include "model/encoding.h"

namespace clew::store::rows {
namespace {

constexpr std::size_t kChecksumSize = 4;

template <typename Integer>
void append_big_endian(std::string& key, Integer value) {
  for (int shift = 8 * (static_cast<int>(sizeof value) - 1); shift >= 0; shift -= 8) {
    key.push_back(static_cast<char>(value >> shift));
  }
}

std::uint64_t newest_first(Time time) {
  constexpr std::uint64_t kSign = std::uint64_t{1} << 63;
  return ~(static_cast<std::uint64_t>(time) ^ kSign);
}

std::string_view view(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

Digest read_digest(ByteReader& in) {
  Digest digest{};
  const std::string_view bytes = in.raw(digest.size());
  std::copy(bytes.begin(), bytes.end(), digest.begin());
  return digest;
}

void write_section(ByteWriter& out, const SectionContents& section) {
  out.varint(section.rows);
  out.raw(view(section.digest));
}

SectionContents read_section(ByteReader& in) {
  SectionContents section;
  section.rows = in.varint();
  section.digest = read_digest(in);
  return section;
}

void expect_end(const ByteReader& in) {
  if (!in.at_end()) throw Error(ErrorKind::damaged, "a stored row is longer than it says");
}

constexpr std::size_t kIdSize = sizeof(RunId::bits);
constexpr std::size_t kDigestKeySize = 1 + sizeof(Digest) + 1 + kIdSize + sizeof(std::uint32_t);

/// The id whose bytes begin at `place`, which must be there.
RunId read_id(std::string_view key, std::size_t place) {
  RunId id;
  for (const char c : key.substr(place, kIdSize))
    id.bits = id.bits << 8 | static_cast<std::uint8_t>(c);
  return id;
}

/// A key as people can read it: its kind, the run, and the rest in hex.
std::string describe(std::string_view key) {
  std::string text(key.substr(0, 1));
  for (const char c : key.substr(std::min<std::size_t>(1, key.size()))) {
    const auto byte = static_cast<std::uint8_t>(c);
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

}  // namespace

std::string header_key(Time started, RunId id) {
  std::string key(kHeaderPrefix);
  append_big_endian(key, newest_first(started));
  append_big_endian(key, id.bits);
  return key;
}

std::string pointer_key(RunId id) {
  std::string key(kPointerPrefix);
  append_big_endian(key, id.bits);
  return key;
}

RunId id_of_pointer(std::string_view key) {
  if (key.size() != 1 + kIdSize) throw damaged(key, "not the key of a run");
  return read_id(key, 1);
}

std::string run_prefix(RunId id) {
  std::string key("r");
  append_big_endian(key, id.bits);
  return key;
}

RunId run_of_part(std::string_view key) {
  if (key.size() < 1 + kIdSize || key[0] != 'r') throw damaged(key, "not the key of a run");
  return read_id(key, 1);
}

std::string section_prefix(RunId id, Section section) {
  std::string key = run_prefix(id);
  key.push_back(static_cast<char>(section));
  return key;
}

std::string part_key(RunId id, Section section, std::uint32_t part) {
  std::string key = section_prefix(id, section);
  append_big_endian(key, part);
  return key;
}

std::string series_key(RunId id, std::string_view name) {
  return section_prefix(id, Section::series).append(name);
}

std::string group_key(std::string_view last) {
  return concat(kGroupPrefix, last.substr(kHeaderPrefix.size()));
}

std::string columns_prefix(std::string_view last) {
  return concat(kColumnPrefix, last.substr(kHeaderPrefix.size()));
}

std::string column_key(std::string_view last, char kind, std::string_view name) {
  return concat(columns_prefix(last), kind, name);
}

std::string points_prefix(RunId id, std::uint32_t series) {
  return part_key(id, Section::points, series);
}

std::string chunk_key(RunId id, std::uint32_t series, std::uint32_t chunk) {
  std::string key = points_prefix(id, series);
  append_big_endian(key, chunk);
  return key;
}

std::string log_key(std::uint64_t sequence) {
  std::string key("l");
  append_big_endian(key, sequence);
  return key;
}

std::string digest_prefix(const Digest& digest) {
  return std::string(kDigestPrefix).append(view(digest));
}

std::string digest_prefix(const Digest& digest, bool made) {
  std::string key = digest_prefix(digest);
  key.push_back(made ? '\1' : '\0');
  return key;
}

std::string digest_key(const Digest& digest, bool made, RunId id, std::uint32_t file) {
  std::string key = digest_prefix(digest, made);
  append_big_endian(key, id.bits);
  append_big_endian(key, file);
  return key;
}

RunId run_of_digest_key(std::string_view key) {
  if (key.size() != kDigestKeySize) throw damaged(key, "not the key of a digest");
  return read_id(key, kDigestKeySize - sizeof(std::uint32_t) - kIdSize);
}

Digest digest_of_key(std::string_view key) {
  if (key.size() != kDigestKeySize) throw damaged(key, "not the key of a digest");
  Digest digest{};
  std::copy_n(key.begin() + 1, digest.size(), digest.begin());
  return digest;
}

std::string name_key(std::string_view path, RunId id) {
  std::string key(kNamePrefix);
  key += path;
  key.push_back('\0');
  append_big_endian(key, id.bits);
  return key;
}

std::pair<std::string_view, RunId> parse_name_key(std::string_view key) {
  if (key.size() < 2 + kIdSize || key[key.size() - kIdSize - 1] != '\0') {
    throw damaged(key, "not the key of a name");
  }
  return {key.substr(1, key.size() - kIdSize - 2), read_id(key, key.size() - kIdSize)};
}

Error damaged(std::string_view key, std::string_view why) {
  return {ErrorKind::damaged, concat("damaged row '", describe(key), "' in the store: ", why)};
}

std::string frame(std::string_view key, std::string_view payload) {
  std::string value;
  value.reserve(1 + payload.size() + kChecksumSize);
  ByteWriter out(value);
  out.byte(kVersion);
  out.raw(payload);
  out.fixed32(crc32c(value, crc32c(key)));
  return value;
}

std::string_view unframe(std::string_view key, std::string_view value) {
  if (value.size() < 1 + kChecksumSize) throw damaged(key, "it is too short");
  const std::string_view body = value.substr(0, value.size() - kChecksumSize);
  if (ByteReader(value.substr(body.size())).fixed32() != crc32c(body, crc32c(key))) {
    throw damaged(key, "its checksum does not match");
  }
  if (static_cast<std::uint8_t>(body[0]) != kVersion) {
    throw damaged(key, "its version is not known to this program");
  }
  return body.substr(1);
}

std::string encode_header(std::string_view key, const Header& header) {
  std::string body;
  ByteWriter(body).varint(header.further);
  body += model::encode_run(header.run);
  std::string value;
  value.reserve(kChecksumSize + body.size());
  ByteWriter out(value);
  out.fixed32(crc32c(body, crc32c(key)));
  out.raw(body);
  return value;
}

HeaderRow open_header(std::string_view key, std::string_view value) {
  if (value.size() <= kChecksumSize) throw damaged(key, "it is too short");
  ByteReader in(value);
  const std::uint32_t checksum = in.fixed32();
  if (checksum != crc32c(value.substr(kChecksumSize), crc32c(key))) {
    throw damaged(key, "its checksum does not match");
  }
  HeaderRow row;
  row.further = in.varint();
  row.run = in.raw(in.remaining());
  return row;
}

Header decode_header(std::string_view key, std::string_view value) {
  const HeaderRow row = open_header(key, value);
  return {model::decode_run(row.run), row.further};
}

Digest Contents::digest() const {
  Sha256 hash;
  hash.add("clew run 1\n");
  for (const Digest* section :
       {&header, &changes.digest, &environment.digest, &artifacts.digest, &series.digest,
        &processes.digest, &files.digest, &capture.digest, &firings.digest, &output}) {
    hash.add(view(*section));
  }
  return hash.finish();
}

Digest header_digest(const model::Run& run) {
  model::Run fixed = run;
  fixed.name.clear();
  fixed.tags.clear();
  fixed.notes.clear();
  return sha256(model::encode_run(fixed));
}

std::string encode_contents(const Contents& contents) {
  std::string payload;
  ByteWriter out(payload);
  out.varint(contents.sequence);
  out.varint(contents.metric_rows);
  out.raw(view(contents.header));
  write_section(out, contents.changes);
  write_section(out, contents.environment);
  write_section(out, contents.artifacts);
  write_section(out, contents.series);
  write_section(out, contents.processes);
  write_section(out, contents.files);
  write_section(out, contents.capture);
  write_section(out, contents.firings);
  out.raw(view(contents.output));
  out.varint(contents.output_size);
  out.varint(contents.output_kept);
  out.varint(contents.output_left_out);
  return payload;
}

Contents decode_contents(std::string_view payload) {
  ByteReader in(payload);
  Contents contents;
  contents.sequence = in.varint();
  contents.metric_rows = in.varint();
  contents.header = read_digest(in);
  contents.changes = read_section(in);
  contents.environment = read_section(in);
  contents.artifacts = read_section(in);
  contents.series = read_section(in);
  contents.processes = read_section(in);
  contents.files = read_section(in);
  contents.capture = read_section(in);
  contents.firings = read_section(in);
  contents.output = read_digest(in);
  contents.output_size = in.varint();
  contents.output_kept = in.varint();
  contents.output_left_out = in.varint();
  expect_end(in);
  return contents;
}

std::string encode_series(const SeriesEntry& entry) {
  std::string payload;
  ByteWriter out(payload);
  out.varint(entry.number);
  out.byte(static_cast<std::uint8_t>(entry.source));
  out.varint(entry.chunks);
  out.varint(entry.points);
  out.raw(view(entry.digest));
  return payload;
}

SeriesEntry decode_series(std::string_view payload) {
  ByteReader in(payload);
  SeriesEntry entry;
  entry.number = static_cast<std::uint32_t>(in.varint());
  const std::uint8_t source = in.byte();
  if (source > static_cast<std::uint8_t>(model::MetricSource::output)) {
    throw Error(ErrorKind::damaged, "unknown source of a stored series");
  }
  entry.source = static_cast<model::MetricSource>(source);
  entry.chunks = static_cast<std::uint32_t>(in.varint());
  entry.points = in.varint();
  entry.digest = read_digest(in);
  expect_end(in);
  return entry;
}

bool is_removal(const LogEntry& entry) {
  return entry.digest == Digest{};
}

std::string encode_log_entry(const LogEntry& entry) {
  std::string payload;
  ByteWriter out(payload);
  out.varint(entry.sequence);
  out.fixed64(entry.run.bits);
  out.raw(view(entry.digest));
  out.raw(view(entry.previous));
  return payload;
}

LogEntry decode_log_entry(std::string_view payload) {
  ByteReader in(payload);
  LogEntry entry;
  entry.sequence = in.varint();
  entry.run = {in.fixed64()};
  entry.digest = read_digest(in);
  entry.previous = read_digest(in);
  expect_end(in);
  return entry;
}

LogEntry next_log_entry(const KeyValue& database, RunId id) {
  LogEntry entry;
  entry.run = id;
  entry.sequence = 1;
  if (const auto tip = get(database, kTipKey)) {
    const LogEntry last = decode_log_entry(*tip);
    entry.sequence = last.sequence + 1;
    entry.previous = sha256(*tip);
  }
  return entry;
}

std::optional<std::string> get(const KeyValue& database, std::string_view key) {
  const auto value = database.get(key);
  if (!value) return std::nullopt;
  return std::string(unframe(key, *value));
}

std::optional<Time> find_start(const KeyValue& database, RunId id) {
  const auto payload = get(database, pointer_key(id));
  if (!payload) return std::nullopt;
  ByteReader in(*payload);
  const Time started = in.zigzag();
  expect_end(in);
  return started;
}

std::optional<std::string> find_header_key(const KeyValue& database, RunId id) {
  const auto started = find_start(database, id);
  return started ? std::optional(header_key(*started, id)) : std::nullopt;
}

std::optional<Contents> read_contents(const KeyValue& database, RunId id) {
  const std::string key = section_prefix(id, Section::contents);
  if (const auto payload = get(database, key)) return decode_contents(*payload);
  // Both rows are written at once.
  if (database.get(pointer_key(id))) throw damaged(key, "it is missing");
  return std::nullopt;
}

}  // namespace clew::store::rows
