#include "ui/output.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <string>

#include "base/error.h"
#include "base/fs.h"
#include "ui/pager.h"
#include "ui/progress.h"

namespace clew::ui {
namespace {

struct Pipe {
  Fd reading;
  Fd writing;
  Pipe() {
    std::array<int, 2> ends{};
    REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0);
    reading.reset(ends[0]);
    writing.reset(ends[1]);
  }
  std::string all() {
    writing.reset();
    std::string text;
    std::array<char, 4096> block{};
    for (ssize_t n = 0; (n = read(reading.get(), block.data(), block.size())) > 0;)
      text.append(block.data(), static_cast<std::size_t>(n));
    return text;
  }
};

TEST_CASE("an output writes what it was given, at the latest when it ends") {
  Pipe pipe;
  {
    Output out(pipe.writing.get(), false, false, 0);
    out.write("a");
    out.write(Label::good, "b");
    out.line("c");
    out.line();
  }
  CHECK(pipe.all() == "abc\n\n");
}

TEST_CASE("labels become colours only where colours are wanted") {
  Pipe pipe;
  {
    Output out(pipe.writing.get(), true, true, 80);
    out.write(Label::bad, "x");
    out.write(Label::plain, "y");
    out.write(Label::bad, "");
  }
  CHECK(pipe.all() == "\x1b[31mx\x1b[0my");
  CHECK(styled(Label::bad, "x", false) == "x");
}

TEST_CASE("a silent output keeps silent") {
  Pipe pipe;
  {
    Output out(pipe.writing.get(), false, false, 0);
    out.set_silent(true);
    out.line("x");
    out.set_silent(false);
    out.line("y");
  }
  CHECK(pipe.all() == "y\n");
}

TEST_CASE("a reader that has gone ends the answer, and raises no signal") {
  struct sigaction before {};
  sigaction(SIGPIPE, nullptr, &before);
  REQUIRE(before.sa_handler == SIG_DFL);  // the signal would end this program
  Pipe pipe;
  pipe.reading.reset();
  Output out(pipe.writing.get(), false, false, 0);
  out.line("x");
  CHECK_THROWS_AS(out.flush(), ReaderGone);
  out.line("y");
  CHECK_NOTHROW(out.flush());
  struct sigaction after {};
  sigaction(SIGPIPE, nullptr, &after);
  CHECK(after.sa_handler == SIG_DFL);
  sigset_t pending;
  sigpending(&pending);
  CHECK(sigismember(&pending, SIGPIPE) == 0);
}

TEST_CASE("a long answer notices early that its reader has gone") {
  Pipe pipe;
  pipe.reading.reset();
  Output out(pipe.writing.get(), false, false, 0);
  CHECK_THROWS_AS(out.write(std::string(1 << 20, 'x')), ReaderGone);
}

TEST_CASE("a full disk is an error of an answer, and nothing to chatter") {
  const Fd full(open("/dev/full", O_WRONLY | O_CLOEXEC));
  REQUIRE(full);
  Output out(full.get(), false, false, 0);
  out.line("x");
  try {
    out.flush();
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::failed);
    CHECK(error.message() == "cannot write to standard output: No space left on device");
  }
  Output chatter(full.get(), false, false, 0, Output::OnFailure::ignore);
  chatter.line("x");
  CHECK_NOTHROW(chatter.flush());
}

TEST_CASE("the width of a text on a terminal") {
  CHECK(display_width("") == 0);
  CHECK(display_width("abc") == 3);
  CHECK(display_width("\xc3\xa9") == 1);
  CHECK(display_width("e\xcc\x81") == 1);
  CHECK(display_width("\xe4\xb8\xad\xe6\x96\x87") == 4);
  CHECK(display_width("\xf0\x9f\x98\x80") == 2);
  CHECK(display_width("\xe2\x80\x93\xe2\x80\xa6") == 2);
  CHECK(display_width("\x1b[1;33mab\x1b[0m") == 2);
  SECTION("malformed UTF-8 takes a column a byte") {
    CHECK(display_width("\xff") == 1);
    CHECK(display_width("\xe4\xb8") == 2);
    CHECK(display_width("\xc3") == 1);
    CHECK(display_width("\xf0\x9f\x98") == 3);
    CHECK(display_width("\xed\x41") == 2);
  }
}

TEST_CASE("which pager is taken") {
  CHECK(pager_command({{"CLEW_PAGER", "a"}, {"PAGER", "c"}}, "b") == "a");
  CHECK(pager_command({{"PAGER", "c"}}, "b -x") == "b -x");
  CHECK(pager_command({{"PAGER", "c"}}, "") == "c");
  CHECK(pager_command({{"CLEW_PAGER", "cat"}, {"PAGER", "c"}}, "").empty());
  CHECK(pager_command({{"PATH", "/nonexistent"}}, "").empty());
}

TEST_CASE("a pager gets what is written while it lives") {
  const std::string file = "/tmp/clew-pager-test." + std::to_string(getpid());
  Pipe pipe;
  Output out(pipe.writing.get(), true, false, 80);
  {
    Pager pager(out);
    pager.start("cat > " + file, {{"PATH", "/usr/bin:/bin"}});
    out.line("text");
  }
  CHECK(read_file(file) == "text\n");
  fs::remove(file);
}

TEST_CASE("a pager that the user leaves early is no error") {
  Pipe pipe;
  Output out(pipe.writing.get(), true, false, 80);
  Pager pager(out);
  pager.start("exit 0", {});
  const std::string block(1 << 20, 'x');
  CHECK_THROWS_AS(out.write(block), ReaderGone);
}

TEST_CASE("progress is told as a share, or as a count") {
  CHECK(progress_text("reading", 1, 3) == "reading  33%");
  CHECK(progress_text("reading", 5, 3) == "reading  100%");
  CHECK(progress_text("reading", 5, 0) == "reading  5");
}

TEST_CASE("on no terminal there is no progress") {
  Pipe pipe;
  {
    Output err(pipe.writing.get(), false, false, 0);
    Progress progress(err, "x", 10);
    for (std::uint64_t i = 0; i < 1000; ++i)
      progress.update(i);
  }
  CHECK(pipe.all().empty());
}

}  // namespace
}  // namespace clew::ui
