#include "analysis/hunks.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"

namespace clew::analysis {
namespace {

/// What git writes for a path with unusual bytes: "a/t\303\244st" in double quotes, as in C.
std::string unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
  text = text.substr(1, text.size() - 2);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char next = text[++i];
    if (next >= '0' && next <= '3' && i + 2 < text.size()) {
      const int code = (next - '0') * 64 + (text[i + 1] - '0') * 8 + (text[i + 2] - '0');
      out += static_cast<char>(code);
      i += 2;
      continue;
    }
    constexpr std::string_view letters = "abtnvfr";
    constexpr std::string_view meant = "\a\b\t\n\v\f\r";
    const std::size_t at = letters.find(next);
    out += at == std::string_view::npos ? next : meant[at];
  }
  return out;
}

/// The path of "--- a/PATH" or "+++ b/PATH"; empty for /dev/null.
std::string side(std::string_view line) {
  line.remove_prefix(4);
  // A tab ends a path with spaces in it.
  if (!line.starts_with('"')) line = line.substr(0, line.find('\t'));
  const std::string path = unquoted(line);
  return path == "/dev/null" || path.size() < 2 ? std::string() : path.substr(2);
}

/// The path of "diff --git a/PATH b/PATH", where both are the same; what has no "---" line, a
/// binary file say, has it here only.
std::string common_path(std::string_view line) {
  line.remove_prefix(std::string_view("diff --git ").size());
  const std::size_t half = line.size() / 2;
  const std::string_view a = line.substr(0, half);
  const std::string_view b = line.substr(std::min(half + 1, line.size()));
  const std::string one = unquoted(a);
  const std::string other = unquoted(b);
  if (one.size() < 2 || other.size() < 2 || one.substr(2) != other.substr(2)) return {};
  return one.substr(2);
}

/// What begins a comment in files of this name; nullopt where that is not known.
std::optional<std::string_view> comment_sign(std::string_view path) {
  static constexpr std::array<std::string_view, 9> hash = {".py", ".sh", ".yaml", ".yml", ".toml",
                                                           ".r",  ".rb", ".pl",   ".jl"};
  static constexpr std::array<std::string_view, 9> slashes = {".c",  ".cc", ".cpp", ".h", ".hpp",
                                                              ".js", ".go", ".rs",  ".cu"};
  const std::string lower = to_lower(path);
  const auto ends = [&lower](std::string_view extension) { return lower.ends_with(extension); };
  if (std::any_of(hash.begin(), hash.end(), ends)) return "#";
  if (std::any_of(slashes.begin(), slashes.end(), ends)) return "//";
  return std::nullopt;
}

/// Is a changed line blank or a comment? The first line of a script names its interpreter.
bool says_nothing(std::string_view line, std::string_view sign) {
  line = trim(line.substr(1));
  return line.empty() || (line.starts_with(sign) && !line.starts_with("#!"));
}

class Parser {
 public:
  void line(std::string_view text) {
    if (text.starts_with("diff --git ")) {
      files_.emplace_back();
      files_.back().path = common_path(text);
      left_ = 0;
      return;
    }
    if (files_.empty()) return;
    if (left_ > 0) {
      hunk_line(text);
    } else if (text.starts_with("@@ ")) {
      begin_hunk(text);
    } else if (text.starts_with('\\') && !files_.back().hunks.empty()) {
      files_.back().hunks.back().lines.emplace_back(text);
    } else {
      header_line(text);
    }
  }

  std::vector<FileHunks> finish() {
    for (FileHunks& file : files_) {
      const auto sign = comment_sign(file.path);
      for (Hunk& hunk : file.hunks) {
        hunk.comments_only =
            sign && std::all_of(hunk.lines.begin(), hunk.lines.end(), [&](const auto& one) {
              return (!one.starts_with('+') && !one.starts_with('-')) || says_nothing(one, *sign);
            });
      }
    }
    return std::move(files_);
  }

 private:
  void header_line(std::string_view text) {
    FileHunks& file = files_.back();
    if (text.starts_with("--- ")) {
      file.old_path = side(text);
      if (file.path.empty()) file.path = file.old_path;
    } else if (text.starts_with("+++ ")) {
      if (std::string path = side(text); !path.empty()) file.path = std::move(path);
    } else if (text.starts_with("rename from ")) {
      file.old_path = unquoted(text.substr(12));
    } else if (text.starts_with("rename to ")) {
      file.path = unquoted(text.substr(10));
    } else if (text.starts_with("Binary files ") || text.starts_with("GIT binary patch")) {
      file.binary = true;
    }
  }

  /// "@@ -27,7 +27,7 @@": how many lines of either side follow; 1 where no number stands.
  void begin_hunk(std::string_view text) {
    const auto count = [text](char mark) -> std::uint64_t {
      const std::size_t at = text.find(mark);
      if (at == std::string_view::npos) return 0;
      const std::string_view range = text.substr(at + 1, text.find(' ', at) - at - 1);
      const std::size_t comma = range.find(',');
      if (comma == std::string_view::npos) return 1;
      return static_cast<std::uint64_t>(parse_int(range.substr(comma + 1)).value_or(0));
    };
    left_ = count('-') + count('+');
    files_.back().hunks.push_back({std::string(text), {}, 0, 0, false});
  }

  void hunk_line(std::string_view text) {
    Hunk& hunk = files_.back().hunks.back();
    hunk.lines.emplace_back(text.empty() ? " " : text);
    const char mark = hunk.lines.back().front();
    if (mark == '\\') return;
    hunk.added += mark == '+' ? 1 : 0;
    hunk.removed += mark == '-' ? 1 : 0;
    left_ -= std::min<std::uint64_t>(left_, mark == '+' || mark == '-' ? 1 : 2);
  }

  std::vector<FileHunks> files_;
  std::uint64_t left_ = 0;  // lines of the hunk that still have to come, of both sides together
};

}  // namespace

std::vector<FileHunks> parse_patch(std::string_view patch) {
  Parser parser;
  while (!patch.empty()) {
    const std::size_t end = std::min(patch.find('\n'), patch.size());
    parser.line(patch.substr(0, end));
    patch.remove_prefix(std::min(end + 1, patch.size()));
  }
  return parser.finish();
}

}  // namespace clew::analysis
