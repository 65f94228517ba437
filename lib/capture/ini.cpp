#include "base/text.h"
#include "capture/parameter_files.h"
#include "capture/parameter_values.h"

namespace clew::capture {
namespace {

/// The text up to a comment: a '#' or ';' after a space, outside of quotes.
std::string_view without_comment(std::string_view text) {
  char quote = text.empty() || (text[0] != '"' && text[0] != '\'') ? '\0' : text[0];
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == quote) quote = '\0';
    const bool after_space = text[at - 1] == ' ' || text[at - 1] == '\t';
    if (quote == '\0' && after_space && (text[at] == '#' || text[at] == ';')) {
      return trim(text.substr(0, at));
    }
  }
  return text;
}

Json value_of(std::string_view text) {
  if (text.size() >= 2 && text.front() == text.back() &&
      (text.front() == '"' || text.front() == '\'')) {
    return text.substr(1, text.size() - 2);
  }
  return value_from_word(text);
}

class IniReader {
 public:
  explicit IniReader(const TextSource& source) : source_(source) {}

  Json read(std::string_view text) {
    for (const std::string_view line : split(text, '\n')) {
      ++line_;
      const std::string_view content = trim(line);
      if (content.empty() || content[0] == '#' || content[0] == ';') continue;
      const std::size_t indent = line.find(content[0]);
      if (name_ != nullptr && indent > indent_) {
        value_ += concat('\n', without_comment(content));
        continue;
      }
      finish();
      indent_ = indent;
      if (content[0] == '[') {
        section(content);
      } else {
        assignment(content);
      }
    }
    finish();
    return std::move(root_);
  }

 private:
  void section(std::string_view content) {
    const std::string_view header = without_comment(content);
    const std::string_view name = trim(header.substr(1, header.size() - 2));
    if (header.back() != ']' || name.empty()) throw source_.error("malformed section", line_);
    section_ = name;
  }

  void assignment(std::string_view content) {
    const std::size_t separator = content.find_first_of("=:");
    const std::string_view name = trim(content.substr(0, separator));
    if (separator == std::string_view::npos || name.empty()) {
      throw source_.error("neither a section nor 'name = value'", line_);
    }
    if (++count_ > kMaxParameterLeaves) throw source_.error("more than 1,000 values");
    Json& target = section_.empty() ? root_ : root_[section_];
    // A section may have the name of a value that stood above all sections; the section counts.
    if (!target.is_object()) target = Json::object();
    name_ = &target[name];
    value_ = without_comment(trim(content.substr(separator + 1)));
  }

  void finish() {
    if (name_ != nullptr) *name_ = value_of(trim(value_));
    name_ = nullptr;
  }

  const TextSource& source_;
  Json root_ = Json::object();
  std::string section_;
  Json* name_ = nullptr;  // the value that is being read, a member of root_ or of a section in it
  std::string value_;
  std::size_t indent_ = 0;
  std::size_t count_ = 0;
  int line_ = 0;
};

}  // namespace

Json parse_ini(std::string_view text, const TextSource& source) {
  return IniReader(source).read(text);
}

}  // namespace clew::capture
