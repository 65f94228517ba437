#include "capture/trace_reopen.h"

#include <sys/random.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <string_view>

#include "base/text.h"
#include "capture/elf.h"
#include "capture/environment.h"

namespace clew::capture {
namespace {

#if defined(__x86_64__)
constexpr std::string_view kLoader = "/lib64/ld-linux-x86-64.so.2";
#elif defined(__aarch64__)
constexpr std::string_view kLoader = "/lib/ld-linux-aarch64.so.1";
#else
constexpr std::string_view kLoader = "none";
#endif

constexpr std::array<std::string_view, 5> kSanitizers{"libasan", "libhwasan", "liblsan", "libtsan",
                                                      "libclang_rt"};

bool is_sanitizer(const std::string& library) {
  return std::ranges::any_of(kSanitizers,
                             [&](std::string_view name) { return library.starts_with(name); });
}

bool is_privileged(const fs::path& file) {
  struct stat found {};
  if (stat(file.c_str(), &found) != 0 || (found.st_mode & (S_ISUID | S_ISGID)) != 0) return true;
  return getxattr(file.c_str(), "security.capability", nullptr, 0) > 0;
}

}  // namespace

std::uint64_t make_open_token() {
  std::uint64_t token = 0;
  if (getrandom(&token, sizeof token, GRND_NONBLOCK) != sizeof token) {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    token =
        (static_cast<std::uint64_t>(now.tv_nsec) << 32) ^ static_cast<std::uint64_t>(now.tv_sec);
  }
  // Neither a small number nor an address, nor a negative number of 32 bits.
  return token | 0x8000'0001'0000'0001;
}

bool takes_reopen(const std::string& program, const fs::path& directory,
                  const EnvironmentMap& environment) {
  const fs::path named = find_program(program, directory, environment);
  if (named.empty()) return false;
  const fs::path file = program_of(named);
  const auto facts = read_elf(file);
  return facts && facts->native && facts->interpreter == kLoader && !is_privileged(file) &&
         std::ranges::none_of(facts->needed, is_sanitizer);
}

void equip_reopen(EnvironmentMap& environment, const fs::path& library, std::uint64_t token) {
  environment["CLEW_TRACE_TOKEN"] = std::to_string(token);
  std::string& preload = environment["LD_PRELOAD"];
  preload = preload.empty() ? library.string() : concat(preload, ':', library.string());
}

}  // namespace clew::capture
