#pragma once

#include <string_view>

#include "base/fs.h"

namespace clew::cmd {

/// A file that a command writes its answer into, as a whole or not at all: it appears under its
/// name, in the place of what was there, with commit(). Without that nothing remains of it. What is
/// there and is no plain file (a pipe, a device) is written to as it is. Not thread-safe.
class AnswerFile {
 public:
  /// `path` is absolute. Throws Error(failed), as do the others.
  explicit AnswerFile(const fs::path& path);
  ~AnswerFile();
  AnswerFile(const AnswerFile&) = delete;
  AnswerFile& operator=(const AnswerFile&) = delete;

  void write(std::string_view bytes);
  void commit();

 private:
  fs::path path_;       ///< the file itself, not a link to it
  fs::path temporary_;  ///< empty when written to as it is
  Fd fd_;
};

}  // namespace clew::cmd
