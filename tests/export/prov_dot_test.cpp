#include "export/prov_dot.h"

#include <catch2/catch.hpp>

#include "base/text.h"

using namespace clew;
using namespace clew::exporter;
using prov::Document;
using prov::Kind;
using prov::name_value;
using prov::text_value;

namespace {

std::size_t count(const std::string& text, const std::string& word) {
  std::size_t found = 0;
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1))
    ++found;
  return found;
}

void add_file(Document& document, const std::string& path, Kind kind) {
  const auto id = concat("run:f", document.records.size());
  document.records.push_back({Kind::entity,
                              id,
                              {},
                              {{"prov:type", name_value("clew:File")},
                               {"prov:label", text_value(path)},
                               {"prov:location", text_value(path)},
                               {"clew:size", prov::int_value(1024)}}});
  document.records.push_back({kind, "", {{"prov:activity", "run:run"}, {"prov:entity", id}}, {}});
}

Document run_with_files(int inputs, int outputs) {
  Document document;
  document.records.push_back(
      {Kind::activity,
       "run:run",
       {{"prov:startTime", "2026-01-01T00:00:00.000000Z"},
        {"prov:endTime", "2026-01-01T00:00:12.300000Z"}},
       {{"prov:label", text_value("run \"x\"\\")}, {"clew:state", text_value("finished")}}});
  for (int i = 0; i < inputs; ++i)
    add_file(document, concat("data/part", i % 5, "/image", i, ".png"), Kind::used);
  for (int i = 0; i < outputs; ++i)
    add_file(document, concat("out", i, ".txt"), Kind::was_generated_by);
  return document;
}

}  // namespace

TEST_CASE("elements are drawn in the shapes and colours of the W3C") {
  Document document = run_with_files(1, 1);
  document.records.push_back({Kind::agent, "agent:ada", {}, {{"prov:label", text_value("ada")}}});
  document.records.push_back({Kind::was_associated_with,
                              "",
                              {{"prov:activity", "run:run"}, {"prov:agent", "agent:ada"}},
                              {}});
  const auto dot = prov_to_dot(document, {});
  CHECK(dot.find(
            R"("run:run" [label="run \"x\"\\\nfinished, 12.3s", shape=box, fillcolor="#9FB1FC")") !=
        std::string::npos);
  CHECK(dot.find(R"("agent:ada" [label="ada", shape=house, fillcolor="#FDB266")") !=
        std::string::npos);
  CHECK(dot.find(R"(shape=ellipse, fillcolor="#FFFC87")") != std::string::npos);
  CHECK(dot.find(R"("run:run" -> "run:f1" [label="used"])") != std::string::npos);
  CHECK(dot.find(R"("run:f3" -> "run:run" [label="wasGeneratedBy"])") != std::string::npos);
  CHECK(dot.find(R"("run:run" -> "agent:ada" [label="wasAssociatedWith"])") != std::string::npos);
}

TEST_CASE("many files are one node for each directory and part") {
  const auto document = run_with_files(500, 10);
  const auto dot = prov_to_dot(document, {});
  CHECK(count(dot, "[label=\"used\"]") == 5);
  CHECK(count(dot, "[label=\"wasGeneratedBy\"]") == 1);
  CHECK(dot.find(R"(label="data/part0/\n100 files, 100 KiB")") != std::string::npos);
  CHECK(dot.find("peripheries=2") != std::string::npos);
  DotOptions full;
  full.full = true;
  CHECK(count(prov_to_dot(document, full), "[label=\"used\"]") == 500);
}

TEST_CASE("directories are taken together until the picture can be read") {
  Document document = run_with_files(0, 1);
  for (int i = 0; i < 500; ++i)
    add_file(document, concat("data/d", i / 5, "/f", i), Kind::used);
  const auto dot = prov_to_dot(document, {});
  CHECK(count(dot, "[label=\"used\"]") == 1);
  CHECK(dot.find(R"(label="data/\n500 files, 500 KiB")") != std::string::npos);
}

TEST_CASE("parameters stand in the node of their configuration") {
  Document document;
  document.records.push_back(
      {Kind::entity, "run:config", {}, {{"prov:label", text_value("configuration")}}});
  for (int i = 0; i < 20; ++i) {
    const auto id = concat("run:param.p", 10 + i);
    document.records.push_back({Kind::entity,
                                id,
                                {},
                                {{"prov:type", name_value("clew:Parameter")},
                                 {"prov:label", text_value(concat("p", 10 + i))},
                                 {"prov:value", prov::int_value(i)}}});
    document.records.push_back(
        {Kind::had_member, "", {{"prov:collection", "run:config"}, {"prov:entity", id}}, {}});
  }
  const auto dot = prov_to_dot(document, {});
  CHECK(dot.find("configuration\\np10 = 0\\np11 = 1\\n") != std::string::npos);
  CHECK(dot.find("\\nand 6 more\"") != std::string::npos);
  CHECK(count(dot, "hadMember") == 0);
  DotOptions full;
  full.full = true;
  CHECK(count(prov_to_dot(document, full), "[label=\"hadMember\"]") == 20);
}

TEST_CASE("many processes of one program are one node") {
  Document document = run_with_files(0, 0);
  for (int i = 0; i < 30; ++i) {
    const auto id = concat("run:process.", i);
    document.records.push_back(
        {Kind::activity,
         id,
         {},
         {{"prov:type", name_value("clew:Process")},
          {"prov:label", text_value(concat("/usr/bin/gcc -c f", i, ".c"))}}});
    document.records.push_back(
        {Kind::was_started_by, "", {{"prov:activity", id}, {"prov:starter", "run:run"}}, {}});
  }
  const auto dot = prov_to_dot(document, {});
  CHECK(dot.find(R"(label="gcc\n30 processes")") != std::string::npos);
  CHECK(count(dot, "wasStartedBy") == 1);
}

TEST_CASE("bundles are frames, and what is not declared is drawn too") {
  Document document;
  document.bundles.push_back(
      {"ex:b", {}, {{Kind::used, "", {{"prov:activity", "ex:a"}, {"prov:entity", "ex:e"}}, {}}}});
  const auto dot = prov_to_dot(document, {});
  CHECK(dot.find("subgraph \"cluster_1\"") != std::string::npos);
  CHECK(dot.find(R"("ex:b ex:a" [label="a", shape=box)") != std::string::npos);
  CHECK(dot.find(R"("ex:b ex:a" -> "ex:b ex:e" [label="used"])") != std::string::npos);
}

TEST_CASE("the order of records leaves no trace in the picture") {
  auto document = run_with_files(100, 10);
  const auto dot = prov_to_dot(document, {});
  std::reverse(document.records.begin(), document.records.end());
  CHECK(prov_to_dot(document, {}) == dot);
}
