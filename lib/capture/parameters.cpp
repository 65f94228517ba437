#include "capture/parameters.h"

#include <system_error>

#include "base/error.h"
#include "base/text.h"
#include "capture/parameter_files.h"
#include "capture/parameter_values.h"
#include "capture/secrets.h"

namespace clew::capture {
namespace {

/// How a file is named in the record: relative to the working directory where it lies below it.
std::string display_name(const std::string& file, const fs::path& directory) {
  if (!fs::path(file).is_absolute()) return file;
  const fs::path relative = fs::path(file).lexically_relative(directory);
  const bool below = !relative.empty() && *relative.begin() != "..";
  return below ? relative.string() : file;
}

std::vector<model::Parameter> read_parameters(const std::string& file, const fs::path& directory) {
  const fs::path path = directory / file;
  std::error_code ignored;
  if (fs::exists(path, ignored) && !fs::is_regular_file(path, ignored)) {
    throw Error(ErrorKind::failed, concat("cannot read '", file, "': not a regular file"));
  }
  const auto content = read_file(path, kMaxParameterFile);
  if (!content) throw Error(ErrorKind::failed, concat("cannot read '", file, "': no such file"));
  return parameters_from_file(display_name(file, directory), *content);
}

void add_all(std::vector<model::Parameter>& params, std::vector<model::Parameter> more) {
  for (model::Parameter& param : more) {
    param.value = mask_value(param.name, std::move(param.value));
    model::set_parameter(params, std::move(param));
  }
}

}  // namespace

model::Parameter parameter_from_option(std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::string_view name = trim(text.substr(0, equals));
  if (equals == std::string_view::npos || name.empty()) {
    throw Error(ErrorKind::usage, concat("cannot read parameter '", mask_text(text), "'"),
                {"write it as NAME=VALUE, as in -p lr=0.1"});
  }
  return {.name = valid_utf8(name),
          .value = value_from_word(text.substr(equals + 1)),
          .source = model::Source::option,
          .file = {},
          .lost = {}};
}

Parameters collect_parameters(const ParameterRequest& request) {
  Parameters out;
  for (const std::string& file : request.files) {
    try {
      add_all(out.params, read_parameters(file, request.directory));
    } catch (const Error& error) {
      throw Error(ErrorKind::usage, error.message(), error.hints());
    }
  }
  for (const std::string& file : parameter_files_in_argv(request.argv, request.directory)) {
    try {
      add_all(out.params, read_parameters(file, request.directory));
    } catch (const Error& error) {
      out.warnings.push_back(concat("no parameters from '", file, "': ", error.message()));
    }
  }
  add_all(out.params, parameters_from_argv(mask_argv(request.argv)));
  for (const std::string& option : request.options) {
    add_all(out.params, {parameter_from_option(option)});
  }
  return out;
}

}  // namespace clew::capture
