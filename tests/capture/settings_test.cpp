#include "capture/settings.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <string>

#include "base/error.h"
#include "base/text.h"
#include "capture/environment.h"
#include "support/temporary_directory.h"

namespace clew::capture {
namespace {

Error error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  return Error(ErrorKind::bug, "no error");
}

/// Settings files in a directory of their own.
struct Files {
  TemporaryDirectory directory;
  SettingsRequest request{directory.path() / "user.yaml",
                          directory.path() / "clew.yaml",
                          directory.path() / "store.yaml",
                          {},
                          {}};
};

/// What is wrong with a project file of that content, the directory cut from it.
std::string fault(std::string_view content) {
  Files files;
  replace_file(files.request.project_file, content);
  const Error error = error_of([&] { (void)load_settings(files.request); });
  CHECK(error.kind() == ErrorKind::usage);
  std::string message = error.message();
  const std::string top = files.directory.path().string() + "/";
  for (std::size_t at = message.find(top); at != std::string::npos; at = message.find(top)) {
    message.erase(at, top.size());
  }
  return error.hints().empty() ? message : concat(message, " | ", join(error.hints(), " "));
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '-') out += '\\';
    out += c;
  }
  return out;
}

/// A setting as it stands in clew-config(5).
std::string manual_entry(const SettingSpec& spec) {
  std::string standard = concat("default ", escaped(spec.standard));
  if (spec.standard.empty()) standard = "empty by default";
  if (spec.key == "environment.variables") standard = "default below";
  std::string choices = concat(": ", spec.choices);
  std::replace(choices.begin(), choices.end(), '|', ' ');
  return concat(".TP\n.BR ", escaped(spec.key), " \" (", name_of(spec.type),
                spec.choices.empty() ? "" : choices, ", ", standard, ")\"\n", escaped(spec.help),
                ".\n");
}

}  // namespace

TEST_CASE("the table of settings") {
  const auto& specs = setting_specs();
  CHECK(std::is_sorted(specs.begin(), specs.end(),
                       [](const auto& a, const auto& b) { return a.key < b.key; }));
  for (const SettingSpec& spec : specs) {
    INFO(spec.key);
    CHECK(std::count(spec.key.begin(), spec.key.end(), '.') == 1);
    CHECK(spec.key.find('_') == std::string_view::npos);
    CHECK_FALSE(spec.help.empty());
    CHECK_FALSE(spec.help.ends_with('.'));
  }
}

TEST_CASE("the built-in values") {
  const Settings settings;
  CHECK(settings.boolean("run.snapshot"));
  CHECK(settings.integer("log.count") == 25);
  CHECK(settings.size("output.limit") == 100ULL << 20);
  CHECK(settings.text("ui.color") == "auto");
  CHECK(settings.text("ui.pager").empty());
  CHECK(settings.list("params.files").empty());
  CHECK(settings.list("environment.variables") == default_variable_patterns());
  CHECK(error_of([&] { (void)settings.boolean("log.count"); }).kind() == ErrorKind::bug);
  CHECK(error_of([&] { (void)settings.boolean("no.such"); }).message() ==
        "no setting 'no.such' of the type asked for");
}

TEST_CASE("values are read by type") {
  Settings settings;
  const auto size = [&](std::string_view text) {
    settings.set("output.limit", text, "test");
    return settings.size("output.limit");
  };
  CHECK(size("4096") == 4096);
  CHECK(size("0") == 0);
  CHECK(size("512 B") == 512);
  CHECK(size("10MB") == 10'000'000);
  CHECK(size("10 kB") == 10'000);
  CHECK(size("100 MiB") == 100ULL << 20);
  CHECK(size("1.5 GiB") == 3ULL << 29);
  CHECK(size("2K") == 2048);
  CHECK(size(" 1T ") == 1ULL << 40);
  for (const char* text : {"", "x", "-1", "1 XB", "1 MiBB", "1..2", "1e9", "99999999 TB", "MiB"}) {
    INFO(text);
    CHECK(error_of([&] { (void)size(text); }).message() ==
          concat("wrong value '", text,
                 "' for setting 'output.limit': expected a size such as "
                 "4096, 10MB or 100 MiB (test)"));
  }
  for (const char* text : {"false", "no", "OFF", "0"}) {
    settings.set("run.snapshot", "true", "test");
    settings.set("run.snapshot", text, "test");
    CHECK_FALSE(settings.boolean("run.snapshot"));
  }
  CHECK(error_of([&] { settings.set("run.snapshot", "maybe", "test"); }).kind() ==
        ErrorKind::usage);
  settings.set("log.count", "0", "test");
  CHECK(settings.integer("log.count") == 0);
  CHECK(error_of([&] { settings.set("log.count", "-1", "test"); }).message() ==
        "wrong value '-1' for setting 'log.count': expected an integer from 0 (test)");
  settings.set("environment.variables", "A*, B,,", "test");
  CHECK(settings.list("environment.variables") == std::vector<std::string>{"A*", "B"});
  settings.set("environment.variables", "", "test");
  CHECK(settings.list("environment.variables").empty());
  settings.set("ui.color", "never", "test");
  CHECK(error_of([&] { settings.set("ui.color", "blue", "test"); }).message() ==
        "wrong value 'blue' for setting 'ui.color': expected one of auto always never (test)");
  CHECK(settings.text("ui.color") == "never");
  CHECK(error_of([&] { settings.set_list("log.count", {"1"}, "test"); }).kind() ==
        ErrorKind::usage);
}

TEST_CASE("stronger sources win") {
  Files files;
  const auto count = [&] { return load_settings(files.request).integer("log.count"); };
  CHECK(count() == 25);
  replace_file(files.request.user_file, "log: {count: 1}\nui: {pager: most}\n");
  CHECK(count() == 1);
  CHECK(load_settings(files.request).text("ui.pager") == "most");
  replace_file(files.request.project_file, "log:\n  count: 2\n");
  CHECK(count() == 2);
  replace_file(files.request.store_file, "log:\n  count: 3\n");
  CHECK(count() == 3);
  files.request.environment = {{"CLEW_CONFIG_LOG_COUNT", "4"}, {"CLEW_DIR", "x"}};
  CHECK(count() == 4);
  files.request.overrides = {"log.count=5", "log.count=6", "ui.pager=a=b"};
  CHECK(count() == 6);
  CHECK(load_settings(files.request).text("ui.pager") == "a=b");
}

TEST_CASE("lists in files") {
  Files files;
  replace_file(files.request.project_file,
               "metrics:\n  templates: ['a, {b}', \"c {d}\"]\n"
               "params:\n  files: [conf/a.yaml, ../b.toml, /c.json]\n"
               "environment:\n  variables: A*\n");
  const Settings settings = load_settings(files.request);
  const fs::path top = files.directory.path();
  CHECK(settings.list("metrics.templates") == std::vector<std::string>{"a, {b}", "c {d}"});
  CHECK(settings.list("params.files") ==
        std::vector<std::string>{(top / "conf/a.yaml").string(),
                                 (top.parent_path() / "b.toml").string(), "/c.json"});
  CHECK(settings.list("environment.variables") == std::vector<std::string>{"A*"});
}

TEST_CASE("files that say nothing") {
  for (const char* content : {"", "# nothing\n", "{}", "---\n", "log:\n", "log: {}\n"}) {
    Files files;
    replace_file(files.request.project_file, content);
    CHECK(load_settings(files.request).integer("log.count") == 25);
  }
}

TEST_CASE("faults of files name file, line and remedy") {
  CHECK(fault("log:\n  cuont: 1\n") ==
        "unknown setting 'log.cuont' (clew.yaml, line 2) | did you mean 'log.count'?");
  CHECK(fault("\nlogs: {count: 1}\n") ==
        "unknown section 'logs' (clew.yaml, line 2) | did you mean 'log'?");
  CHECK(fault("zzzzzz:\n") ==
        "unknown section 'zzzzzz' (clew.yaml, line 1) | clew-config(5) lists the settings");
  CHECK(fault("log:\n  count: many\n") ==
        "wrong value 'many' for setting 'log.count': expected an integer from 0 "
        "(clew.yaml, line 2)");
  CHECK(fault("log:\n  count:\n") ==
        "wrong value '' for setting 'log.count': expected an integer from 0 (clew.yaml, line 2)");
  CHECK(fault("log: {count: [1]}\n").starts_with("wrong value '[…]' for setting 'log.count'"));
  CHECK(fault("params: {files: {a: b}}\n").starts_with("wrong value '{…}' for setting"));
  CHECK(fault("params:\n  files:\n  - a\n  - [b]\n") ==
        "wrong value '[…]' for setting 'params.files': expected a list of texts "
        "(clew.yaml, line 4)");
  CHECK(fault("log: 5\n") ==
        "cannot read 'clew.yaml': line 1: section 'log' is not a map of settings");
  CHECK(fault("- log\n") == "cannot read 'clew.yaml': line 1: not a map of sections");
  CHECK(fault("log:\n\tcount: 1\n").starts_with("cannot read 'clew.yaml': line 2, column "));
  CHECK(fault("log: {count: 1\n").starts_with("cannot read 'clew.yaml': line "));
  CHECK(fault(std::string((1 << 20) + 1, '#')).starts_with("cannot read 'clew.yaml': larger"));
}

TEST_CASE("a project file cannot name a program") {
  CHECK(fault("ui:\n  pager: evil\n") ==
        "a project file cannot set 'ui.pager' (clew.yaml, line 2) | set it in "
        "~/.config/clew/config.yaml");
}

TEST_CASE("a settings file must be a file") {
  Files files;
  fs::create_directory(files.request.user_file);
  CHECK(error_of([&] { (void)load_settings(files.request); })
            .message()
            .ends_with("user.yaml': not a regular file"));
}

TEST_CASE("faults of variables and overrides") {
  Files files;
  const auto load = [&] { (void)load_settings(files.request); };
  files.request.environment = {{"CLEW_CONFIG_LOG_CUONT", "1"}};
  const Error unknown = error_of(load);
  CHECK(unknown.kind() == ErrorKind::usage);
  CHECK(unknown.message() == "unknown setting 'CLEW_CONFIG_LOG_CUONT' (environment variable)");
  CHECK(unknown.hints() == std::vector<std::string>{"did you mean 'CLEW_CONFIG_LOG_COUNT'?"});
  files.request.environment = {{"CLEW_CONFIG_SNAPSHOT_FILE_LIMIT", "x"}};
  CHECK(error_of(load).message().ends_with("(CLEW_CONFIG_SNAPSHOT_FILE_LIMIT)"));
  files.request.environment = {{"CLEW_CONFIG_SNAPSHOT_FILE_LIMIT", "1K"}};
  CHECK(load_settings(files.request).size("snapshot.file-limit") == 1024);
  files.request.overrides = {"log.count"};
  CHECK(error_of(load).message() == "setting 'log.count' has no value");
  files.request.overrides = {"log.cuont=1"};
  CHECK(error_of(load).message() == "unknown setting 'log.cuont' (option -c)");
}

TEST_CASE("the manual lists every setting as it is") {
  const fs::path manual = fs::path(__FILE__).parent_path() / "../../man/clew-config.5";
  const auto page = read_file(manual);
  REQUIRE(page);
  std::string entries = ".SH SETTINGS\n";
  for (const SettingSpec& spec : setting_specs()) {
    entries += manual_entry(spec);
  }
  const std::size_t start = page->find(".SH SETTINGS\n");
  REQUIRE(start != std::string::npos);
  CHECK(page->substr(start, page->find(".PP\n", start) - start) == entries);
  std::string patterns;
  for (const std::string& pattern : default_variable_patterns()) {
    patterns += concat(patterns.empty() ? "" : " ", pattern);
  }
  std::string flat = *page;
  std::replace(flat.begin(), flat.end(), '\n', ' ');
  CHECK(flat.find(patterns) != std::string::npos);
}

}  // namespace clew::capture
