#include "prov/graph.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>

#include "base/error.h"
#include "prov/vocabulary.h"

using namespace clew;
using namespace clew::prov;

namespace {

Document one_entity(std::vector<Attribute> attributes) {
  return {{{"ex", "http://example.org/"}}, {{Kind::entity, "ex:e", {}, std::move(attributes)}}, {}};
}

/// The JSON of one attribute of one entity.
std::string written(const Value& value) {
  const auto json = parse_json(to_prov_json(one_entity({{"ex:a", value}})));
  return dump_json(*json.find("entity")->find("ex:e")->find("ex:a"));
}

}  // namespace

TEST_CASE("a literal is written with its XSD type") {
  CHECK(written(text_value("plain")) == R"("plain")");
  CHECK(written(bool_value(true)) == "true");
  CHECK(written(bool_value(false)) == "false");
  CHECK(written(name_value("ex:T")) == R"({"$":"ex:T","type":"prov:QUALIFIED_NAME"})");
  CHECK(written(time_value(1'500'000)) ==
        R"({"$":"1970-01-01T00:00:01.500000Z","type":"xsd:dateTime"})");
}

TEST_CASE("an integer has the smallest of the types that readers know") {
  using Int = std::numeric_limits<std::int32_t>;
  using Long = std::numeric_limits<std::int64_t>;
  CHECK(written(int_value(0)) == R"({"$":"0","type":"xsd:int"})");
  CHECK(written(int_value(Int::max())) == R"({"$":"2147483647","type":"xsd:int"})");
  CHECK(written(int_value(Int::min())) == R"({"$":"-2147483648","type":"xsd:int"})");
  CHECK(written(int_value(std::int64_t{Int::max()} + 1)) ==
        R"({"$":"2147483648","type":"xsd:long"})");
  CHECK(written(int_value(Long::min())) == R"({"$":"-9223372036854775808","type":"xsd:long"})");
  CHECK(written({Value::Type::integer, "18446744073709551615", {}}) ==
        R"({"$":"18446744073709551615","type":"xsd:integer"})");
}

TEST_CASE("a double has its shortest text, and XSD's names of what is no number") {
  using Real = std::numeric_limits<double>;
  CHECK(real_value(0.1).text == "0.1");
  CHECK(real_value(1e-5).text == "1e-05");
  CHECK(real_value(-0.0).text == "-0");
  CHECK(real_value(3).text == "3");
  CHECK(real_value(Real::quiet_NaN()).text == "NaN");
  CHECK(real_value(-Real::quiet_NaN()).text == "NaN");
  CHECK(real_value(Real::infinity()).text == "INF");
  CHECK(real_value(-Real::infinity()).text == "-INF");
  CHECK(written(real_value(3)) == R"({"$":"3","type":"xsd:double"})");
}

TEST_CASE("text loses what xsd:string has no place for") {
  CHECK(text_value("tab\tline\nreturn\r end").text == "tab\tline\nreturn\r end");
  CHECK(text_value("\x1b[1mbold").text == "\xef\xbf\xbd[1mbold");
  CHECK(text_value(std::string("a\0b", 3)).text ==
        "a\xef\xbf\xbd"
        "b");
  CHECK(text_value("x\xef\xbf\xbf").text == "x\xef\xbf\xbd");
  CHECK(text_value("\xef\xbf\xbey").text == "\xef\xbf\xbdy");
  CHECK(text_value("\xff!").text == "\xef\xbf\xbd!");
  CHECK(text_value("\x01\x02").text == "\xef\xbf\xbd\xef\xbf\xbd");
  CHECK(text_value("größe").text == "größe");
  CHECK(text_value("").text.empty());
}

TEST_CASE("several values of one attribute are a sorted set") {
  const auto json = parse_json(to_prov_json(one_entity({{"ex:a", text_value("b")},
                                                        {"ex:a", int_value(1)},
                                                        {"ex:a", text_value("a")},
                                                        {"ex:a", text_value("b")},
                                                        {"ex:b", text_value("one")}})));
  const auto* entity = json.find("entity")->find("ex:e");
  CHECK(dump_json(*entity) == R"({"ex:a":["a","b",{"$":"1","type":"xsd:int"}],"ex:b":"one"})");
}

TEST_CASE("the text is laid out with a line for each record and sorted keys") {
  Document document;
  document.prefixes = {{"ex", "http://example.org/"}, {"a", "urn:a:"}};
  document.records = {
      {Kind::used, "", {{"prov:entity", "ex:e"}, {"prov:activity", "ex:b"}}, {}},
      {Kind::entity, "ex:e", {}, {{"prov:label", text_value("say \"hi\"")}}},
      {Kind::activity, "ex:b", {{"prov:startTime", "2026-01-01T00:00:00Z"}}, {}},
      {Kind::activity, "ex:a", {}, {}},
  };
  CHECK(to_prov_json(document) == R"({
  "activity": {
    "ex:a": {},
    "ex:b": {"prov:startTime": "2026-01-01T00:00:00Z"}
  },
  "entity": {
    "ex:e": {"prov:label": "say \"hi\""}
  },
  "prefix": {
    "a": "urn:a:",
    "ex": "http://example.org/"
  },
  "used": {
    "_:use1": {"prov:activity": "ex:b", "prov:entity": "ex:e"}
  }
}
)");
}

TEST_CASE("an empty document is a document") {
  CHECK(to_prov_json({}) == "{\n  \"prefix\": {}\n}\n");
}

TEST_CASE("the order of records and attributes leaves no trace") {
  Document document = one_entity({{"ex:a", text_value("1")}, {"ex:b", text_value("2")}});
  for (int i = 0; i < 25; ++i) {
    const auto member = "ex:m" + std::to_string(i);
    document.records.push_back({Kind::entity, member, {}, {}});
    document.records.push_back(
        {Kind::had_member, "", {{"prov:collection", "ex:e"}, {"prov:entity", member}}, {}});
  }
  const auto text = to_prov_json(document);
  CHECK(text.find("\"_:mem01\"") != std::string::npos);
  CHECK(text.find("\"_:mem25\"") != std::string::npos);

  std::reverse(document.records.begin(), document.records.end());
  for (auto& record : document.records) {
    std::reverse(record.attributes.begin(), record.attributes.end());
    std::reverse(record.formal.begin(), record.formal.end());
  }
  std::reverse(document.prefixes.begin(), document.prefixes.end());
  CHECK(to_prov_json(document) == text);
}

TEST_CASE("equal records are written once, different ones of one name are a bug") {
  auto document = one_entity({{"ex:a", text_value("1")}});
  const auto text = to_prov_json(document);
  document.records.push_back(document.records.front());
  CHECK(to_prov_json(document) == text);

  const Record relation = {Kind::was_attributed_to, "", {{"prov:entity", "ex:e"}}, {}};
  document.records.push_back(relation);
  document.records.push_back(relation);
  const auto json = parse_json(to_prov_json(document));
  CHECK(json.find("wasAttributedTo")->as_object().size() == 1);

  document.records.push_back({Kind::entity, "ex:e", {}, {}});
  CHECK_THROWS_AS(to_prov_json(document), Error);
}

TEST_CASE("an element without a name is a bug") {
  Document document;
  document.records = {{Kind::agent, "", {}, {}}};
  CHECK_THROWS_AS(to_prov_json(document), Error);
}

TEST_CASE("every kind has PROV-JSON's key") {
  CHECK(json_key(Kind::entity) == "entity");
  CHECK(json_key(Kind::was_ended_by) == "wasEndedBy");
  CHECK(json_key(Kind::acted_on_behalf_of) == "actedOnBehalfOf");
  CHECK(json_key(Kind::had_member) == "hadMember");
}

TEST_CASE("local names are legal in every serialization, and different for different names") {
  CHECK(local_name("param", "lr") == "param.lr");
  CHECK(local_name("param", "model.depth-2_x") == "param.model.depth-2_x");
  CHECK(local_name("metric", "val/loss") == "metric.val_loss-cd4153b9da66");
  const std::vector<std::string> odd = {"",
                                        ".",
                                        "a.",
                                        "val/loss",
                                        "a b",
                                        "ä",
                                        "a:b",
                                        std::string(500, 'x'),
                                        "a\nb",
                                        "\xff",
                                        std::string(500, 'y'),
                                        "val_loss-cd4153b9da66"};
  std::vector<std::string> locals;
  for (const auto& name : odd) {
    const auto local = local_name("k", name);
    CAPTURE(name, local);
    CHECK(local.size() <= 100);
    CHECK(local.back() != '.');
    CHECK(std::all_of(local.begin(), local.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    }));
    locals.push_back(local);
  }
  std::sort(locals.begin(), locals.end());
  CHECK(std::unique(locals.begin(), locals.end()) == locals.end());
  CHECK(local_name("k", "val_loss-cd4153b9da66") != local_name("k", "val/loss"));
}
