#include "capture/parameter_files.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <string>

#include "base/error.h"
#include "base/text.h"
#include "capture/parameters.h"

namespace clew::capture {
namespace {

std::string read(std::string_view name, std::string_view content) {
  std::string out;
  for (const auto& param : parameters_from_file(name, content)) {
    CHECK(param.source == model::Source::file);
    CHECK(param.file == name);
    out += concat(out.empty() ? "" : " ", param.name, '=', dump_json(param.value));
  }
  return out;
}
std::string yaml(std::string_view content) {
  return read("c.yaml", content);
}
std::string toml(std::string_view content) {
  return read("c.toml", content);
}
std::string ini(std::string_view content) {
  return read("c.ini", content);
}

std::string error_of(std::string_view name, std::string_view content) {
  try {
    read(name, content);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::failed);
    return error.message();
  }
  return "no error";
}

std::string repeat(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) {
    out += text;
  }
  return out;
}

}  // namespace

TEST_CASE("YAML scalars are those of the core schema") {
  CHECK(yaml("a: 1e-3") == "a=0.001");
  CHECK(yaml("a: 1E+2") == "a=100.0");
  CHECK(yaml("a: .5") == "a=0.5");
  CHECK(yaml("a: +1") == "a=1");
  CHECK(yaml("a: -0012") == "a=-12");
  CHECK(yaml("a: 0x1F") == "a=31");
  CHECK(yaml("a: 0o17") == "a=15");
  CHECK(yaml("a: yes") == "a=\"yes\"");
  CHECK(yaml("a: TRUE\nb: false") == "a=true b=false");
  CHECK(yaml("a: ~\nb: null\nc:\nd: Null") == "a=null b=null c=null d=null");
  CHECK(yaml("a: '1'\nb: \"true\"\nc: !!str 5\nd: |\n  1\n") ==
        "a=\"1\" b=\"true\" c=\"5\" d=\"1\\n\"");
  CHECK(yaml("a: 9223372036854775807\nb: 9223372036854775808") ==
        "a=9223372036854775807 b=\"9223372036854775808\"");
  CHECK(yaml("a: -.inf\nb: .NaN\nc: +.Inf") == "a=\"-Infinity\" b=\"NaN\" c=\"Infinity\"");
  for (const char* text : {"0x", "0xG", "0x-1", "0o8", "+-1", "--1", "1_000", "12:30", "1e", "."}) {
    INFO(text);
    const auto params = parameters_from_file("c.yaml", concat("a: ", text));
    CHECK(params[0].value == Json(text));
  }
}

TEST_CASE("YAML maps are flattened, lists are values") {
  CHECK(yaml("b:\n  d: {e: 1}\n  c: [1, {x: y}, []]\na: {}\n") ==
        "a={} b.c=[1,{\"x\":\"y\"},[]] b.d.e=1");
  CHECK(yaml("1: x\ntrue: y\n~: z\n") == "1=\"x\" null=\"z\" true=\"y\"");
  CHECK(yaml("a: 1\nb: 2\na: 3\n") == "a=3 b=2");
  CHECK(yaml("a.b: 1\na: {b: 2}\n") == "a.b=2");
}

TEST_CASE("YAML anchors and merge keys") {
  CHECK(yaml("x: &x {a: 1, b: 2}\ny:\n  b: 3\n  <<: *x\n") == "x.a=1 x.b=2 y.a=1 y.b=3");
  CHECK(yaml("x: &x {a: 1}\ny: &y {a: 2, b: 3}\nz: {<<: [*x, *y], c: 4}\n") ==
        "x.a=1 y.a=2 y.b=3 z.a=1 z.b=3 z.c=4");
  CHECK(yaml("'<<': 1\n") == "<<=1");
  CHECK(error_of("c.yaml", "<<: 1\n") ==
        "cannot read 'c.yaml': line 1, column 5: a merge key must name a map");
  CHECK(error_of("c.yaml", "<<: [1]\n") ==
        "cannot read 'c.yaml': line 1, column 6: a merge key must name maps");
}

TEST_CASE("only the first YAML document counts") {
  CHECK(yaml("a: 1\n---\nb: 2\n") == "a=1");
  CHECK(yaml("\xEF\xBB\xBF"
             "a: 1\r\nb: 2\r\n") == "a=1 b=2");
  CHECK(yaml("") == "");
  CHECK(yaml("# nothing\n---\n") == "");
  CHECK(yaml("{}") == "");
}

TEST_CASE("faults in YAML name their place") {
  CHECK(error_of("c.yaml", "a: 1\nb: [1, 2\nc: 3\n").starts_with("cannot read 'c.yaml': line "));
  CHECK(error_of("c.yaml", "a: 1\n\tb: 2\n").starts_with("cannot read 'c.yaml': line 2, column "));
  CHECK(error_of("c.yaml", "a: *none\n").starts_with("cannot read 'c.yaml': line 1, column "));
  CHECK(error_of("c.yaml", "? [1, 2]\n: x\n") ==
        "cannot read 'c.yaml': line 1, column 3: a key must be a scalar");
  CHECK(error_of("c.yaml", "- 1\n- 2\n") == "cannot read 'c.yaml': not a map of names to values");
  CHECK(error_of("c.yaml", "hello") == "cannot read 'c.yaml': not a map of names to values");
  CHECK(error_of("c.yaml", "'': 1") == "cannot read 'c.yaml': a name is empty");
}

TEST_CASE("YAML aliases cannot explode") {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int level = 1; level < 10; ++level) {
    const std::string item = concat("*a", level - 1);
    bomb += concat("a", level, ": &a", level, " [", item, repeat(concat(", ", item), 9), "]\n");
  }
  CHECK(error_of("c.yaml", bomb).ends_with("too many values"));
  CHECK(error_of("c.yaml", "a: &a [*a]\n").ends_with("nested too deeply"));
  CHECK(error_of("c.yaml", "a: &a {b: *a}\n").ends_with("nested too deeply"));
  CHECK(error_of("c.yaml", concat("a: ", repeat("[", 5000))).ends_with("nested too deeply"));
  CHECK(error_of("c.yaml", concat("a: ", repeat("[", 200), repeat("]", 200)))
            .ends_with("nested too deeply"));
}

TEST_CASE("a file has a limit of size and of values") {
  std::string lines;
  for (int i = 0; i < 1000; ++i) {
    lines += concat("n", i, ": 1\n");
  }
  CHECK(parameters_from_file("c.yaml", lines).size() == 1000);
  CHECK(error_of("c.yaml", lines + "x: 1\n") == "cannot read 'c.yaml': more than 1,000 values");
  CHECK(error_of("c.json", concat("{\"a\":[1", repeat(",1", 1000), "]}")) ==
        "cannot read 'c.json': more than 1,000 values");
  CHECK(parameters_from_file("c.json", concat("{\"a\":[1", repeat(",1", 999), "]}")).size() == 1);
  CHECK(read("c.json", concat("{\"a\":\"\\\"", repeat(",", 2000), "\"}")).size() == 2006);
  CHECK(parameters_from_file("c.ini", repeat("a = 1\n", 1000)).size() == 1);
  CHECK(error_of("c.ini", repeat("a = 1\n", 1001)) ==
        "cannot read 'c.ini': more than 1,000 values");
  CHECK(error_of("c.json", std::string((256 << 10) + 1, ' ')) ==
        "cannot read 'c.json': larger than 256 KiB");
}

TEST_CASE("JSON files") {
  CHECK(read("c.json", R"({"b":{"c":1.0,"d":[1]},"a":"x","e":{}})") ==
        "a=\"x\" b.c=1.0 b.d=[1] e={}");
  CHECK(read("C.JSON", "\xEF\xBB\xBF{}") == "");
  CHECK(read("c.json", "null") == "");
  CHECK(error_of("c.json", "{\"a\":}").starts_with("cannot read 'c.json': "));
  CHECK(error_of("c.json", "") != "no error");
}

TEST_CASE("TOML files") {
  CHECK(toml("lr = 1e-3\nn = 1_000\nd = 2024-01-02\nt = 2024-01-02T03:04:05Z\n[m]\nx.y = 'a'\n"
             "l = [1, 2.5, true]\n[[r]]\nz = 1\n") ==
        "d=\"2024-01-02\" lr=0.001 m.l=[1,2.5,true] m.x.y=\"a\" n=1000 r=[{\"z\":1}] "
        "t=\"2024-01-02T03:04:05Z\"");
  CHECK(toml("a = inf\nb = 03:04:05\n") == "a=\"Infinity\" b=\"03:04:05\"");
  CHECK(toml("") == "");
  CHECK(error_of("c.toml", "a = 1\nb = \n").starts_with("cannot read 'c.toml': line 2, column "));
  CHECK(error_of("c.toml", "a = 1\na = 2\n").starts_with("cannot read 'c.toml': line 2, column "));
  CHECK(error_of("c.toml", concat("a = ", repeat("[", 5000))) != "no error");
  CHECK(error_of("c.toml", concat("a", repeat(".a", 100'000), "=1")) ==
        "cannot read 'c.toml': nested too deeply");
  CHECK(error_of("c.toml", repeat(concat("a", repeat(".a", 15), "={"), 3000)) != "no error");
  CHECK(parameters_from_file("c.toml", concat("a", repeat(".a", 500), "=1")).size() == 1);
  CHECK(error_of("c.toml", "[!") != "no error");
  CHECK(error_of("c.toml", "[.a]") != "no error");
}

TEST_CASE("lines of names and values, in sections or not") {
  CHECK(ini("; comment\nlr = 0.1\n[model]\ndepth: 3 # why\nname = 'a # b' ; c\n[]x]\nk=\n") ==
        "]x.k=\"\" lr=0.1 model.depth=3 model.name=\"a # b\"");
  CHECK(ini("[a]\n  x = 1\n  y = a;b\n  z = #1\n") == "a.x=1 a.y=\"a;b\" a.z=\"#1\"");
  CHECK(ini("l =\n  a\n  b\nm = 1\n") == "l=\"a\\nb\" m=1");
  CHECK(ini("a = 1\na = 2\r\n[s]\n[s]\nb=True\n") == "a=2 s.b=true");
  CHECK(ini("s = 1\n[s]\nx = 2\n") == "s.x=2");
  CHECK(read("params.txt", "lr = 0.1\npath = C:\\x\nurl: http://h\n") ==
        "lr=0.1 path=\"C:\\\\x\" url=\"http://h\"");
  CHECK(ini("") == "");
  CHECK(error_of("c.ini", "a = 1\nb\n") ==
        "cannot read 'c.ini': line 2: neither a section nor 'name = value'");
  CHECK(error_of("c.ini", "= 1\n") ==
        "cannot read 'c.ini': line 1: neither a section nor 'name = value'");
  for (const char* text : {"[", "[a", "[]", "[ ]", "[a] x"}) {
    INFO(text);
    CHECK(error_of("c.ini", text) == "cannot read 'c.ini': line 1: malformed section");
  }
}

TEST_CASE("a file cut anywhere is read or refused") {
  const std::string_view texts[][2] = {
      {"c.yaml", "a: &x {b: [1, 'c', \"d\"]}\n? e\n: |\n  f\n<<: *x\ng: !!int 5 # h\n"},
      {"c.json", R"({"a":{"b":[1,2.5e-3,"c\u00e9"],"d":null}})"},
      {"c.toml", "a = 1\n[b.c]\nd = [1, {e = 'f'}]\ng = \"\"\"\nh\"\"\"\n"},
      {"c.ini", "a = 'b' ; c\n[d]\ne: f\n  g\n"}};
  for (const auto& [name, text] : texts) {
    for (std::size_t size = 0; size <= text.size(); ++size) {
      try {
        (void)parameters_from_file(name, text.substr(0, size));
      } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::failed);
      }
    }
  }
}

TEST_CASE("a file with any byte changed is read or refused") {
  const std::string text = "a: &x {b: [1, 'c', \"d\"]}\n? e\n: |\n  f\n<<: *x\ng: !!int 5 # h\n";
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const char byte : std::string_view("\0\t\n !\"#%&'*,-:<>?@[]`{|}\x80\xFF", 26)) {
      std::string changed = text;
      changed[at] = byte;
      for (const char* name : {"c.yaml", "c.toml", "c.json", "c.ini"}) {
        try {
          (void)parameters_from_file(name, changed);
        } catch (const Error& error) {
          CHECK(error.kind() == ErrorKind::failed);
        }
      }
    }
  }
}

}  // namespace clew::capture
