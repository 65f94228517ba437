#include "expr/expression.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <map>

#include "base/error.h"
#include "base/text.h"

using namespace clew;
using expr::Expression;
using expr::Scratch;
using expr::Value;

namespace {

/// The value of an expression as JSON text, with the given values of names.
std::string result(std::string_view text, const std::map<std::string, Json>& names = {}) {
  Scratch scratch;
  const Value value = Expression::parse(text).evaluate(
      [&](const expr::Reference& name) {
        const auto found = names.find(name.title());
        return found == names.end() ? Value() : Value::from_json(found->second, scratch);
      },
      scratch);
  return dump_json(value.to_json());
}

Error error_of(std::string_view text) {
  try {
    static_cast<void>(Expression::parse(text));
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error for '" << text << "'");
  throw std::logic_error("unreachable");
}

std::vector<std::string> names_in(std::string_view text) {
  std::vector<std::string> names;
  const Expression expression = Expression::parse(text);
  for (const auto& name : expression.names())
    names.push_back(name.title());
  return names;
}

}  // namespace

TEST_CASE("expressions: arithmetic and precedence") {
  CHECK(result("1 + 2 * 3") == "7");
  CHECK(result("(1 + 2) * 3") == "9");
  CHECK(result("7 / 2") == "3.5");
  CHECK(result("7 % 4") == "3");
  CHECK(result("7.5 % 4") == "3.5");
  CHECK(result("2 - 3 - 4") == "-5");
  CHECK(result("-2 * -3") == "6");
  CHECK(result("- - 3") == "3");
  CHECK(result("1 < 2 and 2 < 1 or true") == "true");
  CHECK(result("not 1 = 2") == "true");
  CHECK(result("not not false") == "false");
  CHECK(result("1 = 1 || 1 = 2") == "true");
  CHECK(result("1e3") == "1000.0");
  CHECK(result(".5") == "0.5");
  CHECK(result("9223372036854775807 + 1") == "9223372036854775808.0");
  CHECK(result("9223372036854775807 % -1") == "0");
  CHECK(result("5 % 0") == "\"NaN\"");
}

TEST_CASE("expressions: functions") {
  CHECK(result("abs(-3)") == "3");
  CHECK(result("min(3, 1, 2)") == "1");
  CHECK(result("max(1, 2.5)") == "2.5");
  CHECK(result("max(nan, 1)") == "1");
  CHECK(result("log(exp(2))") == "2.0");
  CHECK(result("log10(1000)") == "3.0");
  CHECK(result("sqrt(16) + pow(2, 3)") == "12.0");
  CHECK(result("round(2.567, 1)") == "2.6");
  CHECK(result("floor(2.5) + ceil(2.5)") == "5.0");
  CHECK(result("isnan(nan)") == "true");
  CHECK(result("isnan(1)") == "false");
  CHECK(result("isnan(x)") == "null");
  CHECK(result("isinf(-inf)") == "true");
  CHECK(result("coalesce(x, y, 3)", {{"y", nullptr}}) == "3");
  CHECK(result("lower('Adam')") == "\"adam\"");
  CHECK(result("UPPER('Adam')") == "\"ADAM\"");
  CHECK(result("length('größe')") == "5");
}

TEST_CASE("expressions: what is missing decides nothing") {
  CHECK(result("x") == "null");
  CHECK(result("x + 1") == "null");
  CHECK(result("x = 1") == "null");
  CHECK(result("x = 1 or true") == "true");
  CHECK(result("x = 1 and false") == "false");
  CHECK(result("x = 1 or false") == "null");
  CHECK(result("not x") == "null");
  CHECK(result("x is null") == "true");
  CHECK(result("x is not null") == "false");
  CHECK(result("1 in (2, x)") == "null");
  CHECK(result("1 in (1, x)") == "true");
  CHECK(result("x not in (1)") == "null");
}

TEST_CASE("expressions: numbers and texts that are numbers compare alike") {
  CHECK(result("'0.1' = 0.1") == "true");
  CHECK(result("'0.10' = 0.1") == "true");
  CHECK(result("'0.10' = '0.1'") == "false");
  CHECK(result("'0.01' < 0.1") == "true");
  CHECK(result("'auto' != 0.1") == "true");
  CHECK(result("'auto' = 0.1") == "false");
  CHECK(result("'auto' < 0.1") == "false");
  CHECK(result("'auto' >= 0.1") == "false");
  CHECK(result("'True' = true") == "true");
  CHECK(result("true = 1") == "true");
  CHECK(result("2 = 2.0") == "true");
  CHECK(result("'b' > 'a'") == "true");
  CHECK(result("9007199254740993 = 9007199254740992.0") == "false");
  CHECK(result("9007199254740993 > 9007199254740992.0") == "true");
  CHECK(result("9223372036854775807 < 1e300") == "true");
}

TEST_CASE("expressions: NaN is equal to nothing") {
  const std::map<std::string, Json> names = {{"loss", std::nan("")}};
  CHECK(result("loss = loss", names) == "false");
  CHECK(result("loss != 1", names) == "true");
  CHECK(result("loss < 1", names) == "false");
  CHECK(result("loss > 1", names) == "false");
  CHECK(result("not (loss < 1)", names) == "true");
}

TEST_CASE("expressions: lists, ranges and patterns") {
  CHECK(result("2 in (1, 2)") == "true");
  CHECK(result("'a' not in ('b', 'c')") == "true");
  CHECK(result("2 between 1 and 3 and true") == "true");
  CHECK(result("2 not between 1 and 3") == "false");
  CHECK(result("'ResNet50' like 'resnet%'") == "true");
  CHECK(result("'ResNet50' like 'resnet__'") == "true");
  CHECK(result("'größe' like 'gr__e'") == "true");
  CHECK(result("'ResNet50' glob 'Res*'") == "true");
  CHECK(result("'ResNet50' glob 'res*'") == "false");
  CHECK(result("'a/b-3' glob 'a*[0-9]'") == "true");
  CHECK(result("'a/b-3' not glob 'a*[!0-9]'") == "true");
  CHECK(result("'[' glob '['") == "true");
  CHECK(result("64 like '6_'") == "true");
  const std::string long_text(2000, 'a');
  CHECK(result(concat("'", long_text, "' like '%a%a%a%a%a%a%a%b'")) == "false");
}

TEST_CASE("expressions: several texts, of which any counts") {
  const std::string two("base\0best\0", 10);
  const auto test = [&](std::string_view text, std::string_view tags) {
    Scratch scratch;
    const Value value = Expression::parse(text).evaluate(
        [&](const expr::Reference&) { return Value::any_of(tags); }, scratch);
    return dump_json(value.to_json());
  };
  CHECK(test("tag = 'best'", two) == "true");
  CHECK(test("'best' = tag", two) == "true");
  CHECK(test("tag = 'x'", two) == "false");
  CHECK(test("tag != 'best'", two) == "false");
  CHECK(test("tag != 'x'", two) == "true");
  CHECK(test("tag in ('x', 'base')", two) == "true");
  CHECK(test("tag like 'be%'", two) == "true");
  CHECK(test("tag not like 'x%'", two) == "true");
  CHECK(test("tag is null", two) == "false");
  CHECK(test("tag = 'x'", "") == "false");
  CHECK(test("tag != 'x'", "") == "true");
  CHECK(test("tag is null", "") == "true");
  CHECK(test("tag", two) == R"(["base","best"])");
}

TEST_CASE("expressions: names") {
  CHECK(names_in("lr < 0.01 and (val_acc.max > 0.9 or lr = 1)") ==
        std::vector<std::string>{"lr", "val_acc.max"});
  CHECK(names_in("val/loss@10 > \"a b\".max - \"x\"\"y\"") ==
        std::vector<std::string>{"val/loss@10", "a b.max", "x\"y"});
  CHECK(names_in("top-1 + 3d_conv") == std::vector<std::string>{"top-1", "3d_conv"});
  CHECK(names_in("größe > 1") == std::vector<std::string>{"größe"});
  CHECK(names_in("a -b") == std::vector<std::string>{"a", "b"});
  CHECK(names_in("loss@-1") == std::vector<std::string>{"loss@-1"});
  CHECK(Expression::parse("\"and\"").is_name());
  CHECK(Expression::parse(" (lr) ").is_name());
  CHECK_FALSE(Expression::parse("-lr").is_name());
  CHECK(Expression::parse("  lr + 1 ").text() == "lr + 1");
}

TEST_CASE("expressions: durations") {
  CHECK(result("90s") == "90.0");
  CHECK(result("1.5h") == "5400.0");
  CHECK(result("7d = 1w") == "true");
  CHECK(result("7d = 168h") == "true");
}

TEST_CASE("expressions: a fault is shown where it is") {
  const Error early = error_of("lr <");
  CHECK(early.kind() == ErrorKind::usage);
  CHECK(early.message() == "the expression ends too early at column 5\n  lr <\n      ^");
  CHECK(error_of("größe ) 1").message() == "unexpected ')' at column 7\n  größe ) 1\n        ^");
  CHECK(error_of("").message().starts_with("the expression is empty"));
  CHECK(error_of("'abc").message().starts_with("missing ' at the end at column 1"));
  CHECK(error_of("lr = #").message().starts_with("unexpected '#' at column 6"));
  CHECK(error_of("loss@x").message().starts_with("no step after '@' at column 5"));
  CHECK(error_of("(1 + 2").message().starts_with("missing ')'"));
  CHECK(error_of("1 in 2").message().starts_with("missing '('"));
  CHECK(error_of("1 between 2").message().starts_with("the expression ends too early"));
  CHECK(error_of("a and or b").hints().front().find("\"or\"") != std::string::npos);
  const Error function = error_of("is_nan(loss)");
  CHECK(function.message().starts_with("unknown function 'is_nan' at column 1"));
  CHECK(function.hints().front() == "did you mean 'isnan'?");
  CHECK(error_of("abs(1, 2)").message().starts_with("'abs' does not take 2 values"));
  CHECK(error_of("a b").message().starts_with("unexpected 'b'"));
  CHECK(error_of(std::string(5000, '(')).message().starts_with("the expression is nested too"));
}

TEST_CASE("expressions: lists") {
  const auto columns =
      expr::parse_list("lr, \"x,y\" , val_acc.max as best,lr * 2", expr::ListOf::columns);
  REQUIRE(columns.size() == 4);
  CHECK(columns[1].title == "x,y");
  CHECK(columns[2].title == "best");
  CHECK(columns[3].title == "lr * 2");
  const auto orders = expr::parse_list("-val_acc.max,lr desc,b asc,c", expr::ListOf::orders);
  REQUIRE(orders.size() == 4);
  CHECK(orders[0].descending);
  CHECK(orders[0].title == "val_acc.max");
  CHECK(orders[1].descending);
  CHECK_FALSE(orders[2].descending);
  CHECK_FALSE(orders[3].descending);
  CHECK_THROWS_AS(expr::parse_list(" , ", expr::ListOf::columns), Error);
  CHECK_THROWS_AS(expr::parse_list("a b", expr::ListOf::columns), Error);
}

TEST_CASE("values: the order of listings") {
  const auto real = [](double value) { return Value::real(value); };
  const auto order = expr::sort_order;
  CHECK(order(Value::integer(1), real(2), false) < 0);
  CHECK(order(Value::integer(1), real(2), true) > 0);
  CHECK(order(Value::text("0.5"), real(2), false) < 0);
  CHECK(order(real(2), Value::text("adam"), false) < 0);
  CHECK(order(real(2), Value::text("adam"), true) > 0);
  CHECK(order(Value::text("a"), Value::text("b"), true) > 0);
  for (const bool descending : {false, true}) {
    CHECK(order(real(2), Value(), descending) < 0);
    CHECK(order(Value::text("z"), Value(), descending) < 0);
    CHECK(order(real(std::nan("")), Value(), descending) < 0);
    CHECK(order(Value::text("z"), real(std::nan("")), descending) < 0);
    CHECK(order(Value(), Value(), descending) == 0);
  }
  const double inf = std::numeric_limits<double>::infinity();
  CHECK(order(real(-inf), real(inf), false) < 0);
}

TEST_CASE("values: a float32 is the number that was meant") {
  CHECK(expr::as_meant(0.0005000000237487257) == 0.0005);
  CHECK(expr::as_meant(static_cast<double>(0.1F)) == 0.1);
  CHECK(expr::as_meant(static_cast<double>(1e-7F)) == 1e-7);
  CHECK(expr::as_meant(0.0005) == 0.0005);
  CHECK(expr::as_meant(0.5) == 0.5);
  CHECK(expr::as_meant(123456792.0) == 123456792.0);
  CHECK(std::isinf(expr::as_meant(std::numeric_limits<double>::infinity())));
  CHECK(std::isnan(expr::as_meant(std::nan(""))));
}
