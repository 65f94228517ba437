#include "store/verify.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>

#include "base/bytes.h"
#include "store/rows.h"
#include "store/support.h"

namespace clew::store {
namespace {

/// A store with two runs, whose rows can be changed.
struct Sample {
  TemporaryDirectory directory;
  Layout layout{directory.path() / "clew"};
  std::map<std::string, std::string> rows;

  Sample() {
    create(layout);
    const auto database = make_memory_database();
    write_sample(*database, layout, sample_run(RunId{1}));
    write_sample(*database, layout, sample_run(RunId{2}, 1'800'000'000'000'000));
    rows = all_rows(*database);
  }

  std::vector<Damage> damages(std::optional<std::vector<RunId>> runs = std::nullopt) const {
    std::vector<Damage> found;
    VerifyRequest request;
    request.runs = std::move(runs);
    request.found = [&](const Damage& damage) { found.push_back(damage); };
    checked = verify(*database_of(rows), layout, request);
    return found;
  }

  mutable Checked checked;
};

bool names(const std::vector<Damage>& damages, RunId run, std::string_view part) {
  return std::any_of(damages.begin(), damages.end(), [&](const Damage& damage) {
    return damage.run == run && damage.part == part;
  });
}

std::string flipped(std::string bytes, std::size_t at) {
  bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
  return bytes;
}

}  // namespace

TEST_CASE("a store that is as it was written has no damage") {
  const Sample sample;
  CHECK(sample.damages().empty());
  CHECK(sample.checked.runs == 2);
  CHECK(sample.checked.points == 2 * 5500);
  CHECK(sample.checked.rows == sample.rows.size());
  CHECK(sample.checked.remains == 0);
}

TEST_CASE("a changed byte is noticed in every row") {
  Sample sample;
  const auto intact = sample.rows;
  for (const auto& [key, value] : intact) {
    sample.rows = intact;
    sample.rows[key] = flipped(value, value.size() / 2);
    CAPTURE(key);
    CHECK_FALSE(sample.damages().empty());
  }
}

TEST_CASE("a lost row is noticed, whatever its kind") {
  Sample sample;
  const auto intact = sample.rows;
  for (const auto& [key, value] : intact) {
    if (key == rows::kVersionKey) continue;
    sample.rows = intact;
    sample.rows.erase(key);
    CAPTURE(key);
    CHECK_FALSE(sample.damages().empty());
  }
}

TEST_CASE("damage is located") {
  Sample sample;
  SECTION("in a series") {
    const std::string key = rows::series_key(RunId{1}, "loss");
    sample.rows[key] = flipped(sample.rows[key], 3);
    CHECK(names(sample.damages(), RunId{1}, "series 'loss'"));
    CHECK_FALSE(names(sample.damages(), RunId{2}, "series 'loss'"));
  }
  SECTION("in a section that was written with other content and a good checksum") {
    const std::string key = rows::part_key(RunId{2}, rows::Section::changes, 0);
    const std::string other = rows::part_key(RunId{2}, rows::Section::artifacts, 0);
    const std::string payload(rows::unframe(other, sample.rows[other]));
    sample.rows[key] = rows::frame(key, payload);
    CHECK(names(sample.damages(), RunId{2}, "changes of parameters"));
  }
  SECTION("in what the run printed") {
    std::ofstream(sample.layout.output(RunId{1}), std::ios::app) << 'x';
    CHECK(names(sample.damages(), RunId{1}, "output"));
    fs::remove(sample.layout.output(RunId{1}));
    CHECK(names(sample.damages(), RunId{1}, "output"));
  }
  SECTION("in the header") {
    const std::string key = rows::header_key(sample_run(RunId{1}).started, RunId{1});
    rows::Header header = rows::decode_header(key, sample.rows[key]);
    header.run.exit_code = 0;
    sample.rows[key] = rows::encode_header(key, header);
    CHECK(names(sample.damages(), RunId{1}, "header"));
  }
  SECTION("in the index of files") {
    sample.rows.erase(rows::name_key("model.pt", RunId{1}));
    CHECK(names(sample.damages(), RunId{1}, "index of files"));
  }
}

TEST_CASE("a run that is gone without a word is missed") {
  Sample sample;
  std::erase_if(sample.rows, [](const auto& row) {
    const std::string& key = row.first;
    return key == rows::pointer_key(RunId{1}) || key.starts_with(rows::run_prefix(RunId{1})) ||
           key == rows::header_key(sample_run(RunId{1}).started, RunId{1});
  });
  CHECK(names(sample.damages(), RunId{1}, "run"));
}

TEST_CASE("kept objects are hashed again") {
  const Sample sample;
  const std::string digest = to_hex(sha256("kept"));
  const fs::path object = sample.layout.objects() / digest.substr(0, 2) / digest.substr(2);
  fs::create_directories(object.parent_path());
  std::ofstream(object) << "kept";
  CHECK(sample.damages().empty());
  CHECK(sample.checked.objects == 1);
  std::ofstream(object) << "else";
  const auto damages = sample.damages();
  REQUIRE(damages.size() == 1);
  CHECK(damages[0].part == "object " + digest);
}

TEST_CASE("what a broken seal left is no damage") {
  Sample sample;
  const std::string key = rows::part_key(RunId{3}, rows::Section::changes, 0);
  sample.rows[key] = rows::frame(key, "never committed");
  CHECK(sample.damages().empty());
  CHECK(sample.checked.remains == 1);
}

TEST_CASE("some runs can be verified alone") {
  Sample sample;
  const std::string key = rows::series_key(RunId{1}, "loss");
  sample.rows[key] = flipped(sample.rows[key], 3);
  CHECK(sample.damages(std::vector{RunId{2}}).empty());
  CHECK_FALSE(sample.damages(std::vector{RunId{1}}).empty());
  CHECK(kind_of_error([&] { sample.damages(std::vector{RunId{9}}); }) == ErrorKind::usage);
}

}  // namespace clew::store
