#include "ui/table.h"

#include <catch2/catch.hpp>

#include "base/text.h"
#include "cmd/printed.h"

using clew::cmd::testing::Paper;
using clew::cmd::testing::printed;
using clew::ui::Align;
using clew::ui::cut;
using clew::ui::display_width;
using clew::ui::Label;
using clew::ui::padded;
using clew::ui::Table;

namespace {

Table sample() {
  Table table({{"id"}, {"name", Align::left, true}, {"loss", Align::right, true}});
  table.row({{"9f3c2a7b", Label::id}, {"a-rather-long-name"}, {"0.25"}});
  table.row({{"1b2c3d4e", Label::id}, {"短い名前"}, {"12.5"}});
  return table;
}

std::string print(const Table& table, std::size_t columns) {
  return printed(columns, [&table](clew::ui::Output& out) { table.print(out); });
}

std::size_t widest_line(const std::string& text) {
  std::size_t widest = 0;
  for (const auto line : clew::split(text, '\n'))
    widest = std::max(widest, display_width(line));
  return widest;
}

}  // namespace

TEST_CASE("a table aligns its columns, wide characters too") {
  CHECK(print(sample(), 0) ==
        "id        name                loss\n"
        "9f3c2a7b  a-rather-long-name  0.25\n"
        "1b2c3d4e  短い名前            12.5\n");
  CHECK(print(sample(), 80) == print(sample(), 0));
}

TEST_CASE("the widest column that shrinks gives way to a narrow terminal") {
  CHECK(print(sample(), 30) ==
        "id        name            loss\n"
        "9f3c2a7b  a-rather-long…  0.25\n"
        "1b2c3d4e  短い名前        12.5\n");
  for (std::size_t columns = 1; columns < 50; ++columns) {
    CAPTURE(columns);
    CHECK(widest_line(print(sample(), columns)) <= columns);
  }
}

TEST_CASE("of a column of numbers only the title is cut") {
  Table table({{"a.long.name.of.a.loss", Align::right, true}, {"x"}});
  table.row({{"0.123456789"}, {"y"}});
  CHECK(print(table, 14) == "a.long.nam…  x\n0.123456789  y\n");
}

TEST_CASE("decimal points stand under one another") {
  Table table({{"loss", Align::point, true}, {"x"}});
  table.row({{"0.25"}, {"a"}});
  table.row({{"12"}, {"b"}});
  table.row({{"–"}, {"c"}});
  table.row({{"-1.5e-05"}, {"d"}});
  table.row({{"nan"}});
  CHECK(print(table, 0) ==
        "     loss  x\n"
        "  0.25     a\n"
        " 12        b\n"
        "  –        c\n"
        " -1.5e-05  d\n"
        "nan\n");
}

TEST_CASE("nothing is cut where there is no terminal") {
  Table table({{"value", Align::left, true}});
  const std::string text(500, 'x');
  table.row({{text}});
  CHECK(print(table, 0) == "value\n" + text + "\n");
}

TEST_CASE("no line of a table ends with a space") {
  Table table({{"a"}, {"b"}, {"c", Align::right}});
  table.row({{"1"}, {""}, {""}});
  table.row({{"long text"}});
  table.row({});
  CHECK(print(table, 0) == "a          b  c\n1\nlong text\n\n");
}

TEST_CASE("a table without titles has no line of headings, and may be indented") {
  Table table({{""}, {""}}, 2);
  table.row({{"key"}, {"value"}});
  CHECK(print(table, 0) == "  key  value\n");
}

TEST_CASE("an empty table prints its headings") {
  CHECK(Table({{"id"}, {"name"}}).empty());
  CHECK(print(Table({{"id"}, {"name"}}), 0) == "id  name\n");
  CHECK(print(Table({}), 80).empty());
}

TEST_CASE("colour leaves the layout as it is") {
  Paper paper(0, true);
  sample().print(paper.output);
  const std::string text = paper.text();
  CHECK(text.find("\x1b[") != std::string::npos);
  CHECK(widest_line(text) == 34);
}

TEST_CASE("cut counts columns, not bytes") {
  CHECK(cut("hello", 5) == "hello");
  CHECK(cut("hello", 4) == "hel…");
  CHECK(cut("hello", 1) == "…");
  CHECK(cut("hello", 0).empty());
  CHECK(cut("", 0).empty());
  // A wide character is taken whole or not at all.
  CHECK(cut("日本語", 6) == "日本語");
  CHECK(cut("日本語", 5) == "日本…");
  CHECK(cut("日本語", 4) == "日…");
  CHECK(cut("🎉🎉🎉", 5) == "🎉🎉…");
  // A combining mark stays with its letter.
  CHECK(cut("e\u0301e\u0301e\u0301", 2) == "e\u0301…");
  for (std::size_t width = 0; width < 12; ++width) {
    CHECK(display_width(cut("ab日e\u0301🎉cd", width)) <= width);
  }
}

TEST_CASE("padding counts columns") {
  CHECK(padded("日", 4) == "日  ");
  CHECK(padded("日", 4, Align::right) == "  日");
  CHECK(padded("long", 2) == "long");
}
