#include "lineage_target.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "file_names.h"
#include "run_code.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

constexpr std::size_t kShortestDigest = 6;
constexpr std::size_t kWholeDigest = 64;
constexpr std::size_t kLongestId = 16;

bool all_hex(std::string_view word) {
  return word.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

/// The run, or nullopt where there is none of that name. An ambiguous one is an error.
std::optional<model::Run> find_recorded_run(const query::Catalog& catalog,
                                            const std::string& word) {
  try {
    return catalog.find(word);
  } catch (const Error& error) {
    const bool unknown = error.message().starts_with("unknown run");
    if (error.kind() != ErrorKind::usage || !unknown) throw;
    return std::nullopt;
  }
}

[[noreturn]] void refuse_file_of_run(const model::Run& run, const std::string& path,
                                     const std::vector<model::File>& files) {
  std::vector<std::string> paths;
  paths.reserve(files.size());
  for (const model::File& file : files)
    paths.push_back(file.state.path);
  const std::vector<std::string> similar = suggestions(path, paths);
  std::vector<std::string> hints;
  if (!similar.empty()) hints.push_back(ui::did_you_mean(similar));
  hints.push_back(files.empty()
                      ? concat("the files of run '", run.id.short_hex(), "' were not recorded")
                      : concat("'clew show ", run.id.short_hex(), " --files' lists its files"));
  throw Error(ErrorKind::usage,
              concat("the run '", run.id.short_hex(), "' has no file '", path, '\''),
              std::move(hints));
}

/// A file as it was to a run: one that it read or wrote, else one of its code.
LineageTarget file_of_run(const Session& session, const query::FileView& files,
                          const model::Run& run, std::string path) {
  path = fs::path(path).lexically_normal().string();
  LineageTarget target;
  target.path = concat(run.id.short_hex(), ':', path);
  target.start.path = path;
  const auto of_run = files.files(run.id);
  const bool recorded = std::any_of(of_run.begin(), of_run.end(), [&](const model::File& file) {
    return file.state.path == path;
  });
  if (recorded) {
    target.start.run = run.id;
    return target;
  }
  if (const auto code = open_code(session, run)) {
    const auto paths = code->files(run.code.commit);
    if (std::find(paths.begin(), paths.end(), path) != paths.end()) {
      const std::string bytes = code->file(run.code.commit, path).value_or("");
      target.start.digest = sha256(bytes);
      target.start.size = bytes.size();
      return target;
    }
  }
  refuse_file_of_run(run, path, of_run);
}

LineageTarget file_now(Session& session, const query::FileView& files, const fs::path& path,
                       const std::vector<std::string>& names, const std::string& word) {
  std::error_code unknown;
  if (fs::is_directory(path, unknown)) {
    throw Error(
        ErrorKind::usage, concat("'", word, "' is a directory"),
        {concat("'clew log -- ", shell_quote(word), "' lists the runs that used its files")});
  }
  if (!fs::is_regular_file(path, unknown))
    throw Error(ErrorKind::usage, concat("'", word, "' is not a regular file"));
  LineageTarget target;
  target.path = word;
  target.start.path = names.front();
  const auto size = fs::file_size(path, unknown);
  if (!unknown) target.start.size = size;
  const auto take = [&](const FileDigest& found) {
    target.start.digest = found.digest;
    target.start.kind = found.kind;
    target.origin = query::origin_of(files, names, found.digest);
  };
  const FileDigest found = digest_of_file(session, path);
  take(found);
  // Of a large file that a run kept a copy of it knows the whole digest.
  const bool made = target.origin->kind == query::Origin::Kind::made;
  if (found.kind == model::DigestKind::partial && !made && target.origin->readers == 0) {
    const FileDigest whole = digest_of_file(session, path, HashExtent::whole);
    if (!files.with_digest(whole.digest).empty()) take(whole);
  }
  return target;
}

/// A file that is not there any more: as the run that wrote it last left it, else as one read it.
std::optional<LineageTarget> file_gone(const query::FileView& files,
                                       const std::vector<std::string>& names,
                                       const std::string& word) {
  std::optional<store::FileMention> last;
  for (const std::string& name : names) {
    for (auto& mention : files.with_path(name)) {
      const auto rank = [](const store::FileMention& one) {
        return std::pair(one.made, one.started);
      };
      if (!last || rank(*last) < rank(mention)) last = std::move(mention);
    }
  }
  if (!last) return std::nullopt;
  LineageTarget target;
  target.path = word;
  target.gone = true;
  target.start.run = last->run;
  target.start.path = last->path;
  return target;
}

LineageTarget target_of_content(const query::FileView& files, const Digest& digest) {
  LineageTarget target;
  target.start.digest = digest;
  target.origin = query::origin_of(files, {}, digest);
  const auto mentions = files.with_digest(digest);
  if (mentions.empty()) return target;
  const auto made = std::find_if(mentions.begin(), mentions.end(),
                                 [](const store::FileMention& one) { return one.made; });
  const store::FileMention& one = made == mentions.end() ? mentions.front() : *made;
  target.start.path = one.path;
  const auto of_run = files.files(one.run);
  const auto file = std::find_if(of_run.begin(), of_run.end(), [&](const model::File& each) {
    return each.state.path == one.path;
  });
  if (file != of_run.end()) {
    const bool as_left = file->state.sha256 == to_hex(digest);
    target.start.size = as_left ? file->state.size : file->state.before_size;
  }
  return target;
}

/// The digest that a word begins; nullopt where it begins none.
std::optional<Digest> find_digest(const query::FileView& files, std::string_view word) {
  if (word.starts_with("sha256:")) word.remove_prefix(7);
  if (word.size() < kShortestDigest || word.size() > kWholeDigest || !all_hex(word))
    return std::nullopt;
  if (word.size() == kWholeDigest) return digest_from_hex(to_lower(word));
  const auto found = files.digests_with_prefix(word, 2);
  if (found.size() > 1) {
    throw Error(ErrorKind::usage, concat("ambiguous digest '", word, '\''),
                {concat(to_hex(found[0])), concat(to_hex(found[1])), "give more of its digits"});
  }
  return found.empty() ? std::nullopt : std::optional(found.front());
}

[[noreturn]] void refuse_subject(const query::Catalog& catalog, const std::string& word) {
  std::vector<std::string> hints = {"give a file, RUN, RUN:path or a SHA-256",
                                    "'clew log' lists the runs"};
  if (catalog.runs(1).empty())
    hints = {"nothing is recorded here yet; 'clew run -- COMMAND' records a run"};
  throw Error(ErrorKind::usage, concat("'", word, "' is neither a file nor a run nor a digest"),
              std::move(hints));
}

}  // namespace

LineageTarget lineage_target(Session& session, const query::Catalog& catalog,
                             const query::FileView& files, const std::string& word) {
  if (word.empty()) refuse_subject(catalog, word);
  std::error_code ignored;
  const fs::path path = session.directory / word;
  const bool there = fs::exists(fs::symlink_status(path, ignored));
  const query::RunSpec spec = query::parse_spec(word);
  const bool names_a_path = word.find('/') < word.find(':') && word[0] != '@';
  if (spec.path && !there && !names_a_path && !word.starts_with("sha256:"))
    return file_of_run(session, files, catalog.find(spec.run.empty() ? "@" : spec.run), *spec.path);
  // A run's name is looked for among all runs, which takes time where there are many.
  const bool may_be_digest = all_hex(word) && word.size() > kLongestId;
  const bool may_be_run = !names_a_path && !spec.path && !may_be_digest;
  std::optional<model::Run> run;
  if (may_be_run && (!there || word[0] == '@' || all_hex(word)))
    run = find_recorded_run(catalog, word);
  if (run && there && word[0] != '@') {
    throw Error(ErrorKind::usage, concat("'", word, "' is both a run and a file"),
                {concat("'./", word, "' names the file"), concat(run->id.hex(), " names the run")});
  }
  if (run) {
    LineageTarget target;
    target.start.run = run->id;
    return target;
  }
  const std::vector<std::string> names = recorded_names(session, catalog, word);
  if (there) return file_now(session, files, path, names, word);
  if (const auto digest = find_digest(files, word)) return target_of_content(files, *digest);
  if (auto target = file_gone(files, names, word)) return std::move(*target);
  refuse_subject(catalog, word);
}

}  // namespace clew::cmd
