#include "base/id.h"

#include <sys/random.h>

#include <cerrno>
#include <charconv>

#include "base/error.h"

namespace clew {
namespace {

class RandomIds final : public IdSource {
 public:
  RunId next() override {
    RunId id;
    while (id.bits == 0) {
      if (getrandom(&id.bits, sizeof id.bits, 0) < 0 && errno != EINTR) {
        throw system_error(errno, "read", "random numbers");
      }
    }
    return id;
  }
};

}  // namespace

std::string RunId::hex() const {
  std::string out(16, '0');
  for (std::size_t i = 0; i < 16; ++i)
    out[i] = "0123456789abcdef"[(bits >> (60 - 4 * i)) & 15];
  return out;
}

std::string RunId::short_hex() const {
  return hex().substr(0, 8);
}

std::optional<RunId> RunId::parse(std::string_view text) {
  RunId id;
  if (text.size() != 16) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + 16, id.bits, 16);
  if (error != std::errc{} || end != text.data() + 16) return std::nullopt;
  return id;
}

IdSource& random_ids() {
  static RandomIds ids;
  return ids;
}

}  // namespace clew
