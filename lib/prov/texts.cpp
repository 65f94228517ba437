#include "prov/texts.h"

#include <algorithm>
#include <filesystem>

#include "base/text.h"

namespace clew::prov {
namespace {

constexpr std::size_t longest_label = 200;

Json argv_json(const std::vector<std::string>& argv, bool encoded) {
  auto list = Json::array();
  for (const auto& word : argv)
    list.push(encoded ? base64(word) : word);
  return list;
}

}  // namespace

void add_text(Attributes& attributes, std::string name, const std::string& text) {
  if (!text.empty()) attributes.emplace_back(std::move(name), text_value(text));
}

void add_argv(Attributes& attributes, const std::vector<std::string>& argv) {
  if (argv.empty()) return;
  attributes.emplace_back("clew:argv", text_value(dump_json(argv_json(argv, false))));
  if (std::all_of(argv.begin(), argv.end(), is_valid_utf8)) return;
  attributes.emplace_back("clew:argvBase64", text_value(dump_json(argv_json(argv, true))));
}

std::string command_label(const std::vector<std::string>& argv) {
  std::string label;
  for (const auto& word : argv) {
    label += label.empty() ? "" : " ";
    label += shell_quote(word);
    if (label.size() <= longest_label) continue;
    label.resize(longest_label);
    // No half of a character.
    while (!label.empty() && !is_valid_utf8(label) && (label.back() & 0x80) != 0)
      label.pop_back();
    return label + "...";
  }
  return label.empty() ? "process" : label;
}

std::string lexically_normal(const std::string& path) {
  auto normal = std::filesystem::path(path).lexically_normal().string();
  if (normal.size() > 1 && normal.ends_with('/')) normal.pop_back();
  return normal;
}

std::optional<std::string> below_root(const std::string& path, const std::string& root) {
  if (root.empty()) return std::nullopt;
  if (path == root) return ".";
  const auto start = root.ends_with('/') ? root : root + '/';
  if (!path.starts_with(start)) return std::nullopt;
  return path.substr(start.size());
}

std::string from_root(const std::string& path, const std::string& directory,
                      const std::string& root) {
  if (root.empty() || path.empty()) return path;
  const auto normal = lexically_normal(path.starts_with('/') ? path : concat(directory, '/', path));
  const auto below = below_root(normal, root);
  return below ? *below : normal;
}

}  // namespace clew::prov
