#include <catch2/catch.hpp>

#include "base/bytes.h"
#include "model/encoding.h"
#include "store/rows.h"
#include "store/support.h"

// Damage to any row of a store is noticed: no reader shows a run that differs from the one that was
// written. And what clew-store(5) says of digests is computed here by its words alone.

namespace clew::store {
namespace {

using model::MetricSource;

struct Sample {
  TemporaryDirectory directory;
  Layout layout{directory.path()};
  model::Run run = sample_run(RunId{0x1122334455667788});
  std::map<std::string, std::string> rows;
  WholeRun whole;

  Sample() {
    create(layout);
    const auto database = make_memory_database();
    RunWriter writer(*database, layout, run.id);
    for (int i = 0; i < 30; ++i)
      writer.add_point("loss", MetricSource::api, {i, run.started + i, 1.0 / (i + 1)});
    for (int i = 0; i < 260; ++i)
      writer.add_point("m" + std::to_string(i), MetricSource::output, {{}, run.started, 0.5});
    writer.set_environment(Json(Json::Object{{"os", "Linux"}}));
    writer.add_change({"lr", 0.1, 0.01, 30, run.started + 7, "scheduler"});
    writer.add_artifact({"model.pt", run.started + 11});
    writer.commit(run);
    rows = all_rows(*database);
    whole = read_whole(Reader(*database, layout), run.id);
  }

  /// Reads everything from these rows: nullopt when they are noticed to be damaged.
  [[nodiscard]] std::optional<WholeRun> read(const std::map<std::string, std::string>& from) const {
    const auto database = database_of(from);
    const Reader reader(*database, layout);
    try {
      std::vector<std::string> metrics;
      for (const auto& metric : whole.run->metrics)
        metrics.push_back(metric.name);
      reader.runs([](model::Run&&) { return true; });
      return read_whole(reader, run.id, metrics);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::damaged) throw;
      return std::nullopt;
    }
  }
};

/// Rows of one kind are alike: of the many series only some are damaged, to be quick.
bool is_one_of_many(const std::string& key) {
  if (key[0] != 'r') return false;
  if (key[9] == 's') return !key.ends_with("77");
  return key[9] == 'p' && key[13] % 100 != 0;
}

Digest digest_of_series(const model::Series& series) {
  std::string bytes;
  ByteWriter out(bytes);
  for (const auto& point : series.points) {
    out.byte(point.step ? 1 : 0);
    out.fixed64(static_cast<std::uint64_t>(point.step.value_or(0)));
    out.fixed64(static_cast<std::uint64_t>(point.time));
    out.real(point.value);
  }
  return sha256(bytes);
}

std::string_view view(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string item(std::string_view bytes) {
  std::string result;
  ByteWriter(result).string(bytes);
  return result;
}

}  // namespace

TEST_CASE("a changed bit or a cut in any row is noticed") {
  const Sample sample;
  REQUIRE(sample.read(sample.rows) == sample.whole);
  bool noticed = true;
  const auto try_value = [&](const std::string& key, std::string value) {
    auto rows = sample.rows;
    rows[key] = std::move(value);
    const auto got = sample.read(rows);
    noticed &= !got || *got == sample.whole;
  };
  std::size_t tried = 0;
  for (const auto& [key, value] : sample.rows) {
    if (is_one_of_many(key)) continue;
    ++tried;
    const std::size_t stride = 1 + value.size() / 6;
    for (std::size_t at = 0; at < value.size(); at += stride) {
      std::string flipped = value;
      flipped[at] = static_cast<char>(flipped[at] ^ 0x04);
      try_value(key, flipped);
      try_value(key, value.substr(0, at));
    }
  }
  CHECK(noticed);
  CHECK(tried > 10);
}

TEST_CASE("a row in the wrong place is noticed") {
  const Sample sample;
  const auto first = sample.rows.find(rows::series_key(sample.run.id, "m1"));
  const auto second = sample.rows.find(rows::series_key(sample.run.id, "m2"));
  REQUIRE(first != sample.rows.end());
  auto rows = sample.rows;
  std::swap(rows[first->first], rows[second->first]);
  CHECK(sample.read(rows) == std::nullopt);
}

TEST_CASE("a lost row is noticed, or the whole run is gone") {
  const Sample sample;
  for (const auto& [key, value] : sample.rows) {
    if (is_one_of_many(key)) continue;
    auto rows = sample.rows;
    rows.erase(key);
    CAPTURE(key);
    const auto got = sample.read(rows);
    const bool is_of_no_run = key[0] == 'v' || key[0] == 'l' || key[0] == 't';
    const bool is_pointer = key[0] == 'i';
    CHECK((!got || (is_pointer && !got->run) || (is_of_no_run && *got == sample.whole)));
  }
}

TEST_CASE("a version of a row that is not known is refused") {
  std::string value = "\x02payload";
  ByteWriter(value).fixed32(crc32c(value, crc32c("key")));
  CHECK(kind_of_error([&] { return rows::unframe("key", value); }) == ErrorKind::damaged);
  CHECK(rows::unframe("key", rows::frame("key", "payload")) == "payload");
  CHECK(rows::unframe("key", rows::frame("key", "")).empty());
  CHECK(kind_of_error([&] { return rows::unframe("key", ""); }) == ErrorKind::damaged);
}

TEST_CASE("the digest of a run is what its description says") {
  const TemporaryDirectory directory;
  const Layout layout{directory.path()};
  create(layout);
  const auto database = make_memory_database();
  const model::Run run = sample_run(RunId{9});
  write_sample(*database, layout, run);
  const Reader reader(*database, layout);

  model::Run header = reader.run(run.id).value();
  header.name.clear();
  header.tags.clear();
  header.notes.clear();
  std::string changes;
  for (const auto& change : reader.changes(run.id))
    changes += item(model::encode_changes({change}));
  std::string environment;
  ByteWriter environment_writer(environment);
  model::encode_json(environment_writer, reader.environment(run.id));
  std::string artifacts;
  for (const auto& artifact : reader.artifacts(run.id)) {
    std::string bytes;
    static_cast<void>(model::encode_event(bytes, artifact));
    artifacts += item(bytes);
  }
  std::string series;
  for (const std::string name : {"acc", "loss"}) {
    const auto points = reader.series(run.id, name).value();
    series += item(name);
    series.push_back(static_cast<char>(points.source));
    series += view(digest_of_series(points));
  }
  const auto items = [](const auto& values, auto encode) {
    std::string all;
    for (const auto& value : values) {
      std::string bytes;
      ByteWriter out(bytes);
      encode(out, value);
      all += item(bytes);
    }
    return sha256(all);
  };
  std::string sections = "clew run 1\n";
  sections += view(sha256(model::encode_run(header)));
  sections += view(sha256(changes));
  sections += view(sha256(item(environment)));
  sections += view(sha256(artifacts));
  sections += view(sha256(series));
  sections += view(items(reader.processes(run.id), model::encode_process));
  sections += view(items(reader.files(run.id), model::encode_file));
  sections += view(items(std::vector{reader.capture(run.id)}, model::encode_capture));
  sections += view(items(reader.firings(run.id), model::encode_firing));
  sections += view(sha256(read_file(layout.output(run.id)).value()));
  CHECK(reader.digest(run.id) == sha256(sections));
}

TEST_CASE("the digest of a run depends on every part of it") {
  const auto digest = [](int part) {
    const TemporaryDirectory directory;
    const Layout layout{directory.path()};
    create(layout);
    const auto database = make_memory_database();
    model::Run run = sample_run(RunId{9});
    RunWriter writer(*database, layout, run.id);
    writer.add_point("a", MetricSource::api, {1, 2, part == 1 ? -0.0 : 0.0});
    if (part == 2) writer.add_series("b", MetricSource::api);
    if (part == 3) writer.add_change({"lr", 1, 2, {}, 3, ""});
    if (part == 4) writer.add_artifact({"x", 1});
    if (part == 5) writer.add_output(model::Stream::terminal, 1, "x");
    if (part == 6) writer.set_environment(Json::object());
    if (part == 7) run.argv.push_back("x");
    if (part == 8) run.params[0].value = Json(4);
    if (part == 9) {
      run.name = "another";
      run.tags.clear();
      run.notes.clear();
    }
    writer.commit(run);
    return Reader(*database, layout).digest(run.id).value();
  };
  const Digest plain = digest(0);
  CHECK(digest(0) == plain);
  for (int part = 1; part <= 8; ++part) {
    CAPTURE(part);
    CHECK(digest(part) != plain);
  }
  CHECK(digest(9) == plain);
}

TEST_CASE("the digest of a series does not depend on how it was cut into chunks") {
  const auto section = [](bool crowded) {
    const TemporaryDirectory directory;
    const Layout layout{directory.path()};
    create(layout);
    const auto database = make_memory_database();
    RunWriter writer(*database, layout, RunId{1});
    for (int i = 0; i < 2000; ++i) {
      writer.add_point("a", MetricSource::api, {i, i, i * 0.1});
      for (int other = 0; crowded && other < 300; ++other)
        writer.add_point("other" + std::to_string(other), MetricSource::api, {i, i, 1});
    }
    model::Run run;
    run.id = RunId{1};
    writer.commit(run);
    const auto payload = rows::get(*database, rows::series_key(RunId{1}, "a"));
    return rows::decode_series(payload.value());
  };
  const auto alone = section(false);
  const auto crowded = section(true);
  CHECK(alone.chunks == 1);
  CHECK(crowded.chunks > 1);
  CHECK(alone.digest == crowded.digest);
  CHECK(alone.points == 2000);
}

TEST_CASE("the seal log is a chain over all runs in the order of their sealing") {
  const TemporaryDirectory directory;
  const Layout layout{directory.path()};
  create(layout);
  const auto database = make_memory_database();
  for (const std::uint64_t id : {3U, 1U, 2U})
    write_sample(*database, layout, sample_run(RunId{id}));
  Digest previous{};
  const Reader reader(*database, layout);
  const std::vector<std::uint64_t> order{3, 1, 2};
  for (std::uint64_t sequence = 1; sequence <= 3; ++sequence) {
    const auto payload = rows::get(*database, rows::log_key(sequence)).value();
    const auto entry = rows::decode_log_entry(payload);
    CHECK(entry.sequence == sequence);
    CHECK(entry.run.bits == order[sequence - 1]);
    CHECK(entry.digest == reader.digest(entry.run));
    CHECK(entry.previous == previous);
    CHECK(rows::read_contents(*database, entry.run)->sequence == sequence);
    previous = sha256(payload);
    CHECK((rows::get(*database, rows::kTipKey) == payload) == (sequence == 3));
  }
  CHECK_FALSE(rows::get(*database, rows::log_key(4)).has_value());
}

}  // namespace clew::store
