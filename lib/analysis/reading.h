#pragma once

#include <set>
#include <string>
#include <string_view>

#include "model/parts.h"

namespace clew::analysis {

/// Did a run make use of something?
enum class Used { yes, no, unknown };
[[nodiscard]] std::string_view name_of(Used used);

/// Which files a run read, as far as its trace of files tells.
///
/// Python reads a module from __pycache__/NAME.VERSION.pyc when that is newer than NAME.py, of
/// which it then only asks the time (PEP 3147): either counts as reading the module.
class ReadFiles {
 public:
  explicit ReadFiles(const model::RunParts& parts);
  /// `path` relative to the top of the work tree. "no" only where reading was traced without gaps.
  [[nodiscard]] Used was_read(const std::string& path) const;

 private:
  std::set<std::string> read_;
  bool complete_ = false;
};

/// Is this a file that Python compiled from a module's source?
[[nodiscard]] bool is_python_cache(std::string_view path);

}  // namespace clew::analysis
