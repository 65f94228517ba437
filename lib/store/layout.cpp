#include "store/layout.h"

#include <fcntl.h>

#include <cerrno>

#include "base/error.h"
#include "base/text.h"

namespace clew::store {
namespace {

constexpr std::string_view kConfig =
    "# Settings of this store, as 'section: {key: value}'. See clew-config(5).\n";

/// Writes a file unless there is one, whoever wrote it.
void create_file(const fs::path& path, std::string_view bytes) {
  const Fd fd(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!fd) {
    if (errno == EEXIST) return;
    throw system_error(errno, "create", path.string());
  }
  if (const int failure = write_all(fd.get(), bytes); failure != 0) {
    throw system_error(failure, "write", path.string());
  }
}

/// The number in the file `format`; nullopt when the file is not there.
std::optional<std::int64_t> read_format(const Layout& layout) {
  constexpr std::uint64_t kLongest = 64;
  const auto text = read_file(layout.format(), kLongest);
  if (!text) return std::nullopt;
  const auto version = parse_int(trim(*text));
  if (!version || *version < 1) {
    throw Error(ErrorKind::damaged,
                concat("cannot read the format of the store '", layout.root.string(), "'"),
                {concat("the file '", layout.format().string(), "' should hold the number ",
                        kFormat, " unless a newer clew wrote it")});
  }
  return version;
}

}  // namespace

void create(const Layout& layout) {
  make_directories(layout.root);
  constexpr int kPrivate = 0700;
  make_directories(layout.live(), kPrivate);
  for (const fs::path& directory : {layout.root / "output", layout.objects(), layout.hooks()}) {
    make_directories(directory);
  }
  create_file(layout.config(), kConfig);
  // Last, since this file is what makes it a store: a creation that broke off is done again.
  if (!read_format(layout)) {
    replace_file(layout.format(), concat(kFormat, '\n'), Sync::yes);
  }
}

void check_format(const Layout& layout, bool writing) {
  const auto version = read_format(layout);
  if (!version) {
    std::error_code ignored;
    if (fs::exists(layout.database(), ignored)) {
      throw Error(ErrorKind::damaged,
                  concat("the store '", layout.root.string(), "' has lost its file 'format'"));
    }
    throw Error(ErrorKind::no_store, concat("no store at '", layout.root.string(), "'"),
                {"run 'clew init' to create one"});
  }
  if (writing && *version > kFormat) {
    throw Error(ErrorKind::failed,
                concat("cannot write to the store '", layout.root.string(), "': its format is ",
                       *version, ", this clew writes ", kFormat),
                {"use the newer clew that wrote it; reading is still possible"});
  }
}

}  // namespace clew::store
