#include "analysis/reading.h"

#include "base/text.h"

namespace clew::analysis {
namespace {

constexpr std::string_view kCache = "__pycache__/";

/// "pkg/__pycache__/mod.cpython-311.pyc" is compiled from "pkg/mod.py"; empty for other paths.
std::string python_source(std::string_view path) {
  const std::size_t at = path.rfind(kCache);
  if (at == std::string_view::npos || !path.ends_with(".pyc")) return {};
  if (at > 0 && path[at - 1] != '/') return {};
  const std::string_view name = path.substr(at + kCache.size());
  return concat(path.substr(0, at), name.substr(0, name.find('.')), ".py");
}

}  // namespace

std::string_view name_of(Used used) {
  switch (used) {
    case Used::yes:
      return "yes";
    case Used::no:
      return "no";
    case Used::unknown:
      break;
  }
  return "unknown";
}

bool is_python_cache(std::string_view path) {
  return !python_source(path).empty();
}

ReadFiles::ReadFiles(const model::RunParts& parts) {
  const model::Capture& capture = parts.capture;
  const bool reading = capture.level == "files" || capture.level == "full";
  complete_ = reading && capture.complete;
  for (const model::File& file : parts.files) {
    constexpr model::FileModes reads = model::kRead | model::kInherited | model::kExecuted;
    if ((file.modes() & reads) == 0) continue;
    read_.insert(file.state.path);
    if (std::string source = python_source(file.state.path); !source.empty()) {
      read_.insert(std::move(source));
    }
  }
}

Used ReadFiles::was_read(const std::string& path) const {
  if (read_.contains(path)) return Used::yes;
  return complete_ ? Used::no : Used::unknown;
}

}  // namespace clew::analysis
