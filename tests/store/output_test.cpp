#include "store/output_file.h"

#include <catch2/catch.hpp>
#include <random>

#include "store/support.h"

namespace clew::store {
namespace {

using model::Stream;

struct File {
  TemporaryDirectory directory;
  fs::path path = directory.path() / "output/0000000000000001.zst";
};

std::vector<OutputPiece> read(const fs::path& path, std::uint64_t size) {
  std::vector<OutputPiece> pieces;
  read_output(path, size, [&](OutputPiece&& piece) {
    pieces.push_back(std::move(piece));
    return true;
  });
  return pieces;
}

std::string text_of(const std::vector<OutputPiece>& pieces) {
  std::string text;
  for (const auto& piece : pieces) {
    text += piece.left_out == 0 ? piece.bytes : "<" + std::to_string(piece.left_out) + ">";
  }
  return text;
}

/// What is to be kept of `all`.
std::string expected(const std::string& all, std::uint64_t limit) {
  if (all.size() <= limit) return all;
  const std::uint64_t first = limit / 2;
  return all.substr(0, first) + "<" + std::to_string(all.size() - limit) + ">" +
         all.substr(all.size() - (limit - first));
}

}  // namespace

TEST_CASE("output keeps its streams, times, bytes and order") {
  const File file;
  OutputWriter writer(file.path, {});
  writer.add(Stream::standard_output, 1'700'000'000'000'000, std::string("a\0\xff\n", 4));
  writer.add(Stream::standard_error, 1'700'000'000'000'001, "b");
  writer.add(Stream::terminal, -5, "c");
  writer.add(Stream::terminal, 7, "");
  CHECK_FALSE(fs::exists(file.path));
  const OutputSummary summary = writer.finish();
  CHECK(summary.file_size == fs::file_size(file.path));
  CHECK(summary.kept == 6);
  CHECK(summary.left_out == 0);
  CHECK(summary.digest == sha256(read_file(file.path).value()));

  const auto pieces = read(file.path, summary.file_size);
  REQUIRE(pieces.size() == 3);
  CHECK(pieces[0].stream == Stream::standard_output);
  CHECK(pieces[0].time == 1'700'000'000'000'000);
  CHECK(pieces[0].bytes == std::string("a\0\xff\n", 4));
  CHECK(pieces[1].stream == Stream::standard_error);
  CHECK(pieces[2].time == -5);
  CHECK(std::distance(fs::directory_iterator(file.path.parent_path()), fs::directory_iterator()) ==
        1);
}

TEST_CASE("output of several frames is read until the visitor has enough") {
  const File file;
  OutputWriter writer(file.path, {});
  std::mt19937_64 random(5);
  std::string all;
  for (int i = 0; i < 3000; ++i) {
    std::string piece(random() % 1000, static_cast<char>('a' + random() % 26));
    writer.add(Stream::standard_output, i, piece);
    all += piece;
  }
  const std::string large(3 << 20, 'L');
  writer.add(Stream::standard_output, 9999, large);
  const OutputSummary summary = writer.finish();
  CHECK(text_of(read(file.path, summary.file_size)) == all + large);
  int visited = 0;
  read_output(file.path, summary.file_size, [&](OutputPiece&&) { return ++visited < 10; });
  CHECK(visited == 10);
}

TEST_CASE("nothing printed makes no file") {
  const File file;
  OutputWriter writer(file.path, {});
  const OutputSummary summary = writer.finish();
  CHECK(summary.file_size == 0);
  CHECK(summary.digest == sha256(""));
  CHECK_FALSE(fs::exists(file.path));
}

TEST_CASE("of too much output the first and the last part are kept, to the byte") {
  std::mt19937_64 random(17);
  for (const std::uint64_t limit : {0U, 1U, 2U, 7U, 100U, 1000U, 4099U}) {
    for (const std::size_t total : {1U, 2U, 99U, 100U, 101U, 1000U, 5000U, 20000U}) {
      const File file;
      OutputWriter writer(file.path, {limit});
      std::string all;
      while (all.size() < total) {
        std::string piece;
        for (std::uint64_t n = std::min<std::uint64_t>(1 + random() % 90, total - all.size());
             n > 0; --n)
          piece.push_back(static_cast<char>('a' + random() % 26));
        writer.add(Stream::standard_error, static_cast<Time>(all.size()), piece);
        all += piece;
      }
      const OutputSummary summary = writer.finish();
      CAPTURE(limit, total);
      CHECK(text_of(read(file.path, summary.file_size)) == expected(all, limit));
      CHECK(summary.kept == std::min<std::uint64_t>(limit, total));
      CHECK(summary.left_out == total - summary.kept);
    }
  }
}

TEST_CASE("the place of what was left out shows in the text, and in the run") {
  const TemporaryDirectory directory;
  const Layout layout{directory.path()};
  create(layout);
  Store store(make_memory_database(), layout);
  RunWriter writer = store.write_run(RunId{1}, {8});
  writer.add_output(Stream::standard_error, 1, "abcdefgh");
  writer.add_output(Stream::standard_error, 2, "ijkl");
  model::Run run;
  run.id = RunId{1};
  writer.commit(run);
  const auto whole = read_whole(store.reader(), RunId{1});
  REQUIRE(whole.output.size() == 3);
  CHECK(whole.output[0] == std::pair(Time{1}, std::string("abcd")));
  CHECK(whole.output[1].second == "\n[clew: 4 bytes of output left out]\n");
  CHECK(whole.output[2] == std::pair(Time{2}, std::string("ijkl")));
  REQUIRE(whole.run->gaps.size() == 1);
  CHECK(whole.run->gaps[0] == "4 bytes in the middle of the output were left out (limit 8 B)");
}

TEST_CASE("an output file that is cut, changed or gone is damaged") {
  const File file;
  OutputWriter writer(file.path, {});
  for (int i = 0; i < 40; ++i)
    writer.add(Stream::terminal, i, "line " + std::to_string(i) + "\n");
  const OutputSummary summary = writer.finish();
  const std::string bytes = read_file(file.path).value();
  const std::string text = text_of(read(file.path, summary.file_size));

  bool all_damaged = true;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    replace_file(file.path, std::string_view(bytes).substr(0, size));
    all_damaged &= kind_of_error([&] { read(file.path, summary.file_size); }) == ErrorKind::damaged;
    // Not even with a size that fits may a frame end early.
    if (size > 16) {
      all_damaged &= kind_of_error([&] { read(file.path, size); }) == ErrorKind::damaged;
    }
  }
  CHECK(all_damaged);
  bool none_different = true;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string flipped = bytes;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    replace_file(file.path, flipped);
    std::string got = text;
    const auto kind = kind_of_error([&] { got = text_of(read(file.path, bytes.size())); });
    none_different &= kind ? *kind == ErrorKind::damaged : got == text;
  }
  CHECK(none_different);
  remove_output(file.path);
  CHECK(kind_of_error([&] { read(file.path, bytes.size()); }) == ErrorKind::damaged);
  remove_output(file.path);
}

TEST_CASE("a writer that is given up leaves no file") {
  const File file;
  {
    OutputWriter writer(file.path, {100});
    writer.add(Stream::terminal, 1, std::string(100'000, 'x'));
  }
  CHECK(fs::is_empty(file.path.parent_path()));
}

}  // namespace clew::store
