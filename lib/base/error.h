#pragma once

#include <exception>
#include <string>
#include <vector>

namespace clew {

/// What went wrong, in the terms that decide the exit code of the program.
enum class ErrorKind {
  usage,     ///< wrong options, configuration, or an unknown or ambiguous run (exit 2)
  no_store,  ///< no store where one is needed (exit 3)
  busy,      ///< another process holds what is needed (exit 4)
  damaged,   ///< stored data fails a check of integrity (exit 5)
  failed,    ///< the operation failed: I/O, a bad input file (exit 6)
  bug,       ///< a broken assumption inside clew (exit 70)
};

/// The one exception type of clew. Thrown in lib/, caught once in main.
///
/// The message says first what failed, has its subject in single quotes, begins in lower case and
/// has no full stop. Each hint is a line of its own that names what to run or change next.
class Error : public std::exception {
 public:
  Error(ErrorKind kind, std::string message, std::vector<std::string> hints = {})
      : kind_(kind), message_(std::move(message)), hints_(std::move(hints)) {}

  [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }
  [[nodiscard]] const std::string& message() const noexcept { return message_; }
  [[nodiscard]] const std::vector<std::string>& hints() const noexcept { return hints_; }
  [[nodiscard]] const char* what() const noexcept override { return message_.c_str(); }

 private:
  ErrorKind kind_;
  std::string message_;
  std::vector<std::string> hints_;
};

/// An Error of kind `failed` for a system call that has just set errno (passed as `code`):
/// "cannot WHAT 'SUBJECT': REASON".
[[nodiscard]] Error system_error(int code, const std::string& what, const std::string& subject);

}  // namespace clew
