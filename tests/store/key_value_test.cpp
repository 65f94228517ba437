#include <catch2/catch.hpp>

#include "store/support.h"

namespace clew::store {
namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;

Rows scan(const KeyValue& database, std::string_view prefix, std::string_view from,
          std::size_t limit = SIZE_MAX) {
  Rows rows;
  database.scan(prefix, from, [&](std::string_view key, std::string_view value) {
    rows.emplace_back(key, value);
    return rows.size() < limit;
  });
  return rows;
}

void put(KeyValue& database, const std::vector<std::string>& keys) {
  Batch batch;
  for (const auto& key : keys)
    batch.put(key, "of " + key);
  database.apply(batch, Sync::no);
}

}  // namespace

TEMPLATE_TEST_CASE("a database keeps what is put and forgets what is erased", "", OnRocksDb,
                   InMemory) {
  const TemporaryDirectory directory;
  const auto database = TestType::make(directory.path());
  CHECK(database->get("a") == std::nullopt);
  CHECK(scan(*database, "", "").empty());

  Batch batch;
  CHECK(batch.empty());
  batch.put("a", "1");
  batch.put("a", "2");
  batch.put("gone", "x");
  batch.erase("gone");
  batch.erase("never there");
  batch.put(std::string("\0\xff", 2), std::string("\0", 1));
  batch.put("empty", "");
  CHECK(batch.bytes() == 2 + 2 + 5 + 3 + 5);
  database->apply(batch, Sync::yes);

  CHECK(database->get("a") == "2");
  CHECK(database->get("gone") == std::nullopt);
  CHECK(database->get(std::string("\0\xff", 2)) == std::string("\0", 1));
  CHECK(database->get("empty") == "");
  database->apply(Batch(), Sync::yes);
  CHECK(scan(*database, "", "").size() == 3);
}

TEMPLATE_TEST_CASE("a database is scanned in the order of unsigned bytes", "", OnRocksDb,
                   InMemory) {
  const TemporaryDirectory directory;
  const auto database = TestType::make(directory.path());
  put(*database, {"b", "a\xff", "a", "a\x7f", "a\x80", std::string("a\0", 2), "\xff", "\xff\xff"});
  const auto keys = [](const Rows& rows) {
    std::vector<std::string> result;
    for (const auto& row : rows)
      result.push_back(row.first);
    return result;
  };
  CHECK(keys(scan(*database, "a", "")) ==
        std::vector<std::string>{"a", std::string("a\0", 2), "a\x7f", "a\x80", "a\xff"});
  CHECK(keys(scan(*database, "a", "a\x80")) == std::vector<std::string>{"a\x80", "a\xff"});
  CHECK(keys(scan(*database, "a", "b")).empty());
  CHECK(keys(scan(*database, "\xff", "")) == std::vector<std::string>{"\xff", "\xff\xff"});
  CHECK(keys(scan(*database, "c", "")).empty());
  CHECK(scan(*database, "", "", 2).size() == 2);
  CHECK(scan(*database, "b", "b").front().second == "of b");
}

TEST_CASE("a RocksDB outlives its handle") {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "db";
  { put(*open_database_for_writing(path), {"a", "b"}); }
  CHECK(open_database_for_writing(path)->get("b") == "of b");
  CHECK(open_database_for_reading(path)->get("a") == "of a");
}

TEST_CASE("reading where there is no database finds none and leaves nothing behind") {
  const TemporaryDirectory directory;
  CHECK(open_database_for_reading(directory.path() / "db") == nullptr);
  CHECK(fs::is_empty(directory.path()));
  fs::create_directory(directory.path() / "db");
  CHECK(open_database_for_reading(directory.path() / "db") == nullptr);
  CHECK(fs::is_empty(directory.path() / "db"));
}

TEST_CASE("a RocksDB has one writer, and readers that see what was there when they came") {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "db";
  const auto writer = open_database_for_writing(path);
  put(*writer, {"a"});
  CHECK(kind_of_error([&] { return open_database_for_writing(path); }) == ErrorKind::busy);
  const auto reader = open_database_for_reading(path);
  put(*writer, {"b"});
  CHECK(reader->get("a") == "of a");
  CHECK(reader->get("b") == std::nullopt);
  CHECK(open_database_for_reading(path)->get("b") == "of b");
}

TEST_CASE("the files of a RocksDB do not grow in number with its sessions") {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "db";
  for (int session = 0; session < 40; ++session) {
    put(*open_database_for_writing(path), {"key " + std::to_string(session)});
  }
  CHECK(std::distance(fs::directory_iterator(path), fs::directory_iterator()) < 24);
  CHECK(scan(*open_database_for_reading(path), "key", "").size() == 40);
}

TEST_CASE("a damaged RocksDB is reported as damaged") {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "db";
  {
    const auto database = open_database_for_writing(path);
    Batch batch;
    for (int i = 0; i < 100; ++i)
      batch.put("key " + std::to_string(i), std::string(20'000, static_cast<char>(i)));
    database->apply(batch, Sync::yes);
  }
  bool found = false;
  for (const auto& file : fs::directory_iterator(path)) {
    if (file.path().extension() != ".sst") continue;
    found = true;
    auto bytes = read_file(file.path()).value();
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    replace_file(file.path(), bytes);
  }
  REQUIRE(found);
  const auto database = open_database_for_reading(path);
  CHECK(kind_of_error([&] { scan(*database, "", ""); }) == ErrorKind::damaged);

  replace_file(path / "CURRENT", "MANIFEST-none\n");
  CHECK(kind_of_error([&] { return open_database_for_reading(path); }).has_value());
}

}  // namespace clew::store
