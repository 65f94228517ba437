#include "base/json.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "base/error.h"

using clew::dump_json;
using clew::Json;
using clew::parse_json;

TEST_CASE("a JSON text survives reading and writing") {
  const std::string text =
      R"({"a":1,"b":1.0,"c":[true,false,null,"x\ny"],"d":{},"e":-0.0,"f":1e-05,"g":"\u0001é"})";
  CHECK(dump_json(parse_json(text)) == text);
}

TEST_CASE("every character is written so that it is read back, wherever it stands in a text") {
  for (int code = 0; code < 0x80; ++code) {
    const auto character = static_cast<char>(code);
    const bool plain = code >= 0x20 && code != '"' && code != '\\' && code != 0x7f;
    for (std::size_t size = 1; size <= 18; ++size) {
      for (std::size_t place = 0; place < size; ++place) {
        std::string text(size, '~');
        text[place] = character;
        const auto written = dump_json(Json(text));
        const bool unchanged = written == '"' + text + '"';
        if (unchanged != plain || parse_json(written) != Json(text)) FAIL(code);
      }
    }
  }
}

TEST_CASE("integers and doubles stay what they are") {
  CHECK(parse_json("1").is_int());
  CHECK(parse_json("1.0").is_double());
  CHECK_FALSE(parse_json("1") == parse_json("1.0"));
  CHECK(dump_json(Json(100.0)) == "100.0");
  CHECK(dump_json(Json(1e300)) == "1e+300");
  CHECK(parse_json("9223372036854775807").as_int() == std::numeric_limits<std::int64_t>::max());
  CHECK(parse_json("9223372036854775808").is_double());
}

TEST_CASE("doubles are written with the fewest digits that read back to the same bits") {
  for (const double value : {0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, 0.0005000000237487257}) {
    CHECK(parse_json(dump_json(Json(value))).as_double() == value);
  }
  CHECK(dump_json(Json(0.0005000000237487257)) == "0.0005000000237487257");
}

TEST_CASE("values that JSON cannot write become strings") {
  CHECK(dump_json(Json(std::nan(""))) == R"("NaN")");
  CHECK(dump_json(Json(INFINITY)) == R"("Infinity")");
  CHECK(dump_json(Json(-INFINITY)) == R"("-Infinity")");
}

TEST_CASE("bytes that are not UTF-8 become U+FFFD") {
  CHECK(dump_json(Json("a\xff\x62")) == "\"a\xef\xbf\xbd\x62\"");
}

TEST_CASE("doubles compare by their bits") {
  CHECK(Json(std::nan("")) == Json(std::nan("")));
  CHECK_FALSE(Json(0.0) == Json(-0.0));
}

TEST_CASE("a later duplicate of a key wins in the first one's place") {
  CHECK(dump_json(parse_json(R"({"a":1,"b":2,"a":3})")) == R"({"a":3,"b":2})");
}

TEST_CASE("what is not JSON is refused") {
  for (const auto* text :
       {"", "{", "[1,]", "{\"a\"}", "nul", "1 2", "\"\xff\"", "'x'", "[1e999]x"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(parse_json(text), clew::Error);
  }
}

TEST_CASE("nesting is bounded, so that no text can exhaust the stack") {
  CHECK_NOTHROW(parse_json(std::string(256, '[') + std::string(256, ']')));
  CHECK_THROWS_AS(parse_json(std::string(1 << 20, '[')), clew::Error);
}

TEST_CASE("a value of another type is a bug of the caller") {
  CHECK_THROWS_AS(static_cast<void>(Json("x").as_int()), clew::Error);
  CHECK(Json(3).as_double() == 3.0);
}

TEST_CASE("the pretty layout") {
  CHECK(dump_json(parse_json(R"({"a":[1,2],"b":{},"c":[]})"), clew::JsonLayout::pretty) ==
        "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {},\n  \"c\": []\n}");
}
