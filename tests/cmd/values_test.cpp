#include "ui/values.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "cmd/printed.h"

using namespace clew;
using namespace clew::ui;
using clew::cmd::testing::kStart;
using clew::cmd::testing::sample_run;

namespace {
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr Time kSecond = 1'000'000;
}  // namespace

TEST_CASE("what is printed has no control characters") {
  CHECK(printable("plain – text") == "plain – text");
  CHECK(printable("a\nb\tc\rd") == "a\\nb\\tc\\rd");
  CHECK(printable("\x1b[31mred") == "\\x1b[31mred");
  CHECK(printable(std::string_view("\0\x7f", 2)) == "\\x00\\x7f");
  CHECK(printable("\u009b31m") == "\\x9b31m");  // the one-character form of ESC [
  CHECK(printable("a\xff") == "a\ufffd");
  CHECK(printable("\u00a0é") == "\u00a0é");
}

TEST_CASE("parameter values") {
  CHECK(value_text(Json("adam")) == "adam");
  CHECK(value_text(Json("")) == "\"\"");
  CHECK(value_text(Json("a\nb")) == "a\\nb");
  CHECK(value_text(Json(0.1)) == "0.1");
  CHECK(value_text(Json(1e-05)) == "1e-05");
  CHECK(value_text(Json(kNan)) == "nan");
  CHECK(value_text(Json(32)) == "32");
  CHECK(value_text(Json(true)) == "true");
  CHECK(value_text(Json()) == "null");
  CHECK(value_text(parse_json("[1, \"x\", {}]")) == "[1,\"x\",{}]");
}

TEST_CASE("numbers for people") {
  CHECK(number_text(0.123456789) == "0.123457");
  CHECK(number_text(0.5, 4) == "0.5");
  CHECK(number_text(12345.6, 4) == "12346");
  CHECK(number_text(9999.6, 4) == "10000");
  CHECK(number_text(-123456789.25) == "-123456789");
  CHECK(number_text(999999.5) == "1000000");
  CHECK(number_text(0) == "0");
  CHECK(number_text(1e15) == "1e+15");
  CHECK(number_text(kNan) == "nan");
  CHECK(number_text(-kInfinity) == "-inf");
}

TEST_CASE("differences have a sign") {
  CHECK(difference_text(0.97, 0.98) == "+0.01");
  CHECK(difference_text(3, 1) == "-2");
  CHECK(difference_text(2, 2) == "0");
  CHECK(difference_text(kNan, 2) == kMissing);
  CHECK(difference_text(kInfinity, kInfinity) == kMissing);
}

TEST_CASE("times") {
  CHECK(date_time(kStart) == "2026-01-02 03:04:05");
  CHECK(relative_time(kStart, kStart) == "0s ago");
  CHECK(relative_time(kStart, kStart + 59 * kSecond) == "59s ago");
  CHECK(relative_time(kStart, kStart + 60 * kSecond) == "1m ago");
  CHECK(relative_time(kStart, kStart + 3600 * kSecond) == "1h ago");
  CHECK(relative_time(kStart, kStart + 47 * 3600 * kSecond) == "1d ago");
  CHECK(relative_time(kStart, kStart + 30 * 24 * 3600 * kSecond) == "2026-01-02");
  CHECK(relative_time(kStart, kStart - 1) == "2026-01-02");
}

TEST_CASE("durations") {
  model::Run run = sample_run(1);
  CHECK(duration_text(run, kStart) == "12.3s");
  run.ended.reset();
  CHECK(duration_text(run, kStart) == kMissing);
  run.state = model::State::running;
  CHECK(duration_text(run, kStart + 5 * kSecond) == "5.00s");
  // A clock that was set back makes no negative duration.
  CHECK(duration_text(run, kStart - 5 * kSecond) == "0.00s");
}

TEST_CASE("states and what they came from") {
  model::Run run = sample_run(1);
  CHECK(outcome_cell(run).text == "finished");
  CHECK(outcome_cell(run).label == Label::good);
  run.state = model::State::failed;
  run.exit_code = 3;
  CHECK(outcome_cell(run).text == "failed (exit 3)");
  run.state = model::State::killed;
  run.exit_code.reset();
  run.signal = 9;
  CHECK(outcome_cell(run).text == "killed (SIGKILL)");
  CHECK(state_cell(model::State::running).text == "● running");
  CHECK(state_cell(model::State::interrupted).label == Label::warning);
}

TEST_CASE("commands are shown as a shell would read them") {
  CHECK(command_text({"python", "train.py", "--name", "a b"}) == "python train.py --name 'a b'");
  CHECK(command_text({"echo", "\x1b[2J"}).find('\x1b') == std::string::npos);
  CHECK(command_text({}).empty());
}

TEST_CASE("sentences") {
  CHECK(counted(1, "run") == "1 run");
  CHECK(counted(0, "run") == "0 runs");
  CHECK(did_you_mean({"a"}) == "did you mean 'a'?");
  CHECK(did_you_mean({"a", "b", "c"}) == "did you mean 'a', 'b' or 'c'?");
}
