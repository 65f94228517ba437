#include "query/lineage.h"

#include <algorithm>
#include <deque>
#include <set>
#include <unordered_map>

#include "base/text.h"
#include "query/lineage_links.h"
#include "query/lineage_records.h"

namespace clew::query {
namespace {

using store::FileMention;

/// A place from which the way goes on.
struct Step {
  std::size_t node = 0;
  std::size_t depth = 0;  // runs on the way so far
  Time since = 0;         // on the way down: when the file was made at the earliest
};

class Tracer {
 public:
  Tracer(const FileView& files, const LineageLimits& limits)
      : files_(files), records_(files), limits_(limits) {}

  Lineage trace(const LineageStart& start);

 private:
  void start_at_file(RunId run, const model::File& file);
  void start_at_content(const LineageStart& start);
  void up();
  void down();
  void up_from_run(Step step);
  void up_from_file(Step step);
  void down_from_run(Step step);
  void down_from_file(Step step);

  struct Reader {
    FileMention mention;
    bool by_name = false;
  };
  std::vector<Reader> readers_of(const FileNode& file, Time since);

  void add_code(std::size_t run_node, std::size_t read);
  void follow_input(Step step, const model::File& file, const Input& input);
  void follow_by_name(Step step, const model::File& file, const Input& input);
  /// Goes on to a run unless the limits forbid it; false where they do.
  bool visit_run(const FileMention& mention, Step from, std::size_t* node);

  std::size_t run_node(RunId id);
  std::size_t file_node(FileNode file, std::optional<RunId> of);
  std::size_t add_node(std::string id, std::variant<RunNode, FileNode, CodeNode, FilesNode> is);
  void add_edge(LineageEdge edge);
  /// The node of a content that was read or asked about under this name, with the makers that can
  /// be meant, the one that counts first.
  std::size_t content_node(const model::FileState& state, const Input& content, RunId reader,
                           std::vector<FileMention> makers);
  /// The node of what a run left under a name.
  std::size_t output_node(const model::File& file, RunId run);
  [[nodiscard]] RunNode& run_at(std::size_t node) {
    return std::get<RunNode>(graph_.nodes[node].is);
  }
  [[nodiscard]] FileNode& file_at(std::size_t node) {
    return std::get<FileNode>(graph_.nodes[node].is);
  }

  const FileView& files_;
  LineageRecords records_;
  const LineageLimits& limits_;
  Lineage graph_;
  std::unordered_map<std::string, std::size_t> places_;
  std::set<std::pair<std::size_t, std::size_t>> linked_;
  std::deque<Step> queue_;  // breadth first, so that a limit keeps what is near
  std::set<std::size_t> seen_;
  std::size_t followed_ = 0;
};

std::size_t Tracer::add_node(std::string id,
                             std::variant<RunNode, FileNode, CodeNode, FilesNode> is) {
  const auto [place, added] = places_.try_emplace(id, graph_.nodes.size());
  if (added) graph_.nodes.push_back({std::move(id), std::move(is)});
  return place->second;
}

void Tracer::add_edge(LineageEdge edge) {
  if (linked_.emplace(edge.effect, edge.cause).second) graph_.edges.push_back(std::move(edge));
}

std::size_t Tracer::run_node(RunId id) {
  const std::string name = concat("run:", id.hex());
  if (const auto found = places_.find(name); found != places_.end()) return found->second;
  auto run = files_.run(id);
  if (!run) {
    run.emplace();
    run->id = id;
  }
  return add_node(name, RunNode{std::move(*run)});
}

/// `of`: the run to which alone the file belongs under its name; else its content is the node.
std::size_t Tracer::file_node(FileNode file, std::optional<RunId> of) {
  std::string id = of ? concat("file:", of->hex(), ':', file.path) : concat("file:", file.sha256);
  return add_node(std::move(id), std::move(file));
}

std::size_t Tracer::content_node(const model::FileState& state, const Input& content, RunId reader,
                                 std::vector<FileMention> makers) {
  records_.drop_copiers(makers, content.sha256, state.path);
  rank_makers(makers, state.path);
  std::optional<RunId> of;
  if (content.sha256.empty()) {
    of = reader;
  } else if (!makers.empty() &&
             records_.copied(makers.front().run, content.sha256, makers.front().path)) {
    of = makers.front().run;
  }
  const std::size_t node =
      file_node({state.path, content.sha256, content.digest, content.size, state.role, {}}, of);
  std::vector<RunId>& known = file_at(node).makers;
  if (known.empty()) {
    for (const auto& maker : makers)
      known.push_back(maker.run);
  }
  return node;
}

std::size_t Tracer::output_node(const model::File& file, RunId run) {
  const model::FileState& state = file.state;
  // All empty files have the same content.
  const std::string sha256 = state.size == 0 ? "" : state.sha256;
  const bool own = sha256.empty() || records_.copied(run, sha256, state.path);
  const std::size_t node = file_node({state.path, sha256, state.digest, state.size, state.role, {}},
                                     own ? std::optional(run) : std::nullopt);
  std::vector<RunId>& known = file_at(node).makers;
  if (std::find(known.begin(), known.end(), run) == known.end()) known.push_back(run);
  return node;
}

bool Tracer::visit_run(const FileMention& mention, Step from, std::size_t* node) {
  const bool known = places_.contains(concat("run:", mention.run.hex()));
  if (!known) {
    if (followed_ >= limits_.runs) return false;
    ++followed_;
  }
  *node = run_node(mention.run);
  if (seen_.insert(*node).second) queue_.push_back({*node, from.depth + 1, 0});
  return true;
}

void Tracer::up() {
  while (!queue_.empty()) {
    const Step step = queue_.front();
    queue_.pop_front();
    if (std::holds_alternative<RunNode>(graph_.nodes[step.node].is)) {
      up_from_run(step);
    } else {
      up_from_file(step);
    }
  }
}

void Tracer::add_code(std::size_t node, std::size_t read) {
  const model::Code code = run_at(node).run.code;
  if (code.commit.empty()) return;
  const std::size_t cause = add_node(concat("code:", code.commit),
                                     CodeNode{code.commit, code.branch, code.dirty, code.complete});
  add_edge({node, cause, Relation::used, "", false, read});
}

void Tracer::up_from_run(Step step) {
  const RunId id = run_at(step.node).run.id;
  std::size_t code_files = 0;
  for (const auto& file : records_.files(id)) {
    const auto input = input_of(file);
    if (!input) continue;
    if (file.state.role == model::Role::code) {
      ++code_files;
      // Code is told by its snapshot, but for what a run generated.
      if (input->sha256.empty() || records_.makers_of(input->sha256).empty()) continue;
    }
    if (file.state.role == model::Role::temporary) continue;
    if (input->sha256.empty()) {
      follow_by_name(step, file, *input);
    } else {
      follow_input(step, file, *input);
    }
  }
  add_code(step.node, code_files);
}

void Tracer::follow_input(Step step, const model::File& file, const Input& input) {
  const RunId reader = run_at(step.node).run.id;
  std::vector<FileMention> makers = records_.makers_of(input.sha256);
  std::erase_if(makers, [&](const FileMention& maker) {
    return maker.run == reader || (input.last != 0 && maker.started > input.last);
  });
  const std::size_t node = content_node(file.state, input, reader, std::move(makers));
  add_edge({step.node, node, Relation::used, file.state.path, false, 0});
  if (seen_.insert(node).second) up_from_file({node, step.depth, 0});
}

void Tracer::follow_by_name(Step step, const model::File& file, const Input& input) {
  const RunId reader = run_at(step.node).run.id;
  std::vector<FileMention> makers = files_.with_path(file.state.path);
  std::erase_if(makers, [&](const FileMention& maker) {
    return !maker.made || maker.run == reader || (input.last != 0 && maker.started > input.last);
  });
  by_run(makers);
  if (makers.empty()) {
    const std::size_t node = content_node(file.state, input, reader, {});
    return add_edge({step.node, node, Relation::used, file.state.path, false, 0});
  }
  const RunId maker = makers.front().run;
  const auto& left = records_.files(maker);
  const auto made = std::find_if(left.begin(), left.end(), [&](const model::File& one) {
    return one.state.path == file.state.path;
  });
  const std::size_t node = output_node(made == left.end() ? file : *made, maker);
  add_edge({step.node, node, Relation::used, file.state.path, true, 0});
  if (seen_.insert(node).second) up_from_file({node, step.depth, 0});
}

/// Of the runs that made a content one alone is followed; the others stand in the node.
void Tracer::up_from_file(Step step) {
  const std::vector<RunId> makers = file_at(step.node).makers;
  if (makers.empty()) return;
  if (step.depth >= limits_.depth) {
    graph_.nodes[step.node].beyond = true;
    return;
  }
  FileMention maker;
  maker.run = makers.front();
  std::size_t node = 0;
  if (!visit_run(maker, step, &node)) {
    graph_.nodes[step.node].more_up = 1;
    return;
  }
  std::string path = file_at(step.node).path;
  for (const auto& file : records_.files(maker.run)) {
    if (file.state.sha256 == file_at(step.node).sha256 && is_output(file)) {
      path = file.state.path;
      if (path == file_at(step.node).path) break;
    }
  }
  add_edge({step.node, node, Relation::made, std::move(path), false, 0});
}

void Tracer::down() {
  while (!queue_.empty()) {
    const Step step = queue_.front();
    queue_.pop_front();
    if (std::holds_alternative<RunNode>(graph_.nodes[step.node].is)) {
      down_from_run(step);
    } else {
      down_from_file(step);
    }
  }
}

void Tracer::down_from_run(Step step) {
  const RunId id = run_at(step.node).run.id;
  const Time started = run_at(step.node).run.started;
  for (const auto& file : records_.files(id)) {
    if (!is_output(file)) continue;
    const std::size_t node = output_node(file, id);
    add_edge({node, step.node, Relation::made, file.state.path, false, 0});
    if (seen_.insert(node).second) queue_.push_back({node, step.depth, started});
  }
}

/// The runs that read a file, each once, newest first.
std::vector<Tracer::Reader> Tracer::readers_of(const FileNode& file, Time since) {
  std::vector<Reader> readers;
  std::vector<FileMention> makers;
  if (const auto digest = digest_from_hex(file.sha256)) {
    for (auto& mention : files_.with_digest(*digest)) {
      if (mention.made) {
        makers.push_back(std::move(mention));
      } else {
        readers.push_back({std::move(mention), false});
      }
    }
  }
  for (auto& mention : files_.live_readers(file.path))
    readers.push_back({std::move(mention), true});
  if (readers.empty()) return readers;
  std::set<std::string> copies;
  for (const auto& maker : makers) {
    if (records_.copied(maker.run, file.sha256, maker.path)) copies.insert(maker.path);
  }
  const bool is_copy = copies.contains(file.path);
  std::erase_if(readers, [&](const Reader& reader) {
    // Who read a copy did not read what it was made from.
    const std::string& path = reader.mention.path;
    if (path != file.path && (is_copy || copies.contains(path))) return true;
    if ((reader.mention.modes & kReading) == 0) return true;
    if (std::find(file.makers.begin(), file.makers.end(), reader.mention.run) != file.makers.end())
      return true;
    if (reader.mention.started >= since) return false;
    // It began before the file was made, and may have ended before, too.
    const auto run = files_.run(reader.mention.run);
    return run && run->ended && *run->ended < since;
  });
  std::stable_sort(readers.begin(), readers.end(),
                   [](const auto& a, const auto& b) { return newer(a.mention, b.mention); });
  readers.erase(
      std::unique(readers.begin(), readers.end(),
                  [](const auto& a, const auto& b) { return a.mention.run == b.mention.run; }),
      readers.end());
  return readers;
}

void Tracer::down_from_file(Step step) {
  const std::vector<Reader> readers = readers_of(file_at(step.node), step.since);
  if (readers.empty()) return;
  if (step.depth >= limits_.depth) {
    graph_.nodes[step.node].beyond = true;
    return;
  }
  for (const auto& [mention, by_name] : readers) {
    std::size_t node = 0;
    if (visit_run(mention, step, &node)) {
      add_edge({node, step.node, Relation::used, mention.path, by_name, 0});
    } else {
      ++graph_.nodes[step.node].more_down;
    }
  }
}

void Tracer::start_at_file(RunId run, const model::File& file) {
  const model::FileState& state = file.state;
  const auto input = input_of(file);
  if (is_made(file)) {
    graph_.root = output_node(file, run);
    return;
  }
  if (!input) {
    graph_.root = content_node(
        state, {state.size == 0 ? "" : state.sha256, state.size, state.digest, 0}, run, {});
    return;
  }
  std::vector<FileMention> makers =
      input->sha256.empty() ? files_.with_path(state.path) : records_.makers_of(input->sha256);
  std::erase_if(makers, [&](const FileMention& maker) {
    return !maker.made || maker.run == run || (input->last != 0 && maker.started > input->last);
  });
  graph_.root = content_node(state, *input, run, std::move(makers));
}

void Tracer::start_at_content(const LineageStart& start) {
  model::FileState state;
  state.path = start.path;
  state.sha256 = to_hex(*start.digest);
  state.size = start.size.value_or(0);
  state.digest = start.kind;
  std::vector<FileMention> makers = records_.makers_of(state.sha256);
  Input content{state.sha256, state.size, state.digest, 0};
  if (start.size == 0U) {
    std::erase_if(makers, [&](const auto& maker) { return maker.path != start.path; });
    content.sha256.clear();
  }
  graph_.root = content_node(state, content, RunId{}, std::move(makers));
}

Lineage Tracer::trace(const LineageStart& start) {
  if (start.digest) {
    start_at_content(start);
  } else if (!start.path.empty()) {
    const auto& files = records_.files(*start.run);
    const auto file = std::find_if(files.begin(), files.end(), [&](const model::File& one) {
      return one.state.path == start.path;
    });
    if (file != files.end()) start_at_file(*start.run, *file);
  } else {
    graph_.root = run_node(*start.run);
  }
  if (graph_.nodes.empty()) return std::move(graph_);
  const auto begin = [&] {
    seen_ = {graph_.root};
    followed_ = 0;
    queue_.push_back({graph_.root, 0, 0});
  };
  if (limits_.up) {
    begin();
    up();
  }
  if (limits_.down) {
    begin();
    down();
  }
  return std::move(graph_);
}

}  // namespace

std::string_view name_of(Relation relation) {
  return relation == Relation::used ? "used" : "made";
}

Lineage trace_lineage(const FileView& files, const LineageStart& start,
                      const LineageLimits& limits) {
  return Tracer(files, limits).trace(start);
}

}  // namespace clew::query
