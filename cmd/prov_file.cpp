#include "prov_file.h"

#include <system_error>

#include "base/error.h"
#include "base/text.h"
#include "prov/read.h"

namespace clew::cmd {

namespace {

constexpr std::string_view kSuffix = ".json";

/// FILE and RUN of "FILE.json:RUN"; the second is empty where none is named.
std::pair<std::string_view, std::string_view> parts_of(std::string_view word) {
  if (word.ends_with(kSuffix)) return {word, {}};
  const std::size_t colon = word.rfind(':');
  if (colon == std::string_view::npos) return {word, {}};
  return {word.substr(0, colon), word.substr(colon + 1)};
}

}  // namespace

bool names_document(std::string_view word) {
  return parts_of(word).first.ends_with(kSuffix);
}

Json read_document(const Session& session, std::string_view path) {
  const auto text = read_file(session.directory / path);
  if (!text) throw Error(ErrorKind::usage, concat("no file '", path, '\''));
  try {
    return parse_json(*text);
  } catch (const Error& error) {
    throw Error(ErrorKind::failed, concat("cannot read '", path, "': ", error.message()));
  }
}

prov::DescribedRun read_described_run(const Session& session, std::string_view word) {
  const auto [path, wanted] = parts_of(word);
  std::vector<prov::DescribedRun> runs =
      prov::runs_of(prov::read_prov_json(read_document(session, path)));
  if (runs.empty()) {
    throw Error(ErrorKind::usage, concat("the document '", path, "' tells of no run of clew"),
                {concat("'clew verify ", shell_quote(path), "' says what is in it")});
  }
  if (wanted.empty() && runs.size() == 1) return std::move(runs.front());
  std::vector<std::string> hints;
  for (prov::DescribedRun& run : runs) {
    if (!wanted.empty() && run.parts.run.id.hex().starts_with(wanted)) return std::move(run);
    hints.push_back(concat(path, ':', run.parts.run.id.short_hex(), "  ", run.parts.run.name));
  }
  throw Error(ErrorKind::usage,
              wanted.empty() ? concat("the document '", path, "' tells of several runs")
                             : concat("the document '", path, "' has no run '", wanted, '\''),
              std::move(hints));
}

}  // namespace clew::cmd
