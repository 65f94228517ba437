#include "export/package.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/error.h"
#include "base/hash.h"

namespace clew::exporter {

std::string copy_pieces(const fs::path& source,
                        const std::function<void(std::string_view piece)>& write) {
  const Fd in(open(source.c_str(), O_RDONLY | O_CLOEXEC));
  if (!in) throw system_error(errno, "read", source.string());
  Sha256 digest;
  std::array<char, 64 << 10> buffer;
  for (;;) {
    const ssize_t count = read(in.get(), buffer.data(), buffer.size());
    if (count == 0) return to_hex(digest.finish());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw system_error(errno, "read", source.string());
    const std::string_view piece(buffer.data(), static_cast<std::size_t>(count));
    digest.add(piece);
    write(piece);
  }
}

}  // namespace clew::exporter
