#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/error.h"
#include "base/text.h"
#include "capture/launchers.h"
#include "capture/parameter_files.h"
#include "capture/parameter_values.h"
#include "capture/parameters.h"

namespace clew::capture {
namespace {

using Words = std::vector<std::string>;

bool is_name_start(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_';
}
bool is_name_part(char c) {
  constexpr std::string_view kPunctuation = "_./@-";
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         kPunctuation.find(c) != std::string_view::npos;
}

struct Assignment {
  std::string_view name;
  std::string_view value;
};

/// "a.b=1", and hydra's "+a.b=1" and "++a.b=1", which add a name. Any other word is none, such as a
/// URL with a query.
std::optional<Assignment> assignment(std::string_view word) {
  for (int plus = 0; plus < 2 && word.starts_with('+'); ++plus) {
    word.remove_prefix(1);
  }
  const std::size_t equals = word.find('=');
  if (equals == std::string_view::npos || equals == 0 || !is_name_start(word[0])) {
    return std::nullopt;
  }
  const std::string_view name = word.substr(0, equals);
  if (!std::all_of(name.begin(), name.end(), is_name_part)) return std::nullopt;
  return Assignment{name, word.substr(equals + 1)};
}

/// The name in an option word, without its dashes and its value; empty where there is none.
std::string_view option_name(std::string_view word) {
  const std::size_t start = word.find_first_not_of('-');
  if (start == std::string_view::npos) return {};
  const std::string_view name = word.substr(start, word.find('=') - start);
  const bool named = !name.empty() && (is_name_start(name[0]) ||
                                       std::isdigit(static_cast<unsigned char>(name[0])) != 0);
  return named ? name : std::string_view();
}

class ArgvReader {
 public:
  explicit ArgvReader(const Words& argv) : argv_(argv), at_(command_shape(argv).arguments) {}

  std::vector<model::Parameter> read() {
    while (at_ < argv_.size() && argv_[at_] != "--") {
      const std::string_view word = argv_[at_++];
      if (is_option_word(word)) {
        option(word);
      } else if (const auto found = assignment(word)) {
        set(found->name, value_from_word(found->value));
      }
    }
    return std::move(params_);
  }

 private:
  void set(std::string_view name, Json value) {
    model::set_parameter(params_, {.name = valid_utf8(name),
                                   .value = std::move(value),
                                   .source = model::Source::argv,
                                   .file = {},
                                   .lost = {}});
  }

  void option(std::string_view word) {
    const std::string_view name = option_name(word);
    if (name.empty()) return;
    if (const std::size_t equals = word.find('='); equals != std::string_view::npos) {
      return set(name, value_from_word(word.substr(equals + 1)));
    }
    if (word[1] != '-' && name.size() > 1 && is_name_start(name[0])) {
      if (auto number = number_from_word(name.substr(1))) {
        return set(name.substr(0, 1), *std::move(number));  // "-b32"
      }
    }
    if (word.starts_with("--no-") && name.size() > 3 && !number_at(at_)) {
      return set(name.substr(3), false);
    }
    set(name, value());
  }

  /// The value of the option before: true when no word follows that could be one; a list when
  /// several numbers follow.
  Json value() {
    if (auto number = number_at(at_)) {
      ++at_;
      if (!number_at(at_)) return *std::move(number);
      Json list = Json::array();
      list.push(*std::move(number));
      while (auto next = number_at(at_)) {
        list.push(*std::move(next));
        ++at_;
      }
      return list;
    }
    if (at_ >= argv_.size() || is_option_word(argv_[at_]) || assignment(argv_[at_])) return true;
    return value_from_word(argv_[at_++]);
  }

  [[nodiscard]] std::optional<Json> number_at(std::size_t index) const {
    return index < argv_.size() ? number_from_word(argv_[index]) : std::nullopt;
  }

  const Words& argv_;
  std::size_t at_;
  std::vector<model::Parameter> params_;
};

bool is_parameter_file(std::string_view name, const fs::path& directory) {
  constexpr std::array<std::string_view, 6> kExtensions{".yaml", ".yml", ".json",
                                                        ".toml", ".ini", ".cfg"};
  const std::string extension = to_lower(fs::path(name).extension().string());
  if (std::find(kExtensions.begin(), kExtensions.end(), extension) == kExtensions.end()) {
    return false;
  }
  struct stat status {};
  return stat((directory / name).c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         static_cast<std::uint64_t>(status.st_size) <= kMaxParameterFile;
}

/// Does the option say that its file is written, so that an older one there is no input?
bool names_output(std::string_view option) {
  constexpr std::array<std::string_view, 11> kOutputs{"o",      "out",    "output", "save",
                                                      "result", "log",    "dump",   "results",
                                                      "export", "report", "metrics"};
  const std::string_view first = option.substr(0, option.find_first_of("-_."));
  return std::find(kOutputs.begin(), kOutputs.end(), to_lower(first)) != kOutputs.end();
}

}  // namespace

std::vector<model::Parameter> parameters_from_argv(const Words& argv) {
  return ArgvReader(argv).read();
}

Words parameter_files_in_argv(const Words& argv, const fs::path& directory) {
  Words files;
  std::string_view option;  // whose value the word may be
  for (std::size_t at = command_shape(argv).arguments; at < argv.size(); ++at) {
    std::string_view word = argv[at];
    if (const auto found = assignment(word)) {
      option = found->name;
      word = found->value;
    } else if (is_option_word(word)) {
      option = option_name(word);
      const std::size_t equals = word.find('=');
      if (equals == std::string_view::npos) continue;
      word = word.substr(equals + 1);
    }
    if (!names_output(option) && is_parameter_file(word, directory) &&
        std::find(files.begin(), files.end(), word) == files.end()) {
      files.emplace_back(word);
    }
    option = {};
  }
  return files;
}

}  // namespace clew::capture
