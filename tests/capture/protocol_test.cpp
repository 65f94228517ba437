#include "capture/protocol.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/text.h"
#include "capture/recording_sink.h"

using clew::concat;
using clew::Error;
using clew::ErrorKind;
using clew::Json;
using clew::Time;
using clew::capture::read_line;
using clew::capture::scalar_from_text;

namespace {

constexpr Time kNow = 1'700'000'000'000'000;

RecordingSink read(std::string_view line) {
  RecordingSink sink;
  REQUIRE_FALSE(read_line(line, kNow, sink).has_value());
  return sink;
}

/// The message of the error that the line is; fails when it is none or when something was taken.
std::string error_of(std::string_view line) {
  RecordingSink sink;
  try {
    read_line(line, kNow, sink);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    CHECK(sink.empty());
    return error.message();
  }
  FAIL("no error for " << line);
  return {};
}

/// All points as "name@step=value", "-" for no step.
std::string points_of(const RecordingSink& sink) {
  std::string out;
  for (const auto& [name, source, point] : sink.points) {
    if (!out.empty()) out += ' ';
    out += concat(name, '@', point.step ? std::to_string(*point.step) : "-", '=',
                  clew::shortest(point.value));
  }
  return out;
}
std::string points_of(std::string_view line) {
  return points_of(read(line));
}

}  // namespace

TEST_CASE("a blank line says nothing") {
  for (const char* line : {"", " ", "\t \r", "   \r"})
    CHECK(read(line).empty());
}

TEST_CASE("shell lines carry metrics") {
  CHECK(points_of("loss=0.2 step=3") == "loss@3=0.2");
  CHECK(points_of("step=3 loss=0.2 val/acc=1e-3\r") == "loss@3=0.2 val/acc@3=0.001");
  CHECK(points_of("  loss=0.2\t acc=.5 ") == "loss@-=0.2 acc@-=0.5");
  CHECK(points_of("loss=1 loss=2") == "loss@-=1 loss@-=2");
  CHECK(points_of("a=nan b=NaN c=inf d=-INF e=Infinity f=+inf g=-infinity h=+1") ==
        "a@-=nan b@-=nan c@-=inf d@-=-inf e@-=inf f@-=inf g@-=-inf h@-=1");
  CHECK(points_of("loss=1 step=-4") == "loss@-4=1");
  CHECK(points_of("loss=1 step=3.0") == "loss@3=1");
  CHECK(points_of("loss=1 step=1e3") == "loss@1000=1");
  CHECK(points_of("größe=1") == "größe@-=1");
  CHECK(points_of("note=1 param=2 tag=3") == "note@-=1 param@-=2 tag@-=3");
  const auto sink = read("loss=0.1");
  CHECK(sink.points[0].source == clew::model::MetricSource::api);
  CHECK(sink.points[0].point.time == kNow);
}

TEST_CASE("an epoch is the step, or a series of its own") {
  CHECK(points_of("loss=1 epoch=4") == "loss@4=1");
  CHECK(points_of("loss=1 epoch=4 step=100") == "loss@100=1 epoch@100=4");
  CHECK(points_of("loss=1 epoch=0.5") == "loss@-=1 epoch@-=0.5");
  CHECK(points_of(R"({"kind":"metrics","epoch":4,"values":{"loss":1}})") == "loss@4=1");
  CHECK(points_of(R"({"kind":"metrics","epoch":4,"step":9,"values":{"loss":1}})") ==
        "loss@9=1 epoch@9=4");
  CHECK(points_of(R"({"kind":"metrics","epoch":4.5,"step":9,"values":{"lö":1}})") ==
        "lö@9=1 epoch@9=4.5");
}

TEST_CASE("times are seconds or ISO 8601") {
  CHECK(read("a=1 time=1.5").points[0].point.time == 1'500'000);
  CHECK(read("a=1 time=2026-01-02T03:04:05.000001Z").points[0].point.time ==
        clew::parse_time("2026-01-02T03:04:05.000001Z"));
  for (const char* name : {"a", "ä"}) {  // read without and with a tree
    const std::string values = concat("\"values\":{\"", name, "\":1}}");
    CHECK(
        read(concat(R"({"kind":"metrics","time":1767322.123456,)", values)).points[0].point.time ==
        1'767'322'123'456);
    CHECK(read(concat(R"({"kind":"metrics","time":"1970-01-01T00:00:02Z",)", values))
              .points[0]
              .point.time == 2'000'000);
    CHECK(read(concat(R"({"kind":"metrics","time":null,)", values)).points[0].point.time == kNow);
    CHECK(error_of(concat(R"({"kind":"metrics","time":"noon",)", values)) ==
          "time is neither seconds since 1970 nor ISO 8601: \"noon\"");
    CHECK(error_of(concat(R"({"kind":"metrics","time":1e300,)", values)).find("time") == 0);
  }
  CHECK(error_of("a=1 time=noon") == "time 'noon' is neither seconds since 1970 nor ISO 8601");
  CHECK(error_of("a=1 time=nan").find("time 'nan'") == 0);
}

TEST_CASE("interchange lines carry metrics") {
  CHECK(points_of(R"({"kind":"metrics","step":3,"values":{"loss":0.2,"val_loss":0.3}})") ==
        "loss@3=0.2 val_loss@3=0.3");
  CHECK(
      points_of(R"( { "values" : { "a" : 1 , "b" : -2.5E-3 } , "step" : 0, "kind":"metrics" } )") ==
      "a@0=1 b@0=-0.0025");
  CHECK(points_of(R"({"kind":"metrics","run":"x","other":[{}],"values":{"a":1}})") == "a@-=1");
  CHECK(points_of(R"({"kind":"metrics","step":null,"values":{"a":1}})") == "a@-=1");
  CHECK(points_of(R"({"kind":"metrics","step":3.0,"values":{"a":1}})") == "a@3=1");
  CHECK(points_of(R"({"kind":"metrics","values":{"a":"NaN","b":"Infinity","c":"-Infinity"}})") ==
        "a@-=nan b@-=inf c@-=-inf");
  CHECK(points_of(R"({"kind":"metrics","values":{"a":NaN,"b":Infinity,"c":-Infinity}})") ==
        "a@-=nan b@-=inf c@-=-inf");
  CHECK(points_of(R"({"kind":"metrics","values":{"\"NaN\\":NaN,"NaN":-Infinity}})") ==
        "\"NaN\\@-=nan NaN@-=-inf");
  CHECK(points_of(R"({"kind":"metrics","values":{"a":1,"b":2,"a":3}})") == "a@-=3 b@-=2");
  CHECK(points_of(R"({"kind":"metrics","values":{"a\u00e9 = b":1}})") == "aé = b@-=1");
  CHECK(points_of(R"({"kind":"metrics","values":{}})").empty());
  CHECK(points_of(R"({"kind":"metrics","values":{"a":9007199254740993}})") ==
        "a@-=9007199254740992");
}

TEST_CASE("a line of many values keeps the last of a name") {
  std::string values;
  std::string expected;
  for (int i = 0; i < 100; ++i) {
    values += concat(i == 0 ? "" : ",", "\"m", i, "\":", i);
    expected += concat(i == 0 ? "" : " ", 'm', i, "@-=", i);
  }
  CHECK(points_of(concat(R"({"kind":"metrics","values":{)", values, "}}")) == expected);
  const auto sink = read(concat(R"({"kind":"metrics","values":{)", values, ",\"m7\":-1}}"));
  REQUIRE(sink.points.size() == 100);
  CHECK(sink.points[7].point.value == -1);
}

TEST_CASE("values keep their bits") {
  for (const double value :
       {0.1, 1.0 / 3, 5e-324, std::numeric_limits<double>::max(), -0.0, 123456789.123456789}) {
    const std::string text = clew::shortest(value);
    for (const auto& line :
         {concat("a=", text), concat(R"({"kind":"metrics","values":{"a":)", text, "}}")}) {
      const auto sink = read(line);
      CHECK(sink.points[0].point.value == value);
      CHECK(std::signbit(sink.points[0].point.value) == std::signbit(value));
    }
  }
}

TEST_CASE("wrong metrics are refused as a whole") {
  CHECK(error_of("loss=0.2 acc=good step=3") == "metric 'acc' is not a number: 'good'");
  CHECK(error_of("loss=0.2 acc= step=3") == "metric 'acc' is not a number: ''");
  CHECK(error_of("loss=0x10") == "metric 'loss' is not a number: '0x10'");
  CHECK(error_of("loss=nan(1)") == "metric 'loss' is not a number: 'nan(1)'");
  CHECK(error_of("loss=a=b") == "metric 'loss' is not a number: 'a=b'");
  CHECK(error_of("loss 0.2") == "'loss' is not of the form name=value");
  CHECK(error_of("=1") == "a metric has an empty name");
  CHECK(error_of("loss=1 step=3.5") == "step '3.5' is not an integer");
  CHECK(error_of("loss=1 step=nan") == "step 'nan' is not an integer");
  CHECK(error_of("loss=1 step=9223372036854775808").find("step") == 0);
  CHECK(error_of("loss=1 epoch=x") == "epoch 'x' is not a number");
  CHECK(error_of("step=3") == "no metric in 'step=3'");
  CHECK(error_of("a\x01=1") == "the name of a metric has a control character");
  CHECK(error_of("a\xff=1") == "the name of a metric is not UTF-8");
  CHECK(points_of(concat(std::string(256, 'x'), "=1")).size() == 260);
  CHECK(error_of(concat(std::string(257, 'x'), "=1")).find("longer than 256 bytes") !=
        std::string::npos);
}

TEST_CASE("wrong interchange lines are refused as a whole") {
  CHECK(error_of(R"({"kind":"metrics","values":{"a":1,"b":"x"}})") ==
        "metric 'b' is not a number: \"x\"");
  CHECK(error_of(R"({"kind":"metrics","values":{"a":1,"b":null}})") ==
        "metric 'b' is not a number: null");
  CHECK(error_of(R"({"kind":"metrics","values":{"a":true}})") ==
        "metric 'a' is not a number: true");
  CHECK(error_of(R"({"kind":"metrics","values":[1]})") ==
        "a line of kind 'metrics' lacks an object 'values'");
  CHECK(error_of(R"({"kind":"metrics"})") == "a line of kind 'metrics' lacks an object 'values'");
  CHECK(error_of(R"({"kind":"metrics","step":3.5,"values":{"a":1}})") ==
        "step is not an integer: 3.5");
  CHECK(error_of(R"({"kind":"metrics","step":"3","values":{"a":1}})") ==
        "step is not an integer: \"3\"");
  CHECK(error_of(R"({"kind":"metrics","epoch":"3","values":{"a":1}})") ==
        "epoch is not a number: \"3\"");
  CHECK(error_of(R"({"kind":"metrics","values":{"":1}})") == "a metric has an empty name");
  CHECK(error_of(R"({"kind":"metrics","values":{"a\n":1}})") ==
        "the name of a metric has a control character");
  CHECK(error_of(R"({"kind":"model"})") == "unknown kind 'model'");
  CHECK(error_of(R"({"kind":7})") == "unknown kind '7'");
  CHECK(error_of(R"({"values":{"a":1}})") == "a line lacks its 'kind'");
  CHECK(error_of("{}") == "a line lacks its 'kind'");
  for (const char* number : {"01", "1.", ".5", "+1", "-", "1e", "nan", "1x", "--1"}) {
    CHECK(error_of(concat(R"({"kind":"metrics","values":{"a":)", number, "}}"))
              .find("invalid JSON") == 0);
  }
}

TEST_CASE("a line cut at any size takes nothing") {
  const std::string line =
      R"({"kind":"metrics","step":12,"time":1.5,"values":{"loss":0.25,"a":-1e5}})";
  REQUIRE(points_of(line) == "loss@12=0.25 a@12=-100000");
  for (std::size_t size = 1; size < line.size(); ++size)
    error_of(line.substr(0, size));
  for (std::size_t at = 0; at < line.size(); ++at) {  // no byte can crash it
    for (const char byte : {'\0', '"', '{', '}', '\\', '\xff', '1'}) {
      std::string damaged = line;
      damaged[at] = byte;
      RecordingSink sink;
      try {
        read_line(damaged, kNow, sink);
      } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::usage);
        CHECK(sink.empty());
      }
    }
  }
}

TEST_CASE("a line over the limit is refused") {
  std::string line = "note ";
  line.resize(clew::capture::kMaxLine, 'x');
  CHECK(read(line).notes.size() == 1);
  CHECK(error_of(line + "x") == "a line is longer than 1048576 bytes");
}

TEST_CASE("messages quote no more than the beginning") {
  const std::string long_text(10'000, 'y');
  CHECK(error_of(concat("loss=", long_text)).size() < 200);
  CHECK(error_of(long_text).size() < 200);
  CHECK(error_of(concat(R"({"kind":"metrics","values":{"a":")", long_text, "\"}}")).size() < 200);
}

TEST_CASE("parameters come from both forms") {
  const auto shell = read("param lr=0.1");
  REQUIRE(shell.params.size() == 1);
  CHECK(shell.params[0].param.name == "lr");
  CHECK(shell.params[0].param.value == Json(0.1));
  CHECK(shell.params[0].param.source == clew::model::Source::api);
  CHECK(shell.params[0].time == kNow);
  CHECK(error_of("param lr = x") == "the name of parameter 'lr ' has a space in it");
  CHECK(read("param title=\"two words\"").params[0].param.value == Json("two words"));
  CHECK(read("param empty=").params[0].param.value == Json(""));
  CHECK(read("param expr=a=b").params[0].param.value == Json("a=b"));
  CHECK(error_of("param lr=0.1 batch=32") ==
        "parameter 'lr' has a value of several words: '0.1 batch=32'");
  CHECK(error_of("param lr") == "'param lr' is not of the form 'param name=value'");
  CHECK(error_of("param =1") == "'param =1' is not of the form 'param name=value'");
  CHECK(error_of("param") == "nothing follows 'param'");

  const auto json = read(
      R"({"kind":"param","name":"lr","value":0.00025,"step":19,"time":"1970-01-01T00:00:01Z","cause":"plateau"})");
  REQUIRE(json.params.size() == 1);
  CHECK(json.params[0].param.value == Json(0.00025));
  CHECK(json.params[0].step == 19);
  CHECK(json.params[0].time == 1'000'000);
  CHECK(json.params[0].cause == "plateau");
  CHECK(read(R"({"kind":"param","name":"x","value":null})").params[0].param.value.is_null());
}

TEST_CASE("a map of parameters is flattened") {
  const auto sink =
      read(R"({"kind":"param","name":"model","value":{"depth":3,"a":{"b":[1,2]},"none":{}}})");
  REQUIRE(sink.params.size() == 3);
  CHECK(sink.params[0].param.name == "model.depth");
  CHECK(sink.params[1].param.name == "model.a.b");
  CHECK(sink.params[1].param.value.is_array());
  CHECK(sink.params[2].param.value == Json::object());
  CHECK(error_of(concat(R"({"kind":"param","name":"m","value":{"a":1,")", std::string(255, 'x'),
                        R"(":2}})"))
            .find("longer than") != std::string::npos);
  CHECK(error_of(R"({"kind":"param","name":"lr"})") == "parameter 'lr' lacks a value");
  CHECK(error_of(R"({"kind":"param","value":1})") == "a line of kind 'param' lacks 'name'");
  CHECK(error_of(R"({"kind":"param","name":"","value":1})") == "'name' is not a text: \"\"");
  CHECK(error_of(R"({"kind":"param","name":"a","value":1,"cause":2})") ==
        "the cause of parameter 'a' is not a text: 2");
}

TEST_CASE("tags, notes and artifacts come from both forms") {
  CHECK(read("tag baseline").tags == std::vector<std::string>{"baseline"});
  CHECK(read(R"({"kind":"tag","tag":"two words"})").tags == std::vector<std::string>{"two words"});
  CHECK(error_of("tag two words") == "tag 'two words' is not one word");
  CHECK(error_of("tag") == "nothing follows 'tag'");
  CHECK(read("note  it = was good ").notes ==
        std::vector<clew::model::Note>{{kNow, "it = was good"}});
  CHECK(read("note caf\xe9").notes[0].text == "caf\xef\xbf\xbd");
  CHECK(read(R"({"kind":"note","text":"a\nb","time":1})").notes ==
        std::vector<clew::model::Note>{{1'000'000, "a\nb"}});
  CHECK(error_of(R"({"kind":"note","text":""})") == "'text' is not a text: \"\"");
  CHECK(read("artifact my model.pt").artifacts[0].first == "my model.pt");
  CHECK(read(R"({"kind":"artifact","path":"a/b"})").artifacts[0].first == "a/b");
  CHECK(error_of(R"({"kind":"artifact","path":"a\u0000b"})") ==
        "the path of an artifact has a zero byte");
}

TEST_CASE("a question is handed back") {
  RecordingSink sink;
  const auto request = read_line(R"({"get":"lr"})", kNow, sink);
  REQUIRE(request);
  CHECK(request->name == "lr");
  CHECK(sink.empty());
  CHECK(error_of(R"({"get":7})") == "'get' is not a text: 7");
}

TEST_CASE("words of a shell become scalars") {
  CHECK(scalar_from_text("1") == Json(1));
  CHECK(scalar_from_text("1.0") == Json(1.0));
  CHECK(scalar_from_text("-1e-5") == Json(-1e-5));
  CHECK(scalar_from_text("true") == Json(true));
  CHECK(scalar_from_text("false") == Json(false));
  CHECK(scalar_from_text("null").is_null());
  CHECK(scalar_from_text("\"1\"") == Json("1"));
  for (const char* text : {"", "-", "+1", "01", ".5", "1.", "1e", "nan", "True", "[1]", "{}", "\"",
                           "\"a\"b\"", " 1", "1 ", "0x10", "1.2.3", "2026-01-02", "\"\\x\""}) {
    CHECK(scalar_from_text(text) == Json(text));
  }
}

TEST_CASE("a line can ask for the end of the command") {
  RecordingSink sink;
  CHECK_FALSE(read_line(R"({"kind":"stop","by":"user@host"})", 0, sink));
  REQUIRE(sink.stops.size() == 1);
  CHECK(sink.stops[0].by == "user@host");
  CHECK_FALSE(sink.stops[0].now);
  CHECK_FALSE(sink.stops[0].grace);
  read_line(R"({"kind":"stop","by":"a","now":true,"checkpoint":true,"grace":2.5})", 0, sink);
  CHECK(sink.stops[1].now);
  CHECK(sink.stops[1].checkpoint);
  CHECK(sink.stops[1].grace == 2.5);
  for (const char* wrong :
       {R"({"kind":"stop"})", R"({"kind":"stop","by":"a","now":1})",
        R"({"kind":"stop","by":"a","grace":-1})", R"({"kind":"stop","by":"a","grace":"x"})"}) {
    CHECK_THROWS_AS(read_line(wrong, 0, sink), Error);
  }
  CHECK(sink.stops.size() == 2);
}
