#include "app/names.h"

#include "base/error.h"
#include "base/text.h"

namespace clew::cmd {

namespace {

/// Ids have 16 digits, and 4 are enough to name a run.
constexpr std::size_t kLeastDigits = 4;
constexpr std::size_t kAllDigits = 16;

std::string fault_of(const std::string& name) {
  if (name.empty()) return "is empty";
  if (name.front() == '@' || name.front() == '-') return concat("begins with '", name[0], '\'');
  if (name.find(':') != std::string::npos) return "has a ':' in it";
  for (const char c : name) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return "has a control character in it";
  }
  return {};
}

}  // namespace

void check_run_name(const std::string& name) {
  std::string fault = fault_of(name);
  if (fault.empty() && name.size() >= kLeastDigits && name.size() <= kAllDigits &&
      name.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos) {
    fault = "could be the beginning of an id";
  }
  if (fault.empty()) return;
  throw Error(ErrorKind::usage, concat("a run cannot be named '", name, "': it ", fault),
              {"choose a name such as 'baseline' or 'wide-2'"});
}

void check_tag(const std::string& tag) {
  std::string fault = fault_of(tag);
  if (fault.empty() && tag.find(' ') != std::string::npos) fault = "has a space in it";
  if (fault.empty()) return;
  throw Error(ErrorKind::usage, concat("'", tag, "' cannot be a tag: it ", fault),
              {"a tag is one word; 'clew note' takes any text"});
}

}  // namespace clew::cmd
