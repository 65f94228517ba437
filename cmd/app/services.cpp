#include <string_view>
#include <system_error>

#include "app/program.h"

namespace clew::cmd {

EnvironmentMap environment_map(const char* const* variables) {
  EnvironmentMap map;
  for (; *variables != nullptr; ++variables) {
    const std::string_view variable = *variables;
    const std::size_t equals = variable.find('=');
    if (equals == std::string_view::npos) continue;
    map.emplace(variable.substr(0, equals), variable.substr(equals + 1));
  }
  return map;
}

fs::path program_file() {
  std::error_code error;
  fs::path file = fs::read_symlink("/proc/self/exe", error);
  return error ? fs::path("clew") : file;
}

std::string_view version() {
  return CLEW_VERSION;
}

}  // namespace clew::cmd
