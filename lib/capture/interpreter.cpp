#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "capture/environment.h"
#include "capture/environment_sources.h"
#include "capture/launchers.h"

namespace clew::capture {
namespace {

constexpr std::uint64_t kMaxVenvFile = 64 << 10;

bool is_program(const fs::path& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         access(path.c_str(), X_OK) == 0;
}

bool is_python(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with("python") || name.starts_with("pypy");
}

/// "3.11" of a path such as /usr/bin/python3.11.
std::string version_in_name(const fs::path& path) {
  const std::string name = path.filename().string();
  const std::size_t digits = name.find_first_of("0123456789");
  const std::string version = digits == std::string::npos ? "" : name.substr(digits);
  const bool plain = version.find_first_not_of("0123456789.") == std::string::npos;
  return plain && version.find('.') != std::string::npos ? version : "";
}

/// The version in the pyvenv.cfg of the virtual environment that a Python belongs to: venv writes
/// "version", virtualenv and uv "version_info" (PEP 405 leaves the keys open).
std::string version_in_venv(const fs::path& python) {
  for (const fs::path& directory : {python.parent_path(), python.parent_path().parent_path()}) {
    std::string text;
    try {
      text = read_file(directory / "pyvenv.cfg", kMaxVenvFile).value_or("");
    } catch (const Error&) {
      continue;  // the version stays unknown
    }
    for (const std::string_view line : split(text, '\n')) {
      const std::size_t equals = line.find('=');
      const std::string_view key = trim(line.substr(0, equals));
      if (equals != std::string_view::npos && (key == "version" || key == "version_info")) {
        return valid_utf8(trim(line.substr(equals + 1)));
      }
    }
  }
  return {};
}

std::string python_version(const fs::path& python) {
  if (std::string version = version_in_venv(python); !version.empty()) return version;
  std::error_code failure;
  const fs::path real = fs::canonical(python, failure);
  return version_in_name(failure ? python : real);
}

/// The words of a script's "#!" line; empty when the file has none.
std::vector<std::string> shebang(const fs::path& path) {
  const Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  char buffer[256];  // as much as the kernel reads (execve(2))
  const ssize_t got = fd ? read(fd.get(), buffer, sizeof buffer) : -1;
  if (got < 2) return {};
  std::string_view line(buffer, static_cast<std::size_t>(got));
  if (!line.starts_with("#!")) return {};
  line = trim(line.substr(2, line.find('\n') - 2));
  std::vector<std::string> words;
  for (const std::string_view word : split(line, ' ')) {
    if (!trim(word).empty()) words.emplace_back(trim(word));
  }
  return words;
}

}  // namespace

fs::path find_program(std::string_view name, const fs::path& directory,
                      const EnvironmentMap& variables) {
  if (name.empty()) return {};
  if (name.find('/') != std::string_view::npos) {
    fs::path path = directory / name;
    return is_program(path) ? path : fs::path();
  }
  const auto variable = variables.find("PATH");
  const std::string_view list =
      variable != variables.end() ? std::string_view(variable->second) : "/bin:/usr/bin";
  for (const std::string_view entry : split(list, ':')) {
    // An empty entry is the working directory, as in execvp(3).
    fs::path path = directory / entry / name;
    if (is_program(path)) return path;
  }
  return {};
}

Json find_interpreter(const std::vector<std::string>& argv, const fs::path& directory,
                      const EnvironmentMap& variables) {
  const CommandShape shape = command_shape(argv);
  if (shape.program >= argv.size() || shape.own_environment) return nullptr;
  fs::path path = find_program(argv[shape.program], directory, variables);
  if (path.empty()) return nullptr;
  if (!shape.interpreter) {
    // env -S, which splits a line as the kernel does not, is an option that command_shape skips.
    const auto words = shebang(path);
    const CommandShape line = command_shape(words);
    if (line.program >= words.size()) return nullptr;
    path = find_program(words[line.program], directory, variables);
    if (path.empty()) return nullptr;
  }
  Json interpreter = Json::object();
  interpreter["path"] = valid_utf8(path.lexically_normal().string());
  const std::string version = is_python(path) ? python_version(path) : "";
  if (!version.empty()) interpreter["version"] = version;
  return interpreter;
}

}  // namespace clew::capture
