#include "store/verify_run.h"

#include "base/bytes.h"
#include "base/error.h"
#include "base/text.h"
#include "model/encoding.h"
#include "store/file_index.h"
#include "store/output_file.h"
#include "store/rows.h"
#include "store/section_writer.h"
#include "store/series_writer.h"

namespace clew::store {
namespace {

using rows::Section;

constexpr auto kDigestDiffers = "its content differs from its digest";

struct NamedSection {
  Section section;
  rows::SectionContents rows::Contents::*contents;
  const char* name;
};
constexpr NamedSection kSections[] = {
    {Section::changes, &rows::Contents::changes, "changes of parameters"},
    {Section::environment, &rows::Contents::environment, "environment"},
    {Section::artifacts, &rows::Contents::artifacts, "artifacts"},
    {Section::processes, &rows::Contents::processes, "processes"},
    {Section::files, &rows::Contents::files, "files"},
    {Section::capture, &rows::Contents::capture, "capture"},
    {Section::firings, &rows::Contents::firings, "firings of rules"},
};

Digest digest_of_section(const KeyValue& database, RunId id, Section section, std::uint64_t rows) {
  Sha256 digest;
  read_section(database, id, section, rows, [&](std::string_view item) {
    std::string bytes;
    ByteWriter(bytes).string(item);
    digest.add(bytes);
  });
  return digest.finish();
}

}  // namespace

/// Runs a check; false where it met damage, which is then told.
template <typename Check>
bool RunCheck::check(const std::string& part, Check body) {
  try {
    body();
    return true;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::damaged) throw;
    tell(part, error.message());
    return false;
  }
}

void RunCheck::expect(bool right, const std::string& part, const char* problem) {
  if (!right) tell(part, problem);
}

std::uint64_t RunCheck::run(std::set<std::string>& kept) {
  std::optional<rows::Contents> contents;
  if (!check("contents", [&] { contents = rows::read_contents(database_, id_); })) return 0;
  if (!contents) throw Error(ErrorKind::usage, concat("unknown run '", id_.hex(), '\''));
  check("header", [&] { check_header(*contents); });
  check_sections(*contents);
  check("series", [&] { check_all_series(*contents); });
  check("files", [&] { check_files(kept); });
  check("output", [&] { check_output(*contents); });
  check("seal log", [&] { check_log(*contents); });
  return points_;
}

void RunCheck::check_header(const rows::Contents& contents) {
  const auto run = reader_.run(id_);
  if (!run) return tell("header", "its pointer is missing");
  expect(rows::header_digest(*run) == contents.header, "header", kDigestDiffers);
}

void RunCheck::check_sections(const rows::Contents& contents) {
  for (const auto& [section, member, name] : kSections) {
    const rows::SectionContents& expected = contents.*member;
    check(name, [&, section = section, name = name] {
      expect(digest_of_section(database_, id_, section, expected.rows) == expected.digest, name,
             kDigestDiffers);
    });
  }
  // Beside being the right bytes, they must say something.
  check("changes of parameters", [&] { static_cast<void>(reader_.changes(id_)); });
  check("environment", [&] { static_cast<void>(reader_.environment(id_)); });
  check("artifacts", [&] { static_cast<void>(reader_.artifacts(id_)); });
  check("processes", [&] { static_cast<void>(reader_.processes(id_)); });
  check("capture", [&] { static_cast<void>(reader_.capture(id_)); });
  check("firings of rules", [&] { static_cast<void>(reader_.firings(id_)); });
}

void RunCheck::check_all_series(const rows::Contents& contents) {
  std::map<std::string, rows::SeriesEntry> entries;
  const std::string prefix = rows::section_prefix(id_, Section::series);
  database_.scan(prefix, prefix, [&](std::string_view key, std::string_view value) {
    std::string name(key.substr(prefix.size()));
    check(concat("series '", valid_utf8(name), '\''), [&] {
      entries.emplace(std::move(name), rows::decode_series(rows::unframe(key, value)));
    });
    return true;
  });
  Sha256 section;
  for (const auto& one : entries) {
    section.add(series_item(one.first, one.second));
    check(concat("series '", valid_utf8(one.first), '\''),
          [&] { check_series(one.first, one.second); });
  }
  if (entries.size() != contents.series.rows) {
    return tell("series",
                concat(contents.series.rows, " were written and ", entries.size(), " can be read"));
  }
  expect(section.finish() == contents.series.digest, "series", kDigestDiffers);
}

void RunCheck::check_series(const std::string& name, const rows::SeriesEntry& entry) {
  const std::string part = concat("series '", valid_utf8(name), '\'');
  const auto series = reader_.series(id_, name);
  if (!series) return;  // told by the header
  points_ += series->points.size();
  Sha256 digest;
  add_to_digest(digest, series->points);
  if (digest.finish() != entry.digest) return tell(part, kDigestDiffers);
  model::Summary summary;
  for (const model::Point& point : series->points)
    summary.add(point);
  const auto run = reader_.run(id_);
  const model::MetricSummary* metric = run ? run->metric(name) : nullptr;
  expect(metric != nullptr && metric->summary == summary, part,
         "its summary in the header is not that of its points");
}

void RunCheck::check_files(std::set<std::string>& kept) {
  std::uint32_t number = 0;
  for (const model::File& file : reader_.files(id_)) {
    if (file.state.saved) kept.insert(file.state.sha256);
    if (lacks_index_entry(database_, id_, number++, file)) {
      tell("index of files", concat("the entry of '", valid_utf8(file.state.path), "' is missing"));
    }
  }
}

void RunCheck::check_output(const rows::Contents& contents) {
  if (contents.output_size == 0) return;
  const auto bytes = read_file(layout_.output(id_));
  if (!bytes) return tell("output", "its file is missing");
  if (sha256(*bytes) != contents.output) return tell("output", kDigestDiffers);
  read_output(layout_.output(id_), contents.output_size, [](OutputPiece&&) { return true; });
}

void RunCheck::check_log(const rows::Contents& contents) {
  const auto payload = rows::get(database_, rows::log_key(contents.sequence));
  if (!payload) return tell("seal log", "its entry is missing");
  const rows::LogEntry entry = rows::decode_log_entry(*payload);
  expect(entry.run == id_ && entry.digest == contents.digest(), "seal log",
         "its entry has another digest than the run");
}

}  // namespace clew::store
