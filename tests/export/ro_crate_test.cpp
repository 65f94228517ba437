#include "export/ro_crate.h"

#include <sys/wait.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <map>

#include "base/error.h"
#include "base/hash.h"
#include "export/full_run.h"
#include "support/temporary_directory.h"

using namespace clew;
using namespace clew::exporter;
using clew::test::full_run;

namespace {

/// Keeps what is written into it.
struct Memory : Package {
  std::map<std::string, std::string> files;
  bool committed = false;

  void add(const std::string& name, std::string_view bytes) override {
    CHECK(files.emplace(name, bytes).second);
  }
  std::string add_file(const std::string& name, const fs::path& source) override {
    add(name, read_file(source).value());
    return to_hex(sha256(files[name]));
  }
  void commit() override { committed = true; }
};

model::File file(const std::string& path, model::FileModes modes, const std::string& bytes) {
  model::File file;
  file.state.path = path;
  file.state.sha256 = to_hex(sha256(bytes));
  file.state.size = bytes.size();
  file.state.digest = model::DigestKind::whole;
  file.uses = {{path, 0, modes, 1, 1, {}}};
  file.state.role = model::role_by_use(file, false);
  return file;
}

const Json* entity(const Json& crate, std::string_view id) {
  for (const auto& item : crate.find("@graph")->as_array()) {
    if (*item.find("@id") == Json(id)) return &item;
  }
  return nullptr;
}

bool refers(const Json& list, std::string_view id) {
  const auto& items = list.as_array();
  return std::any_of(items.begin(), items.end(),
                     [&](const Json& item) { return *item.find("@id") == Json(id); });
}

}  // namespace

TEST_CASE("a crate describes its runs and holds the files that were kept") {
  const TemporaryDirectory directory;
  const auto kept = directory.path() / "kept";
  std::ofstream(kept) << "weights";
  CrateContent content;
  content.runs = {full_run()};
  auto& parts = content.runs[0];
  parts.files = {file("data/a b.csv", model::kRead, "input"),
                 file("out/model.npz", model::kWritten | model::kCreated, "weights")};
  content.prov_json = "{}\n";
  content.interchange = "{}\n";
  content.version = "0.1.0";
  content.kept = [&](const std::string& sha256) -> std::optional<fs::path> {
    if (sha256 != parts.files[1].state.sha256) return std::nullopt;
    return kept;
  };
  Memory package;
  write_ro_crate(content, package);
  CHECK_FALSE(package.committed);
  CHECK(package.files.at("files/out/model.npz") == "weights");
  CHECK(package.files.size() == 4);

  const auto crate = parse_json(package.files.at("ro-crate-metadata.json"));
  const auto* root = entity(crate, "./");
  REQUIRE(root != nullptr);
  CHECK(refers(*root->find("hasPart"), "files/out/model.npz"));
  CHECK(refers(*root->find("hasPart"), "prov.json"));
  const auto id = "#run-" + parts.run.id.hex();
  CHECK(refers(*root->find("mentions"), id));
  const auto* action = entity(crate, id);
  REQUIRE(action != nullptr);
  CHECK(*action->find("@type") == Json("CreateAction"));
  CHECK(refers(*action->find("result"), "files/out/model.npz"));
  // What is not kept is named by the identifier of its entity.
  const auto& objects = action->find("object")->as_array();
  const auto absent = std::find_if(objects.begin(), objects.end(), [&](const Json& item) {
    return item.find("@id")->as_string().starts_with("urn:clew:run:");
  });
  REQUIRE(absent != objects.end());
  const auto* input = entity(crate, absent->find("@id")->as_string());
  REQUIRE(input != nullptr);
  CHECK(*input->find("@type") == Json("CreativeWork"));
  CHECK(*input->find("sha256") == Json(parts.files[0].state.sha256));
  // Every reference leads somewhere inside or is an address.
  for (const auto& item : crate.find("@graph")->as_array()) {
    for (const auto& [key, value] : item.as_object()) {
      const auto check = [&](const Json& reference) {
        const auto* target = reference.find("@id");
        if (target == nullptr || target->as_string().starts_with("http")) return;
        INFO(target->as_string());
        CHECK(entity(crate, target->as_string()) != nullptr);
      };
      if (value.is_array()) {
        for (const auto& one : value.as_array())
          check(one);
      } else {
        check(value);
      }
    }
  }

  Memory again;
  write_ro_crate(content, again);
  CHECK(again.files == package.files);
}

TEST_CASE("a kept file that is damaged is not passed on") {
  const TemporaryDirectory directory;
  const auto kept = directory.path() / "kept";
  std::ofstream(kept) << "other bytes";
  CrateContent content;
  content.runs = {full_run()};
  content.runs[0].files = {file("a", model::kWritten, "weights")};
  content.kept = [&](const std::string&) { return std::optional(kept); };
  Memory package;
  CHECK_THROWS_AS(write_ro_crate(content, package), Error);
}

TEST_CASE("a package appears as a whole, with the same bytes for the same content") {
  const TemporaryDirectory directory;
  const auto source = directory.path() / "source";
  std::ofstream(source) << std::string(100'000, 'x');
  const auto make = [&](const fs::path& path, bool zip) {
    const auto package = zip ? make_zip_package(path, 1'767'323'045'000'000)
                             : make_directory_package(path, 1'767'323'045'000'000);
    package->add("a/b.txt", "hello");
    CHECK(package->add_file("größe.bin", source) == to_hex(sha256(*read_file(source))));
    CHECK_FALSE(fs::exists(path));
    package->commit();
  };
  make(directory.path() / "one", false);
  CHECK(read_file(directory.path() / "one" / "a" / "b.txt") == "hello");
  CHECK_THROWS_AS(make_directory_package(directory.path() / "one", 0), Error);
  fs::create_directory(directory.path() / "empty");
  const auto empty = make_directory_package(directory.path() / "empty/", 0);
  empty->add("x", "y");
  empty->commit();
  CHECK(read_file(directory.path() / "empty" / "x") == "y");

  make(directory.path() / "one.zip", true);
  make(directory.path() / "two.zip", true);
  CHECK(read_file(directory.path() / "one.zip") == read_file(directory.path() / "two.zip"));
  CHECK(read_file(directory.path() / "one.zip").value().size() < 10'000);
  { const auto dropped = make_zip_package(directory.path() / "three.zip", 0); }
  for (const auto& entry : fs::directory_iterator(directory.path()))
    CHECK(entry.path().filename().string().find("three") == std::string::npos);
}
