#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/fs.h"

namespace clew::exporter {

/// A tree of files that is written as a whole: a directory or a zip file, which appears under its
/// name with commit(). Without that nothing of it remains. Every file has the same time, so that
/// the same content gives the same bytes. Not thread-safe. All functions throw Error(failed).
class Package {
 public:
  virtual ~Package() = default;
  /// Adds a file with these bytes. `name` is relative, its parts apart by '/', none of them "..";
  /// each name comes once.
  virtual void add(const std::string& name, std::string_view bytes) = 0;
  /// Adds a copy of the file at `source`. The SHA-256 of what was copied, in hex.
  virtual std::string add_file(const std::string& name, const fs::path& source) = 0;
  virtual void commit() = 0;
};

/// A directory. What is at `path` must not exist, or be an empty directory: Error(usage) otherwise.
[[nodiscard]] std::unique_ptr<Package> make_directory_package(const fs::path& path, Time time);
/// A zip file, with deflate, and Zip64 where it must. It replaces what is at `path`.
[[nodiscard]] std::unique_ptr<Package> make_zip_package(const fs::path& path, Time time);

/// Hands the bytes of a file on, piece by piece; their SHA-256 in hex. What both packages copy
/// with.
std::string copy_pieces(const fs::path& source,
                        const std::function<void(std::string_view piece)>& write);

}  // namespace clew::exporter
