#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "base/fs.h"
#include "base/json.h"

namespace clew::capture {

/// Counts what a run used of packages and of the system, so that it can be named as a whole, with
/// versions. see() may be called by any thread.
class PackageCensus {
 public:
  /// A file that FilePolicy calls environment; `path` is absolute.
  void see(std::string_view path);

  /// What was seen, from the files that tell of it; starts no program:
  ///
  ///   {"packages":{"numpy":"1.24.2"},      by the names of the packages; of Python, R and node.js
  ///    "libraries":{"libc.so.6":"2.36"},   shared libraries, by the names they are loaded by
  ///    "interpreter":{"python":"3.11"}}    languages whose own modules were used
  ///
  /// A version that is not known is null. A part of which nothing was seen is left out.
  [[nodiscard]] Json summary() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>>
      sites_;  // directory of packages, the names used in it
  std::set<std::string, std::less<>> libraries_;
  std::map<std::string, std::string, std::less<>> languages_;
};

}  // namespace clew::capture
