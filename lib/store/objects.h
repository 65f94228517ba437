#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fs.h"

namespace clew::store {

/// Copies of files by their content: the one with SHA-256 abcdef… is `ab/cdef…`, read-only, and
/// there once whoever asked for it. Thread-safe, and safe with other processes.
class Objects {
 public:
  explicit Objects(fs::path directory) : directory_(std::move(directory)) {}

  /// Where the object of a digest (64 hex digits) is or would be.
  [[nodiscard]] fs::path path(std::string_view sha256) const;
  [[nodiscard]] bool has(std::string_view sha256) const;

  /// Keeps a copy of the file, which must have that content; false when it has not (any more).
  /// Shares its blocks where the file system can; never a hard link, through which a later change
  /// of the file would change the object. On disk when it returns. Throws Error(failed).
  bool keep(const fs::path& file, const std::string& sha256) const;

  /// Gives the bytes of an object piece by piece; false when it is not here. Throws Error(damaged)
  /// after the last piece when they are not what the digest says, Error(failed) when it cannot be
  /// read.
  bool read(const std::string& sha256,
            const std::function<void(std::string_view bytes)>& visit) const;

  /// The digests of all objects, sorted.
  [[nodiscard]] std::vector<std::string> all() const;

 private:
  fs::path directory_;
};

}  // namespace clew::store
