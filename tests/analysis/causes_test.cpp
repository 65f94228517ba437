#include "analysis/causes.h"

#include <catch2/catch.hpp>

#include <cmath>

#include "analysis/runs.h"

using namespace clew;
using namespace clew::analysis;
using namespace clew::analysis::testing;

namespace {

model::RunParts parts_of(std::uint64_t id, const std::vector<std::pair<std::string, Json>>& params,
                         std::string tree = "t", const char* environment = "{}") {
  model::RunParts parts;
  parts.run = made_run(id, params, std::nullopt);
  parts.run.code.tree = std::move(tree);
  parts.environment = parse_json(environment);
  return parts;
}

/// Runs with what came out, as a witness hears of them.
class Past {
 public:
  Past& add(const model::RunParts& parts, double value) {
    experience_.runs.push_back({parts.run.id, value, facets_of(parts)});
    return *this;
  }
  Past& add(const std::vector<std::pair<std::string, Json>>& params, double value,
            std::string tree = "t", const char* environment = "{}") {
    return add(parts_of(experience_.runs.size() + 100, params, std::move(tree), environment),
               value);
  }
  [[nodiscard]] Witness witness() const { return Witness(experience_); }

 private:
  Experience experience_;
};

std::vector<std::string> names(const std::vector<Difference>& differences) {
  std::vector<std::string> names;
  for (const Difference& difference : differences) {
    std::string name(name_of(difference.facet.kind));
    if (!difference.facet.name.empty()) name += " " + difference.facet.name;
    names.push_back(name);
  }
  return names;
}

/// What a witness says of a parameter that has these values in two runs otherwise alike.
std::optional<Evidence> heard(const Witness& witness, const std::string& name, Json first,
                              Json second) {
  const Facet facet{FacetKind::parameter, name};
  return witness.hear(facet, {{facet, std::move(first)}}, {{facet, std::move(second)}});
}

Facet param(std::string name) {
  return {FacetKind::parameter, std::move(name)};
}

}  // namespace

TEST_CASE("facets: what a run was made of") {
  model::RunParts parts = parts_of(1, {{"lr", 0.0005000000237487257}}, "tree",
                                   R"({"host":"h","packages":{"numpy":"1.24"},
                                       "variables":{"OMP_NUM_THREADS":"4"},
                                       "interpreter":{"version":"3.11"}})");
  parts.changes.push_back({"lr", 0.1, 0.05, 9, 0, "plateau"});
  const auto facets = facets_of(parts);
  CHECK(facets.size() == 7);
  CHECK(facets.at(param("lr")) == Json(0.0005));
  CHECK(facets.at({FacetKind::code, ""}) == Json("tree"));
  CHECK(dump_json(facets.at({FacetKind::change, "lr"})) == R"([{"step":9,"value":0.05}])");
  CHECK(facets.at({FacetKind::package, "numpy"}) == Json("1.24"));
  CHECK(facets.at({FacetKind::variable, "OMP_NUM_THREADS"}) == Json("4"));
  CHECK(facets.at({FacetKind::interpreter, "interpreter.version"}) == Json("3.11"));
  CHECK(facets.at({FacetKind::machine, "host"}) == Json("h"));
}

TEST_CASE("witness: pairs that differ in one thing only") {
  Past past;
  for (const int seed : {0, 1}) {
    const double noise = seed == 0 ? -0.01 : 0.01;
    past.add({{"lr", 0.1}, {"depth", 2}, {"seed", seed}}, 0.9 + noise);
    past.add({{"lr", 0.5}, {"depth", 2}, {"seed", seed}}, 0.7 + noise);
    past.add({{"lr", 0.1}, {"depth", 3}, {"seed", seed}}, 0.91 + noise);
    past.add({{"lr", 0.5}, {"depth", 3}, {"seed", seed}}, 0.61 + noise);
    // Differs in two things from all others.
    past.add({{"lr", 0.9}, {"depth", 9}, {"seed", seed}}, 0.1 + noise);
  }
  const Witness witness = past.witness();
  REQUIRE(witness.spread());
  CHECK(witness.spread()->settings == 5);
  CHECK(witness.spread()->runs == 10);
  CHECK(witness.spread()->deviation == Approx(0.01 * std::sqrt(2.0)));
  const auto lr = heard(witness, "lr", 0.1, 0.5);
  REQUIRE(lr);
  CHECK(lr->settings == 2);
  CHECK(lr->runs == 8);
  CHECK(lr->same_values);
  CHECK(lr->change == Approx(-0.25));
  CHECK(lr->least == Approx(-0.3));
  CHECK(lr->most == Approx(-0.2));
  CHECK(lr->matters == true);
  const auto back = heard(witness, "lr", 0.5, 0.1);
  CHECK(back->change == Approx(0.25));
  // These values were never compared, others were.
  const auto other = heard(witness, "lr", 0.1, 7);
  REQUIRE(other);
  CHECK(!other->same_values);
  CHECK(other->change == Approx(0.3));
  CHECK(!heard(witness, "dropout", 0.1, 0.2));
  // In the setting of the runs in question it did more than on the average.
  const auto here =
      witness.hear(param("lr"), facets_of(parts_of(1, {{"lr", 0.1}, {"depth", 3}, {"seed", 7}})),
                   facets_of(parts_of(2, {{"lr", 0.5}, {"depth", 3}, {"seed", 7}})));
  REQUIRE(here);
  CHECK(*here->here == Approx(-0.3));
  CHECK(here->change == Approx(-0.25));
  CHECK(!lr->here);
}

TEST_CASE("witness: a change within chance does not matter") {
  Past past;
  for (const int seed : {0, 1, 2, 3}) {
    past.add({{"a", 1}, {"seed", seed}}, 0.9 + 0.01 * seed);
    past.add({{"a", 2}, {"seed", seed}}, 0.902 + 0.01 * seed);
  }
  const auto evidence = heard(past.witness(), "a", 1, 2);
  REQUIRE(evidence);
  CHECK(evidence->change == Approx(0.002));
  CHECK(evidence->matters == false);
}

TEST_CASE("witness: without repeats nothing is known of chance") {
  Past past;
  past.add({{"a", 1}}, 1).add({{"a", 2}}, 2);
  const Witness witness = past.witness();
  CHECK(!witness.spread());
  const auto evidence = heard(witness, "a", 1, 2);
  REQUIRE(evidence);
  CHECK(!evidence->matters);
  CHECK(!heard(Past().witness(), "a", 1, 2));
}

TEST_CASE("witness: what differs in nearly every run does not keep runs apart") {
  Past past;
  for (int i = 0; i < 8; ++i)
    past.add({{"a", i % 2}, {"out", "m" + std::to_string(i)}}, i % 2);
  const Witness witness = past.witness();
  CHECK(witness.is_label(param("out")));
  CHECK(!witness.is_label(param("a")));
  REQUIRE(witness.spread());
  CHECK(witness.spread()->settings == 2);
  CHECK(heard(witness, "a", 0, 1)->runs == 8);
}

TEST_CASE("witness: parameters that change together are one") {
  Past past;
  for (int i = 0; i < 4; ++i) {
    const int a = i % 2;
    past.add({{"a", a}, {"a_too", Json(Json::Array{Json(a)})}, {"b", i / 2}}, 10 * a + i / 2);
  }
  const Witness witness = past.witness();
  CHECK(witness.alias_of(param("a_too")) == param("a"));
  CHECK(!witness.alias_of(param("a")));
  REQUIRE(heard(witness, "a", 0, 1));
  CHECK(heard(witness, "a", 0, 1)->settings == 2);
  const auto x = parts_of(1, {{"a", 0}, {"a_too", Json(Json::Array{Json(0)})}});
  const auto y = parts_of(2, {{"a", 1}, {"a_too", Json(Json::Array{Json(1)})}});
  const Causes causes = find_causes({x, y, {}, {}, {}, 0, 10}, witness);
  CHECK(names(causes.differences) == std::vector<std::string>{"parameter a", "parameter a_too"});
  CHECK(causes.differences[1].alias == "a");
}

TEST_CASE("causes: what was seen to matter comes first, what was not last") {
  Past past;
  for (const int seed : {0, 1, 2}) {
    const double noise = 0.001 * seed;
    for (const int idle : {1, 2}) {
      past.add({{"lr", 0.1}, {"idle", idle}, {"seed", seed}}, 0.9 + noise);
      past.add({{"lr", 0.5}, {"idle", idle}, {"seed", seed}}, 0.8 + noise);
    }
    past.add({{"lr", 0.1}, {"idle", 1}, {"seed", seed}}, 0.6 + noise, "u");
  }
  const auto a = parts_of(1, {{"lr", 0.1}, {"idle", 1}, {"new", 1}, {"seed", 0}}, "t",
                          R"({"host":"x","variables":{"OMP_NUM_THREADS":"1"}})");
  const auto b = parts_of(2, {{"lr", 0.5}, {"idle", 2}, {"new", 2}, {"seed", 1}}, "u",
                          R"({"host":"y","variables":{"OMP_NUM_THREADS":"2"}})");
  FileHunks file{"train.py", "train.py", false, {{"@@ -1 +1 @@", {"-a", "+b"}, 1, 1, false}}};
  const Causes causes = find_causes({a, b, {file}, {}, {}, 0.9, 0.5}, past.witness());
  CHECK(names(causes.differences) ==
        std::vector<std::string>{"code", "parameter lr", "parameter new",
                                 "variable OMP_NUM_THREADS", "machine host", "parameter seed",
                                 "parameter idle"});
  CHECK(causes.differences[0].evidence->change == Approx(-0.3));
  CHECK(causes.differences[0].files.at(0).used == Used::unknown);
  CHECK(causes.differences[1].used == Used::yes);
  CHECK(causes.differences[5].chance);
  CHECK(causes.differences[6].evidence->matters == false);
  CHECK(causes.within_chance == false);
  CHECK(causes.unused.empty());
}

TEST_CASE("causes: a difference within that of repeats may be chance") {
  Past past;
  for (const int seed : {0, 1, 2})
    past.add({{"seed", seed}}, 0.9 + 0.01 * seed);
  const auto a = parts_of(1, {{"seed", 0}});
  const auto b = parts_of(2, {{"seed", 1}});
  CHECK(find_causes({a, b, {}, {}, {}, 0.90, 0.91}, past.witness()).within_chance == true);
  CHECK(find_causes({a, b, {}, {}, {}, 0.90, 0.80}, past.witness()).within_chance == false);
  CHECK(!find_causes({a, b, {}, {}, {}, std::nullopt, 0.8}, past.witness()).within_chance);
  CHECK(find_causes({a, a, {}, {}, {}, 0.9, 0.9}, past.witness()).differences.empty());
}

TEST_CASE("causes: comments come last") {
  FileHunks comment{"a.py", "a.py", false, {{"@@ -1 +1 @@", {"-# a", "+# b"}, 1, 1, true}}};
  const auto a = parts_of(1, {{"lr", 1}}, "t");
  const auto b = parts_of(2, {{"lr", 2}}, "u");
  const Causes causes = find_causes({a, b, {comment}, {}, {}, 1, 2}, Past().witness());
  CHECK(names(causes.differences) == std::vector<std::string>{"parameter lr", "code"});
  CHECK(causes.differences[1].comments_only);
}

namespace {

model::File file(std::string path, std::string sha256, model::FileModes modes = model::kRead) {
  model::File file;
  file.state.path = path;
  file.state.sha256 = std::move(sha256);
  file.state.digest = model::DigestKind::whole;
  file.uses.push_back({std::move(path), 0, modes, 0, 0, ""});
  file.state.role = model::role_by_use(file, false);
  return file;
}

void traced(model::RunParts& parts, std::vector<model::File> files) {
  parts.capture.level = "files";
  parts.capture.complete = true;
  parts.files = std::move(files);
}

FileHunks changed(const std::string& path) {
  return {path, path, false, {{"@@ -1 +1 @@", {"-a", "+b"}, 1, 1, false}}};
}

}  // namespace

TEST_CASE("reading: what was read, and what certainly was not") {
  model::RunParts parts;
  CHECK(ReadFiles(parts).was_read("a.py") == Used::unknown);
  traced(parts, {file("a.py", "1"), file("out.txt", "2", model::kWritten | model::kCreated),
                 file("pkg/__pycache__/mod.cpython-311.pyc", "3")});
  CHECK(ReadFiles(parts).was_read("a.py") == Used::yes);
  CHECK(ReadFiles(parts).was_read("out.txt") == Used::no);
  CHECK(ReadFiles(parts).was_read("pkg/mod.py") == Used::yes);
  CHECK(ReadFiles(parts).was_read("b.py") == Used::no);
  parts.capture.complete = false;
  CHECK(ReadFiles(parts).was_read("b.py") == Used::unknown);
  parts.capture.complete = true;
  parts.capture.level = "outputs";
  CHECK(ReadFiles(parts).was_read("b.py") == Used::unknown);
  CHECK(is_python_cache("__pycache__/x.cpython-311.pyc"));
  CHECK(!is_python_cache("my__pycache__/x.pyc"));
}

TEST_CASE("causes: code that was not read stands apart") {
  auto a = parts_of(1, {}, "t");
  auto b = parts_of(2, {}, "u");
  traced(a, {file("train.py", "1"), file("__pycache__/model.cpython-311.pyc", "3")});
  traced(b, {file("train.py", "2"), file("__pycache__/model.cpython-311.pyc", "4")});
  const Causes causes =
      find_causes({a,
                   b,
                   {changed("ideas.py"), changed("model.py"), changed("train.py")},
                   [](const std::string& path) { return path == "train.py"; },
                   [](const std::string& path) { return path == "train.py"; },
                   1,
                   2},
                  Past().witness());
  REQUIRE(causes.differences.size() == 1);
  CHECK(causes.differences[0].used == Used::yes);
  REQUIRE(causes.differences[0].files.size() == 2);
  CHECK(causes.differences[0].files[0].change.path == "model.py");
  REQUIRE(causes.unused.size() == 1);
  CHECK(causes.unused[0].files.at(0).change.path == "ideas.py");
}

TEST_CASE("causes: inputs and packages differ by digest and version") {
  auto a = parts_of(1, {}, "t");
  auto b = parts_of(2, {}, "t");
  traced(a, {file("/data/x.csv", "1"), file("data/y.csv", "5")});
  traced(b, {file("/data/x.csv", "2"), file("data/y.csv", "5")});
  a.capture.environment =
      parse_json(R"({"packages":{"numpy":"1.24"},"libraries":{"libc.so.6":"2.36"}})");
  b.capture.environment =
      parse_json(R"({"packages":{"numpy":"1.26"},"libraries":{"libc.so.6":"2.36"}})");
  const Causes causes = find_causes({a, b, {}, {}, {}, 1, 2}, Past().witness());
  CHECK(names(causes.differences) ==
        std::vector<std::string>{"input /data/x.csv", "package numpy"});
}
