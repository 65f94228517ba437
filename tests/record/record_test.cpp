#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "base/error.h"
#include "base/text.h"
#include "model/encoding.h"
#include "record/annotate.h"
#include "record/fold.h"
#include "record/journal.h"
#include "record/live.h"
#include "record/seal.h"
#include "record/spool.h"
#include "store/store.h"
#include "support/temporary_directory.h"

using namespace clew;
using namespace clew::record;
using std::chrono::milliseconds;

namespace {

constexpr RunId kId{0x1111222233334444};

model::Run new_run(RunId id = kId) {
  model::Run run;
  run.id = id;
  run.argv = {"train"};
  run.started = 1'000'000;
  model::set_parameter(run.params, {"lr", Json(0.1), model::Source::argv, "", {}});
  return run;
}

model::ParamEvent set_lr(double value, std::optional<std::int64_t> step = {},
                         std::string cause = "") {
  return {{"lr", Json(value), model::Source::api, "", {}}, step, 5, std::move(cause)};
}

/// A store in a directory of its own.
struct Place {
  TemporaryDirectory directory;
  store::Layout layout{directory.path() / "store"};
  Place() { store::create(layout); }
};

/// Some of everything, as a recorder writes it.
void fill(Journal& journal) {
  journal.record(model::SpawnEvent{42, 2'000'000});
  for (int step = 0; step < 10'000; ++step) {
    journal.point("loss", model::MetricSource::api, {step, 2'000'000 + step, 1.0 / (1 + step)});
  }
  journal.point("loss", model::MetricSource::output, {0, 3'000'000, 99});
  journal.record(set_lr(0.05, 9, "plateau"));
  journal.record(model::OutputEvent{model::Stream::standard_output, 2'500'000, "hello\n"});
  journal.tag("t");
  journal.note({7, "n"});
  journal.artifact("model.bin", 8);
  journal.record(model::EnvironmentEvent{parse_json(R"({"host":"h"})")});
}

std::string bytes_of(const fs::path& path) {
  return read_file(path).value();
}

void write_bytes(const fs::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace

TEST_CASE("a spool cut at any size reads back every record that is whole") {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "spool";
  std::vector<std::size_t> ends{kSpoolMagic.size()};
  {
    SpoolWriter spool(path);
    for (int i = 0; i < 5; ++i) {
      spool.append(model::GapEvent{std::string(static_cast<std::size_t>(i) * 3, 'x')});
      ends.push_back(ends.back() + kRecordFrame + static_cast<std::size_t>(i) * 3);
    }
    spool.flush();
    REQUIRE(spool.failure() == 0);
  }
  const std::string whole = bytes_of(path);
  REQUIRE(whole.size() == ends.back());
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    write_bytes(path, std::string_view(whole).substr(0, size));
    std::size_t records = 0;
    const bool readable = read_spool(path, [&](model::EventType, std::string_view) {
      ++records;
      return true;
    });
    CAPTURE(size);
    CHECK(readable == (size >= kSpoolMagic.size()));
    std::size_t expected = 0;
    while (expected + 1 < ends.size() && ends[expected + 1] <= size)
      ++expected;
    CHECK(records == expected);
    if (readable) CHECK(intact_size(path) == ends[expected]);
  }
}

TEST_CASE("a flipped bit ends the reading of a spool, and never changes a record") {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "spool";
  {
    SpoolWriter spool(path);
    for (int i = 0; i < 3; ++i)
      spool.append(model::GapEvent{"abc"});
    spool.flush();
  }
  const std::string whole = bytes_of(path);
  for (std::size_t at = kSpoolMagic.size(); at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    write_bytes(path, damaged);
    std::size_t good = 0;
    read_spool(path, [&](model::EventType type, std::string_view payload) {
      CHECK(type == model::EventType::gap);
      CHECK(payload == "abc");
      ++good;
      return true;
    });
    CHECK(good == (at - kSpoolMagic.size()) / (kRecordFrame + 3));
  }
}

TEST_CASE("the writer of a spool holds its lock, and the lock goes with it") {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "spool";
  auto spool = std::make_unique<SpoolWriter>(path);
  CHECK_FALSE(try_lock_spool(path));
  CHECK_THROWS_AS(SpoolWriter(path), Error);
  spool.reset();
  CHECK(try_lock_spool(path));
}

TEST_CASE("a full disk puts a spool out of use, and nothing else") {
  if (access("/dev/full", W_OK) != 0) return;
  const TemporaryDirectory directory;
  SpoolWriter spool(directory.path() / "spool");
  const Fd full(open("/dev/full", O_WRONLY));
  REQUIRE(dup2(full.get(), spool.descriptor()) >= 0);
  spool.append(model::GapEvent{"x"});
  spool.flush();
  CHECK(spool.failure() == ENOSPC);
  CHECK_NOTHROW(spool.append(model::GapEvent{"y"}));
}

TEST_CASE("a later value of a parameter is a change, a stronger first one is not") {
  Fold fold;
  fold.apply(model::BeginEvent{new_run()});
  CHECK_FALSE(fold.apply(set_lr(0.2)));  // the program tells what argv said differently
  CHECK(fold.header().param("lr")->value == Json(0.2));
  CHECK(fold.header().param("lr")->lost.front().value == Json(0.1));
  CHECK_FALSE(fold.apply(set_lr(0.2)));
  const auto change = fold.apply(set_lr(0.05, 3, "plateau"));
  REQUIRE(change);
  CHECK((change->old == Json(0.2) && change->value == Json(0.05) && change->step == 3));
  CHECK(fold.header().param("lr")->value == Json(0.2));
  CHECK(*fold.current_value("lr") == Json(0.05));
}

TEST_CASE("a value with a step is a change even of a weaker source's parameter") {
  Fold fold;
  fold.apply(model::BeginEvent{new_run()});
  const auto change = fold.apply(set_lr(0.05, 9));
  REQUIRE(change);
  CHECK(change->old == Json(0.1));
  CHECK(fold.apply(set_lr(0.01)));  // and so is the next one
  CHECK(fold.parts().changes.size() == 2);
}

TEST_CASE("a live run reads as its recorder knows it, and as interrupted when that is gone") {
  const Place place;
  const LiveReader reader(place.layout);
  auto journal = std::make_unique<Journal>();
  journal->open(place.layout, new_run());
  fill(*journal);
  journal->flush();
  journal->write_head();

  REQUIRE(reader.runs().size() == 1);
  CHECK(reader.runs()[0] == journal->fold().header());
  auto parts = reader.run(kId);
  REQUIRE(parts);
  CHECK(parts->run == journal->fold().header());
  CHECK(parts->run.state == model::State::running);
  CHECK(parts->run.started == 2'000'000);
  CHECK(parts->run.metrics.size() == 1);
  CHECK(parts->run.metric("loss")->source == model::MetricSource::api);
  CHECK(parts->changes.size() == 1);
  CHECK(parts->artifacts.size() == 1);
  const auto series = reader.series(kId, "loss");
  REQUIRE(series);
  CHECK(series->points.size() == 10'000);
  CHECK(series->points.back().value == 1.0 / 10'000);
  CHECK_FALSE(reader.series(kId, "lass"));
  std::string output;
  reader.output(kId, [&](model::OutputEvent&& piece) {
    output += piece.bytes;
    return true;
  });
  CHECK(output == "hello\n");

  journal.reset();
  CHECK(reader.runs()[0].state == model::State::interrupted);
  CHECK(reader.run(kId)->run.ended);
}

TEST_CASE("a run that is being made is not seen before its spool is locked") {
  const Place place;
  fs::create_directories(place.layout.live() / ".new-1111222233334444");
  CHECK(LiveReader(place.layout).runs().empty());
  CHECK(recover(place.layout, milliseconds(0)).sealed.empty());
}

TEST_CASE("sealing moves all of a run into the store, once") {
  const Place place;
  auto journal = std::make_unique<Journal>();
  journal->open(place.layout, new_run());
  fill(*journal);
  journal->record(model::EndEvent{model::State::failed, 3, std::nullopt, 9'000'000});
  journal->flush();
  const model::Run expected = journal->fold().header();
  annotate(place.layout, kId, {model::TagEvent{"later", false}, model::TagEvent{"t", true}},
           milliseconds(1000));
  const auto live = LiveReader(place.layout).run(kId);
  CHECK(live->run.tags == std::vector<std::string>{"later"});
  CHECK(live->run.metrics == expected.metrics);
  CHECK_FALSE(live->run.metrics.empty());
  journal.reset();

  const Recovery recovery = recover(place.layout, milliseconds(1000));
  CHECK(recovery.failures.empty());
  CHECK(recovery.sealed == std::vector<RunId>{kId});
  CHECK_FALSE(fs::exists(place.layout.live(kId)));
  CHECK(recover(place.layout, milliseconds(1000)).sealed.empty());

  const store::Store store = store::Store::open_for_reading(place.layout);
  const auto sealed = store.reader().run(kId);
  REQUIRE(sealed);
  CHECK(sealed->tags == std::vector<std::string>{"later"});
  CHECK(sealed->exit_code == 3);
  CHECK(sealed->metrics == expected.metrics);
  CHECK(store.reader().series(kId, "loss")->points.size() == 10'000);
  CHECK(store.reader().changes(kId).size() == 1);
  CHECK(store.reader().environment(kId).find("host")->as_string() == "h");
  CHECK(store.reader().digest(kId));
}

TEST_CASE("a run without an end is sealed as interrupted, with all that was acknowledged") {
  const Place place;
  {
    Journal journal;
    journal.open(place.layout, new_run());
    fill(journal);
    journal.flush();
  }
  // What a crash tears off the end.
  const std::string spool = bytes_of(place.layout.spool(kId));
  write_bytes(place.layout.spool(kId), spool + spool.substr(0, 100));
  REQUIRE(recover(place.layout, milliseconds(1000)).sealed.size() == 1);
  const store::Store store = store::Store::open_for_reading(place.layout);
  const auto run = store.reader().run(kId);
  CHECK(run->state == model::State::interrupted);
  CHECK(run->ended);
  CHECK(run->metric("loss")->summary.count == 10'000);
}

TEST_CASE("annotating finds a run wherever it is") {
  const Place place;
  {
    Journal journal;
    journal.open(place.layout, new_run());
    journal.record(model::EndEvent{model::State::finished, 0, std::nullopt, 9});
    journal.flush();
  }
  recover(place.layout, milliseconds(1000));
  annotate(place.layout, kId, {model::NoteEvent{{1, "after"}}}, milliseconds(1000));
  const store::Store store = store::Store::open_for_reading(place.layout);
  CHECK(store.reader().run(kId)->notes == std::vector<model::Note>{{1, "after"}});
  CHECK_THROWS_AS(annotate(place.layout, RunId{5}, {}, milliseconds(1000)), Error);
}

TEST_CASE("annotations that a crash tore do not hide later ones") {
  const Place place;
  Journal journal;
  journal.open(place.layout, new_run());
  annotate(place.layout, kId, {model::TagEvent{"one", false}}, milliseconds(1000));
  const std::string bytes = bytes_of(place.layout.annotations(kId));
  write_bytes(place.layout.annotations(kId), bytes + "torn");
  annotate(place.layout, kId, {model::TagEvent{"two", false}}, milliseconds(1000));
  CHECK(LiveReader(place.layout).run(kId)->run.tags == std::vector<std::string>{"one", "two"});
}

TEST_CASE("a store that cannot be written leaves the journal in memory") {
  const TemporaryDirectory directory;
  Journal journal;
  std::ofstream(directory.path() / "store") << "a file, not a directory";
  CHECK_THROWS_AS(journal.open(store::Layout{directory.path() / "store"}, new_run()), Error);
  fill(journal);
  journal.flush();
  journal.write_head();
  CHECK_FALSE(journal.is_open());
  CHECK(journal.fold().header().metric("loss")->summary.count == 10'000);
}

TEST_CASE("a torn head is not taken for a run") {
  const std::string head = encode_head(new_run());
  CHECK(decode_head(head) == new_run());
  for (std::size_t size = 0; size < head.size(); ++size)
    CHECK_FALSE(decode_head(head.substr(0, size)));
}
