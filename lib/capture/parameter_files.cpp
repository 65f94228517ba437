#include "capture/parameter_files.h"

#include <algorithm>

#include "base/fs.h"
#include "base/text.h"
#include "capture/parameters.h"

namespace clew::capture {
namespace {

/// Scalars and empty maps and lists of a value, those inside lists counted.
std::size_t count_leaves(const Json& value) {
  std::size_t count = 0;
  if (value.is_object()) {
    for (const auto& [key, member] : value.as_object()) {
      count += count_leaves(member);
    }
  } else if (value.is_array()) {
    for (const Json& item : value.as_array()) {
      count += count_leaves(item);
    }
  }
  return std::max<std::size_t>(count, 1);
}

/// The commas outside of strings: one less than the leaves of a JSON text.
std::size_t count_commas(std::string_view text) {
  std::size_t count = 0;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (in_string && text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      in_string = !in_string;
    } else if (!in_string && text[at] == ',') {
      ++count;
    }
  }
  return count;
}

Error too_many_values(const TextSource& source) {
  return source.error("more than 1,000 values");
}

Json parse_json_file(std::string_view text, const TextSource& source) {
  // Data sets and vocabularies are told before the work of parsing them.
  if (count_commas(text) >= kMaxParameterLeaves) throw too_many_values(source);
  try {
    return parse_json(text);
  } catch (const Error& error) {
    throw source.error(error.message());
  }
}

Json parse(std::string_view text, const TextSource& source) {
  const std::string extension = to_lower(fs::path(source.name).extension().string());
  if (extension == ".yaml" || extension == ".yml") return yaml_value(parse_yaml(text, source));
  if (extension == ".toml") return parse_toml(text, source);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (extension == ".json") return parse_json_file(text, source);
  return parse_ini(text, source);
}

}  // namespace

std::vector<model::Parameter> parameters_from_file(std::string_view name,
                                                   std::string_view content) {
  const TextSource source{name, ErrorKind::failed};
  if (content.size() > kMaxParameterFile) throw source.error("larger than 256 KiB");
  const Json root = parse(content, source);
  std::vector<model::Parameter> params;
  if (root.is_null()) return params;
  if (!root.is_object()) throw source.error("not a map of names to values");
  if (root.as_object().empty()) return params;
  if (count_leaves(root) > kMaxParameterLeaves) throw too_many_values(source);
  for (auto& [param, value] : model::flatten("", root)) {
    if (param.empty()) throw source.error("a name is empty");
    model::set_parameter(params, {.name = valid_utf8(param),
                                  .value = std::move(value),
                                  .source = model::Source::file,
                                  .file = std::string(name),
                                  .lost = {}});
  }
  return params;
}

}  // namespace clew::capture
