#include "query/compare_files.h"

#include <catch2/catch.hpp>

#include <algorithm>

#include "base/hash.h"
#include "query/compare.h"

using namespace clew;
using namespace clew::query;

namespace {

model::File file(const std::string& path, const std::string& content, int modes, model::Role role) {
  model::File file;
  file.state.path = path;
  file.state.role = role;
  file.state.size = content.size();
  file.state.sha256 = to_hex(sha256(content));
  file.state.digest = model::DigestKind::whole;
  file.uses = {{path, 0, static_cast<model::FileModes>(modes), 1, 2, ""}};
  return file;
}
model::File read(const std::string& path, const std::string& content) {
  return file(path, content, model::kRead, model::Role::input);
}
model::File written(const std::string& path, const std::string& content) {
  return file(path, content, model::kWritten, model::Role::output);
}

model::RunParts watched(std::vector<model::File> files) {
  model::RunParts parts;
  parts.run.state = model::State::finished;
  parts.capture.mechanism = "unotify";
  parts.capture.level = "files";
  parts.capture.complete = true;
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.state.path < b.state.path; });
  parts.files = std::move(files);
  return parts;
}

template <typename T>
std::vector<std::string> names(const std::vector<Row<T>>& rows) {
  std::vector<std::string> names;
  for (const auto& row : rows)
    names.push_back(row.name + (row.a ? " a" : "") + (row.b ? " b" : ""));
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("inputs and outputs compare by content") {
  const auto a = watched({read("same", "x"), read("other", "1"), read("only-a", "x"),
                          written("model", "1"), written("log", "x")});
  const auto b = watched({read("same", "x"), read("other", "2"), written("model", "2"),
                          written("log", "x"), written("only-b", "x")});
  const FileComparison files = compare_files(a, b);
  CHECK(files.known);
  CHECK(names(files.inputs) == Names{"only-a a", "other a b"});
  CHECK(names(files.outputs) == Names{"model a b", "only-b b"});
  CHECK(files.same_inputs == 1);
  CHECK(files.same_outputs == 1);
  CHECK(files.inputs[1].b->sha256 == to_hex(sha256("2")));
  CHECK_FALSE(compare(a, b, SystemMetrics::leave_out).equal());
  CHECK(compare(a, a, SystemMetrics::leave_out).equal());
}

TEST_CASE("code and temporary files are not data") {
  const auto a = watched({file("train.py", "1", model::kRead, model::Role::code),
                          file("tmp", "1", model::kWritten, model::Role::temporary)});
  const auto b = watched({file("train.py", "2", model::kRead, model::Role::code)});
  CHECK(compare_files(a, b).equal());
}

TEST_CASE("a file that was overwritten is an input by what it held before") {
  auto changed = file("state", "after", model::kRead | model::kWritten, model::Role::output);
  changed.state.before_sha256 = to_hex(sha256("before"));
  changed.state.before_size = 6;
  auto other = changed;
  other.state.before_sha256 = to_hex(sha256("BEFORE"));
  const FileComparison files = compare_files(watched({changed}), watched({other}));
  CHECK(names(files.inputs) == Names{"state a b"});
  CHECK(files.outputs.empty());
}

TEST_CASE("without a digest the size decides") {
  auto a = read("big", "12345");
  a.state.sha256.clear();
  a.state.digest = model::DigestKind::none;
  auto b = a;
  CHECK(compare_files(watched({a}), watched({b})).equal());
  b.state.size = 6;
  CHECK_FALSE(compare_files(watched({a}), watched({b})).equal());
  CHECK(compare_files(watched({a}), watched({read("big", "54321")})).equal());
}

TEST_CASE("packages that were used compare by name") {
  auto a = watched({});
  auto b = watched({});
  a.capture.environment = parse_json(R"({"python":{"numpy":"1.24","scipy":"1.10"}})");
  b.capture.environment = parse_json(R"({"python":{"numpy":"1.26","scipy":"1.10"}})");
  const auto packages = compare_files(a, b).packages;
  REQUIRE(names(packages) == Names{"python.numpy a b"});
  CHECK(packages[0].b == Json("1.26"));
}

TEST_CASE("runs whose files were not recorded have no differences in files") {
  const auto a = watched({read("x", "x")});
  model::RunParts b;
  CHECK_FALSE(compare_files(a, b).known);
  CHECK(compare_files(a, b).equal());
  CHECK(files_recorded(a));
  CHECK_FALSE(files_recorded(b));
}

TEST_CASE("that a file was never read is said only where it can be told") {
  auto parts = watched({read("data", "x"), written("out", "x"),
                        file("tool", "x", model::kExecuted, model::Role::code),
                        file("mod.py", "x", model::kRead, model::Role::code)});
  CHECK(was_read(parts, "data") == true);
  CHECK(was_read(parts, "tool") == true);
  CHECK(was_read(parts, "mod.py") == true);
  CHECK(was_read(parts, "out") == false);
  CHECK(was_read(parts, "absent") == false);
  SECTION("not complete") {
    parts.capture.complete = false;
  }
  SECTION("outputs alone were recorded") {
    parts.capture.level = "outputs";
  }
  SECTION("the run goes on") {
    parts.run.state = model::State::running;
  }
  if (!parts.capture.complete || parts.capture.level != "files" ||
      parts.run.state == model::State::running) {
    CHECK(was_read(parts, "data") == true);
    CHECK(was_read(parts, "absent") == std::nullopt);
  }
}
