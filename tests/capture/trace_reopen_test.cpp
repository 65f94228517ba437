#include "capture/trace_reopen.h"

#include <elf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <fstream>

#include "capture/elf.h"

using namespace clew;
using namespace clew::capture;

namespace {

struct Place {
  Place() {
    char name[] = "/tmp/clew-test-XXXXXX";
    path = mkdtemp(name);
  }
  ~Place() { fs::remove_all(path); }

  fs::path write(const std::string& name, const std::string& bytes) const {
    std::ofstream(path / name, std::ios::binary) << bytes;
    chmod((path / name).c_str(), 0755);
    return path / name;
  }

  fs::path path;
};

std::string bytes_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

}  // namespace

TEST_CASE("an ELF program names its loader and its libraries") {
  const auto shell = read_elf("/bin/sh");
  REQUIRE(shell);
  CHECK(shell->native);
  CHECK(shell->interpreter.find("/ld-linux") != std::string::npos);
  CHECK(shell->needed == std::vector<std::string>{"libc.so.6"});
}

TEST_CASE("what is no ELF program, or a damaged one, is told apart from one") {
  const Place place;
  CHECK_FALSE(read_elf(place.path / "none"));
  CHECK_FALSE(read_elf(place.write("text", "#!/bin/sh\nexit 1\n")));
  CHECK_FALSE(read_elf(place.write("empty", "")));
  const std::string shell = bytes_of("/bin/sh");
  CHECK_FALSE(read_elf(place.write("cut", shell.substr(0, 80))));
  std::string narrow = shell;
  narrow[EI_CLASS] = ELFCLASS32;
  const auto other = read_elf(place.write("narrow", narrow));
  REQUIRE(other);
  CHECK_FALSE(other->native);
  // Every place where a number could be wrong: nothing is read that is not there.
  for (std::size_t at = 16; at < 1024; ++at) {
    std::string wrong = shell.substr(0, 4096);
    wrong[at] = static_cast<char>(~wrong[at]);
    static_cast<void>(read_elf(place.write("wrong", wrong)));
  }
}

TEST_CASE("the library for opening again is loaded only where that does no harm") {
  const Place place;
  const EnvironmentMap environment{{"PATH", "/usr/bin:/bin"}};
  CHECK(takes_reopen("sh", "/", environment));
  CHECK(takes_reopen("/bin/sh", "/", {}));
  CHECK(takes_reopen("./sh", "/bin", {}));
  CHECK_FALSE(takes_reopen("no-such-program-at-all", "/", environment));
  const std::string shell = bytes_of("/bin/sh");
  CHECK(takes_reopen(place.write("shell", shell).string(), "/", {}));
  CHECK(takes_reopen(place.write("script", "#! /bin/sh -e\n").string(), "/", {}));
  CHECK_FALSE(takes_reopen(place.write("words", "echo no first line\n").string(), "/", {}));

  const fs::path privileged = place.write("privileged", shell);
  chmod(privileged.c_str(), 04755);
  CHECK_FALSE(takes_reopen(privileged.string(), "/", {}));

  std::string loader = shell;
  loader.replace(loader.find("/ld-linux"), 9, "/ld-other");
  CHECK_FALSE(takes_reopen(place.write("loader", loader).string(), "/", {}));

  std::string checked = shell;
  const std::size_t library = checked.find(std::string("\0libc.so.6", 10));
  REQUIRE(library != std::string::npos);
  checked.replace(library + 1, 9, "libasan.s");
  CHECK_FALSE(takes_reopen(place.write("checked", checked).string(), "/", {}));
}

TEST_CASE("the user's own libraries come before the one for opening again") {
  EnvironmentMap environment{{"LD_PRELOAD", "/lib/own.so"}};
  equip_reopen(environment, "/lib/clew.so", 18'000'000'000'000'000'000U);
  CHECK(environment["LD_PRELOAD"] == "/lib/own.so:/lib/clew.so");
  CHECK(environment["CLEW_TRACE_TOKEN"] == "18000000000000000000");
  EnvironmentMap empty;
  equip_reopen(empty, "/lib/clew.so", 1);
  CHECK(empty["LD_PRELOAD"] == "/lib/clew.so");
}

TEST_CASE("no two tokens are the same, and none is small") {
  const std::uint64_t one = make_open_token();
  CHECK(one != make_open_token());
  CHECK(one >> 32 != 0);
  CHECK((one & 0xffff'ffff) != 0);
}
