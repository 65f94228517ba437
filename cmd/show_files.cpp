#include "show_files.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "export/exporter.h"
#include "ui/table.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

using model::File;
using model::Process;
using model::Role;
using ui::Align;
using ui::Label;
using ui::Output;

constexpr std::size_t kFilesIndent = 2;
constexpr std::size_t kCaptureWidth = 11;
constexpr std::size_t kShownDigits = 12;
/// Deeper processes stand at this depth: the table would only be of lines.
constexpr std::size_t kDeepestProcess = 24;

void files_heading(Output& out, std::string_view title) {
  out.line();
  out.write(Label::heading, title);
  out.line();
}

void capture_line(Output& out, std::string_view key, std::string_view value) {
  if (value.empty()) return;
  out.write(std::string(kFilesIndent, ' '));
  out.write(Label::faint, ui::padded(key, kCaptureWidth));
  out.line(value);
}

/// "read, written", as far as it says anything.
std::string file_use_text(model::FileModes modes) {
  constexpr std::array<std::pair<model::FileMode, std::string_view>, 7> kNames{{
      {model::kRead, "read"},
      {model::kExecuted, "executed"},
      {model::kInherited, "inherited"},
      {model::kCreated, "created"},
      {model::kWritten, "written"},
      {model::kRenamed, "renamed"},
      {model::kDeleted, "deleted"},
  }};
  std::vector<std::string> words;
  for (const auto& [mode, name] : kNames) {
    // Whatever is created is written.
    if (mode == model::kWritten && (modes & model::kCreated) != 0) continue;
    if ((modes & mode) != 0) words.emplace_back(name);
  }
  return join(words, ", ");
}

std::string program_name(const Process& process) {
  const std::string& program = process.argv.empty() ? process.executable : process.argv.front();
  return program.substr(program.rfind('/') + 1);
}

/// "1 python", or how many they are.
std::string users_text(const File& file, const std::vector<Process>& processes) {
  if (file.uses.empty()) return std::string(ui::kMissing);
  const std::uint32_t first = file.uses.front().process;
  std::string text = std::to_string(first);
  if (first < processes.size()) text += " " + ui::printable(program_name(processes[first]));
  if (file.uses.size() > 1) text += concat(" and ", ui::counted(file.uses.size() - 1, "other"));
  return text;
}

ui::Cell exit_cell(const Process& process) {
  if (process.signal) return {model::signal_name(*process.signal), Label::bad};
  if (process.exit_code) {
    return {concat("exit ", *process.exit_code),
            *process.exit_code == 0 ? Label::faint : Label::bad};
  }
  return {process.ended ? std::string(ui::kMissing) : "running", Label::running};
}

std::string process_command(const Process& process) {
  return process.argv.empty() ? ui::printable(process.executable) : ui::command_text(process.argv);
}

/// Puts the rows of a process and of those that it started, in the order of their start.
class ProcessRows {
 public:
  ProcessRows(ui::Table& table, const std::vector<Process>& processes, Time now)
      : table_(table), processes_(processes), now_(now), children_(processes.size()) {}

  void add_all() {
    std::vector<std::size_t> roots;
    for (std::size_t i = 0; i < processes_.size(); ++i) {
      const auto parent = processes_[i].parent;
      // A parent always comes before what it started.
      if (parent && *parent < i) {
        children_[*parent].push_back(i);
      } else {
        roots.push_back(i);
      }
    }
    for (const std::size_t root : roots)
      add(root, "", "");
  }

 private:
  struct Pending {
    std::size_t index = 0;
    std::string stem;
    std::string before;
  };

  void add(std::size_t root, const std::string& stem, const std::string& before) {
    std::vector<Pending> stack = {{root, stem, before}};
    while (!stack.empty()) {
      const Pending at = std::move(stack.back());
      stack.pop_back();
      row(at);
      const auto& children = children_[at.index];
      const bool deep = ui::display_width(at.before) >= 3 * kDeepestProcess;
      for (std::size_t i = children.size(); i-- > 0;) {
        const bool last = i + 1 == children.size();
        const std::string further = deep ? "" : last ? "   " : "│  ";
        stack.push_back(
            {children[i], concat(at.before, last ? "└─ " : "├─ "), concat(at.before, further)});
      }
    }
  }

  void row(const Pending& at) {
    const Process& process = processes_[at.index];
    std::string duration(ui::kMissing);
    const bool goes_on = !process.ended && !process.exit_code && !process.signal;
    if (process.ended || goes_on)
      duration = format_duration(process.ended.value_or(now_) - process.started);
    table_.row({{std::to_string(at.index), Label::faint},
                {concat(at.stem, process_command(process))},
                {std::move(duration)},
                exit_cell(process)});
  }

  ui::Table& table_;
  const std::vector<Process>& processes_;
  Time now_;
  std::vector<std::vector<std::size_t>> children_;
};

struct FilesTotal {
  std::size_t files = 0;
  std::uint64_t bytes = 0;
};

FilesTotal files_total(const std::vector<File>& files, Role role) {
  FilesTotal total;
  for (const File& file : files) {
    if (file.state.role != role) continue;
    ++total.files;
    if (file.state.digest != model::DigestKind::none) total.bytes += file.state.size;
  }
  return total;
}

std::string files_total_text(const FilesTotal& total) {
  if (total.files == 0) return {};
  std::string text = ui::counted(total.files, "file");
  if (total.bytes > 0) text += ", " + format_size(total.bytes);
  return text;
}

constexpr std::array<std::pair<Role, std::string_view>, 4> kShownRoles{{
    {Role::input, "inputs"},
    {Role::output, "outputs"},
    {Role::code, "code"},
    {Role::temporary, "temporary"},
}};

std::string state_digest_text(const model::FileState& state) {
  std::string text = state.sha256.substr(0, kShownDigits);
  if (state.digest == model::DigestKind::partial) text += " (of samples)";
  if (state.digest == model::DigestKind::changing) text += " (changed meanwhile)";
  if (state.gone) text += concat(text.empty() ? "" : " ", "(gone)");
  return text;
}

}  // namespace

void print_processes(Output& out, const model::RunParts& parts, Time now) {
  if (parts.processes.empty()) return out.line("no processes were recorded");
  ui::Table table(
      {{"#", Align::right}, {"process", Align::left, true}, {"duration", Align::right}, {"exit"}});
  ProcessRows(table, parts.processes, now).add_all();
  table.print(out);
}

void print_run_files(Output& out, const model::RunParts& parts) {
  if (parts.files.empty()) return out.line("no files were recorded");
  bool first = true;
  for (const auto& [role, title] : kShownRoles) {
    ui::Table table({{"path", Align::left, true},
                     {"use"},
                     {"size", Align::right},
                     {"sha256"},
                     {"process", Align::left, true}},
                    kFilesIndent);
    for (const File& file : parts.files) {
      if (file.state.role != role) continue;
      const bool sized = file.state.digest != model::DigestKind::none;
      table.row({{ui::printable(file.state.path), Label::name},
                 {file_use_text(file.modes())},
                 {sized ? format_size(file.state.size) : std::string(ui::kMissing)},
                 {state_digest_text(file.state), Label::id},
                 {users_text(file, parts.processes), Label::faint}});
    }
    if (table.empty()) continue;
    if (!first) out.line();
    first = false;
    out.write(Label::heading, title);
    out.write(Label::faint, concat("  ", files_total_text(files_total(parts.files, role))));
    out.line();
    table.print(out);
  }
}

void print_capture(Output& out, const model::RunParts& parts) {
  const model::Capture& capture = parts.capture;
  const bool captured = capture.mechanism != "none" && capture.level != "off";
  if (!captured && parts.files.empty() && parts.processes.empty()) return;
  const bool declared = capture.mechanism == "scan" && capture.level == "off";
  files_heading(out, "files and processes");
  capture_line(out, "captured",
               concat(ui::printable(capture.mechanism), ", ",
                      declared ? "what was declared" : ui::printable(capture.level),
                      capture.complete ? "" : ", not complete"));
  if (!parts.processes.empty()) {
    const auto failed = std::count_if(
        parts.processes.begin(), parts.processes.end(),
        [](const Process& one) { return one.signal || one.exit_code.value_or(0) != 0; });
    std::string text = std::to_string(parts.processes.size());
    if (failed > 0) text += concat(", ", failed, " failed");
    capture_line(out, "processes", text);
  }
  for (const auto& [role, title] : kShownRoles)
    capture_line(out, title, files_total_text(files_total(parts.files, role)));
  if (!capture.connections.empty()) {
    std::vector<std::string> words;
    for (const std::string& address : capture.connections)
      words.push_back(ui::printable(address));
    capture_line(out, "connected", join(words, ", "));
  }
  for (const std::string& sentence : capture.blind) {
    out.write(std::string(kFilesIndent, ' '));
    out.write(Label::warning, ui::padded("not seen", kCaptureWidth));
    out.line(ui::printable(sentence));
  }
}

void write_processes_csv(const std::vector<Process>& processes, const WriteText& write) {
  write("index,parent,pid,command,cwd,executable,started,ended,exit_code,signal\n");
  for (std::size_t i = 0; i < processes.size(); ++i) {
    const Process& process = processes[i];
    const std::vector<std::string> fields = {
        std::to_string(i),
        process.parent ? std::to_string(*process.parent) : "",
        std::to_string(process.pid),
        exporter::csv_field(ui::command_text(process.argv)),
        exporter::csv_field(process.cwd),
        exporter::csv_field(process.executable),
        format_time(process.started),
        process.ended ? format_time(*process.ended) : "",
        process.exit_code ? std::to_string(*process.exit_code) : "",
        process.signal ? model::signal_name(*process.signal) : ""};
    write(join(fields, ",") + "\n");
  }
}

void write_files_csv(const std::vector<File>& files, const WriteText& write) {
  write("path,role,use,size,sha256,digest,gone,processes\n");
  for (const File& file : files) {
    std::vector<std::string> processes;
    for (const model::FileUse& use : file.uses)
      processes.push_back(std::to_string(use.process));
    const bool sized = file.state.digest != model::DigestKind::none;
    const std::vector<std::string> fields = {exporter::csv_field(file.state.path),
                                             std::string(model::name_of(file.state.role)),
                                             exporter::csv_field(file_use_text(file.modes())),
                                             sized ? std::to_string(file.state.size) : "",
                                             file.state.sha256,
                                             std::string(model::name_of(file.state.digest)),
                                             file.state.gone ? "true" : "false",
                                             join(processes, " ")};
    write(join(fields, ",") + "\n");
  }
}

}  // namespace clew::cmd
