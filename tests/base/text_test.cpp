#include "base/text.h"

#include <catch2/catch.hpp>
#include <cmath>

using namespace clew;

TEST_CASE("concat joins texts, characters and integers") {
  CHECK(concat("line ", 3, ": '", std::string("x"), '\'', -1L) == "line 3: 'x'-1");
}

TEST_CASE("UTF-8 is checked by the rules of Unicode") {
  CHECK(is_valid_utf8("aé€😀"));
  for (const auto* bytes : {"\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80", "\xe2\x82"}) {
    CHECK_FALSE(is_valid_utf8(bytes));
  }
  CHECK(valid_utf8("\xe2\x82") == "\xef\xbf\xbd");
  CHECK(valid_utf8("\xf0\x80\x80x") == "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdx");
}

TEST_CASE("base64 and back") {
  for (const std::string& bytes : {std::string(""), std::string("f"), std::string("fo"),
                                   std::string("foo"), std::string("\0\xff\x80", 3)}) {
    CHECK(from_base64(base64(bytes)) == bytes);
  }
  CHECK(base64("foob") == "Zm9vYg==");
  CHECK_FALSE(from_base64("abc"));
  CHECK_FALSE(from_base64("a=bc"));
  CHECK_FALSE(from_base64("===="));
}

TEST_CASE("numbers are read whole or not at all") {
  CHECK(parse_int("-7") == -7);
  CHECK(parse_int("+7") == 7);
  for (const auto* text : {"", "7x", " 7", "+-7", "9223372036854775808", "1.0"}) {
    CHECK_FALSE(parse_int(text));
  }
  CHECK(parse_double("1e-3") == 0.001);
  CHECK(std::isnan(*parse_double("NaN")));
  CHECK(parse_double("-inf") == -INFINITY);
  CHECK(parse_double("1e999") == INFINITY);
  CHECK(parse_double("-1e-999") == 0.0);
  for (const auto* text : {"", "1.0.0", "0x10", "1e", "one", "+-1"})
    CHECK_FALSE(parse_double(text));
}

TEST_CASE("durations and sizes for people") {
  CHECK(format_duration(420'000) == "0.42s");
  CHECK(format_duration(12'340'000) == "12.3s");
  CHECK(format_duration(59'960'000) == "1m00s");
  CHECK(format_duration(187'000'000) == "3m07s");
  CHECK(format_duration(7'500'000'000) == "2h05m");
  CHECK(format_duration(356'400'000'000) == "4d03h");
  CHECK(format_size(312) == "312 B");
  CHECK(format_size(4200) == "4.1 KiB");
  CHECK(format_size(12ULL << 20) == "12 MiB");
}

TEST_CASE("suggestions are what may have been meant, best first") {
  const std::vector<std::string> words{"log", "show", "status", "import", "export"};
  CHECK(suggestions("lgo", words) == std::vector<std::string>{"log"});
  CHECK(suggestions("exprot", words).front() == "export");
  CHECK(suggestions("xyzzy", words).empty());
  CHECK(suggestions("stat", words) == std::vector<std::string>{"status"});
}

TEST_CASE("edit distance counts a swap as one") {
  CHECK(edit_distance("lgo", "log") == 1);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("glob patterns") {
  CHECK(glob_match("*.pem", "a/b/key.pem"));
  CHECK(glob_match("data/**", "data/a/b.csv"));
  CHECK(glob_match("a/**/b", "a/b"));
  CHECK(glob_match("a/**/b", "a/x/y/b"));
  CHECK(glob_match("[a-c]?[!x]", "bzy"));
  CHECK_FALSE(glob_match("data/*", "data/a/b.csv"));
  CHECK_FALSE(glob_match("[a-c]", "d"));
  CHECK(glob_match("a[b", "a[b"));
}

TEST_CASE("words are quoted for a shell only when they need it") {
  CHECK(shell_quote("--lr=0.1") == "--lr=0.1");
  CHECK(shell_quote("it's") == "'it'\\''s'");
  CHECK(shell_quote("") == "''");
}
