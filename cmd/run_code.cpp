#include "run_code.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/text.h"
#include "ui/values.h"

namespace clew::cmd {

std::optional<snapshot::Repository> open_code(const Session& session, const model::Run& run) {
  if (run.code.commit.empty()) return std::nullopt;
  const auto home = session.environment.find("HOME");
  const fs::path home_directory = home == session.environment.end() ? "" : home->second;
  const std::array<fs::path, 2> places = {fs::path(run.code.root), session.directory};
  for (const fs::path& place : places) {
    std::error_code ignored;
    if (place.empty() || !fs::is_directory(place, ignored)) continue;
    auto repository =
        snapshot::Repository::open(place, session.location->layout.code(), home_directory);
    if (repository && repository->has(run.code.commit)) return repository;
  }
  return std::nullopt;
}

snapshot::Repository require_code(const Session& session, const model::Run& run) {
  if (run.code.commit.empty()) {
    std::vector<std::string> hints = {
        concat("'clew show ", run.id.short_hex(), "' says what was recorded")};
    throw Error(ErrorKind::usage, concat("the run '", run.id.short_hex(), "' has no snapshot"),
                std::move(hints));
  }
  auto repository = open_code(session, run);
  if (!repository) {
    std::string place = run.code.root.empty() ? "another repository"
                                              : concat("the repository of '", run.code.root, '\'');
    throw Error(ErrorKind::usage,
                concat("the snapshot '", run.code.commit, "' is not in this repository"),
                {concat("it was taken in ", place, "; 'clew -C DIR' runs there")});
  }
  return std::move(*repository);
}

std::string unstored_text(const std::vector<model::UnstoredFile>& files) {
  constexpr std::size_t kNamed = 3;
  std::vector<const model::UnstoredFile*> ordered;
  ordered.reserve(files.size());
  for (const model::UnstoredFile& file : files)
    ordered.push_back(&file);
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const auto* a, const auto* b) { return a->size > b->size; });
  std::vector<std::string> words;
  for (const auto* file : ordered) {
    if (words.size() == kNamed) {
      words.push_back(concat(files.size() - kNamed, " more"));
      break;
    }
    words.push_back(
        concat(ui::printable(file->path), " (", format_size(file->size), ", ", file->reason, ')'));
  }
  return join(words, ", ");
}

}  // namespace clew::cmd
