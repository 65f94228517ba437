#include "app/open.h"

#include <chrono>
#include <optional>
#include <system_error>

#include "app/report.h"
#include "base/error.h"
#include "base/text.h"
#include "record/annotate.h"

namespace clew::cmd {

namespace {

std::optional<fs::path> variable_path(const EnvironmentMap& environment, std::string_view name) {
  const auto found = environment.find(name);
  if (found == environment.end() || found->second.empty()) return std::nullopt;
  return fs::path(found->second);
}

/// $XDG_CONFIG_HOME/clew/config.yaml, by default in ~/.config (XDG Base Directory Specification,
/// which lets a relative path not count).
fs::path user_file(const EnvironmentMap& environment) {
  const auto configured = variable_path(environment, "XDG_CONFIG_HOME");
  if (configured && configured->is_absolute()) return *configured / "clew" / "config.yaml";
  const auto home = variable_path(environment, "HOME");
  return home ? *home / ".config" / "clew" / "config.yaml" : fs::path();
}

/// clew.yaml in the nearest directory upward that has one or is the top of a work tree.
fs::path project_file(const fs::path& directory) {
  std::error_code ignored;
  for (fs::path place = directory;; place = place.parent_path()) {
    if (fs::exists(place / "clew.yaml", ignored)) return place / "clew.yaml";
    if (fs::exists(place / ".git", ignored) || place == place.root_path()) return {};
  }
}

void load_settings(Session& session) {
  capture::SettingsRequest request;
  request.user_file = user_file(session.environment);
  request.project_file = project_file(session.directory);
  request.store_file = session.location->layout.config();
  request.environment = session.environment;
  request.overrides = session.global.settings;
  session.settings = capture::load_settings(request);
}

void recover(Session& session) {
  // Leftovers are no reason to keep the user waiting: who holds the lock will see to them.
  const auto patience = std::chrono::milliseconds(500);
  try {
    const record::Recovery recovery = record::recover(session.layout(), patience);
    for (const std::string& failure : recovery.failures)
      warn(session.err, failure);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::busy) throw;
  }
}

}  // namespace

fs::path directory_of(const Services& services, const GlobalOptions& global) {
  const fs::path directory = services.directory / global.directory;
  std::error_code code;
  if (!global.directory.empty() && !fs::is_directory(directory, code)) {
    throw Error(ErrorKind::usage, concat("cannot change to '", global.directory,
                                         "': ", code ? code.message() : "not a directory"));
  }
  if (!directory.is_absolute()) return {};
  fs::path normal = directory.lexically_normal();
  return normal.has_filename() || normal == normal.root_path() ? normal : normal.parent_path();
}

void open(Session& session, Access access) {
  if (access == Access::nothing) return;
  if (session.directory.empty()) {
    throw Error(ErrorKind::failed, "the current directory does not exist any more",
                {"change to another directory"});
  }
  session.location = store::locate(session.directory, session.environment);
  load_settings(session);
  if (access == Access::repository) return;
  store::check_format(session.layout(), access == Access::write);
  if (access == Access::write) recover(session);
}

}  // namespace clew::cmd
