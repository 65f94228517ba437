#include "base/error.h"

#include <system_error>

#include "base/text.h"

namespace clew {

Error system_error(int code, const std::string& what, const std::string& subject) {
  return {ErrorKind::failed,
          concat("cannot ", what, " '", subject, "': ", std::generic_category().message(code))};
}

}  // namespace clew
