#include <array>

#include "base/text.h"
#include "capture/environment.h"
#include "capture/settings.h"

namespace clew::capture {

std::string_view name_of(SettingSpec::Type type) {
  constexpr std::array<std::string_view, 5> kNames{"boolean", "integer", "size", "text", "list"};
  return kNames[static_cast<std::size_t>(type)];
}

const std::vector<SettingSpec>& setting_specs() {
  using enum SettingSpec::Type;
  static const std::string variables = join(default_variable_patterns(), ",");
  static const std::vector<SettingSpec> specs{
      {"environment.variables", list, variables,
       "patterns of the environment variables that a run records"},
      {"files.hash-limit", size, "4 GiB",
       "of a larger file that a run uses only samples are hashed"},
      {"files.ignore", list, "", "patterns of files that a run does not record"},
      {"files.inputs", list, "", "patterns of files that are inputs, whatever is done to them"},
      {"files.outputs", list, "", "patterns of files that are outputs, whatever is done to them"},
      {"files.save", list, "", "patterns of files of which a run keeps a copy"},
      {"files.save-limit", size, "1 GiB", "how much of files a run keeps in all"},
      {"log.count", integer, "25", "how many runs 'clew log' shows"},
      {"metrics.templates", list, "",
       "forms of output lines with metrics, such as \"[{step}] train {loss}\""},
      {"output.limit", size, "100 MiB",
       "how much of its output a run keeps: half from the start, half from the end"},
      {"output.metrics", boolean, "true", "look for metrics in what a run prints"},
      {"params.files", list, "",
       "parameter files of every run; relative ones are looked up beside the settings file"},
      {"rules.alert", list, "",
       "rules, clew-query(7), whose firing runs the store's hook 'on-alert'"},
      {"rules.checkpoint-signal", text, "",
       "the signal, such as USR1, by which a training is told to save before it is stopped"},
      {"rules.checkpoint-wait", integer, "30",
       "seconds that a training gets to save before it is stopped"},
      {"rules.grace", integer, "30", "seconds from SIGTERM to SIGKILL when a run is stopped"},
      {"rules.note-when", list, "", "rules whose firing adds a note to the run"},
      {"rules.stop-when", list, "", "rules whose firing stops the run"},
      {"run.output", boolean, "true", "keep what a run prints"},
      {"run.snapshot", boolean, "true", "keep the code that a run starts with"},
      {"run.trace", text, "files", "how much is recorded of a run's processes and files",
       "off|outputs|files|full"},
      {"run.trace-mechanism", text, "auto", "how that is found out; see clew-trace(7)",
       "auto|unotify|outer|preload|scan"},
      {"snapshot.file-limit", size, "10 MiB", "a larger file is named in a snapshot, not stored"},
      {"snapshot.untracked-files", integer, "2000",
       "how many files that git does not track a snapshot stores"},
      {"snapshot.untracked-size", size, "50 MiB",
       "how much of files that git does not track a snapshot stores"},
      {"sql.memory-limit", size, "1 GiB", "how much memory a query of 'clew sql' may use; 0: any"},
      {"sql.time-limit", integer, "60", "how many seconds 'clew sql' may take; 0: any"},
      {"ui.color", text, "auto", "colours on the terminal", "auto|always|never"},
      {.key = "ui.pager",
       .type = text,
       .standard = "",
       .help = "the command that shows long output; empty for $PAGER, else 'less -FRX'",
       .choices = {},
       .in_project = false},
  };
  return specs;
}

}  // namespace clew::capture
