#include "export/prov_groups.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "base/clock.h"
#include "base/text.h"

namespace clew::exporter {
namespace {

using prov::Kind;
using prov::Record;

/// Fewer than so many are drawn one by one.
constexpr std::size_t least_files = 4;
constexpr std::size_t least_others = 13;
constexpr std::size_t most_parameters = 14;

bool has_type(const Record& record, std::string_view type) {
  return std::any_of(record.attributes.begin(), record.attributes.end(), [&](const auto& item) {
    return item.first == "prov:type" && item.second.text == type;
  });
}

std::string local_of(std::string_view id) {
  const auto colon = id.find(':');
  return std::string(colon == std::string_view::npos ? id : id.substr(colon + 1));
}

std::string shortened(std::string text, std::size_t most) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  if (text.size() <= most) return text;
  text.resize(most);
  while (!text.empty() && !is_valid_utf8(text))
    text.pop_back();
  return text + "…";
}

/// "data/train" of "data/train/a.csv".
std::string directory_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string{} : std::string(path.substr(0, slash));
}

std::int64_t size_of(const Record& record) {
  return parse_int(attribute_of(record, "clew:size")).value_or(0);
}

std::string span_of(const Record& record) {
  std::string_view start, end;
  for (const auto& [name, text] : record.formal)
    (name == "prov:startTime" ? start : end) = text;
  const auto from = parse_time(start);
  const auto to = parse_time(end);
  return from && to ? format_duration(*to - *from) : std::string{};
}

class Grouper {
 public:
  Grouper(const std::vector<Record>& records, const DotOptions& options)
      : records_(records), options_(options) {}

  PictureNodes group() {
    for (const auto& record : records_) {
      if (is_element(record)) elements_.emplace(record.id, &record);
    }
    if (!options_.full) {
      group_parameters();
      group_processes();
      find_parts();
      group_files();
      group_others();
    }
    for (const auto& [id, record] : elements_) {
      if (out_.node_of.contains(id)) continue;
      out_.node_of.emplace(id, id);
      out_.nodes.emplace(id, single(*record));
    }
    add_undeclared();
    return std::move(out_);
  }

 private:
  static bool is_element(const Record& record) { return record.kind <= Kind::agent; }

  static PictureNode single(const Record& record) {
    PictureNode node{record.kind, {}, record.id, false};
    auto label = std::string(attribute_of(record, "prov:label"));
    // A run of which only the id is known.
    const auto run = attribute_of(record, "clew:id");
    if (label.empty()) label = run.empty() ? local_of(record.id) : concat("run ", run.substr(0, 8));
    node.lines.push_back(shortened(std::move(label), 48));
    if (record.kind == Kind::activity) {
      const auto state = std::string(attribute_of(record, "clew:state"));
      const auto span = span_of(record);
      auto line = state;
      if (!span.empty()) line += concat(line.empty() ? "" : ", ", span);
      if (!line.empty()) node.lines.push_back(std::move(line));
    } else if (has_type(record, "clew:Parameter")) {
      node.lines[0] +=
          concat(" = ", shortened(std::string(attribute_of(record, "prov:value")), 30));
    } else if (has_type(record, "clew:MetricSeries")) {
      const auto last = attribute_of(record, "clew:last");
      if (!last.empty())
        node.lines.push_back(concat("last ", rounded(parse_double(last).value_or(0))));
    } else if (has_type(record, "clew:File") && size_of(record) > 0) {
      node.lines.push_back(format_size(static_cast<std::uint64_t>(size_of(record))));
    } else if (has_type(record, "clew:CodeSnapshot")) {
      node.lines.emplace_back("code");
    }
    return node;
  }

  /// The parameters of a configuration stand in its node.
  void group_parameters() {
    for (const auto& record : records_) {
      if (record.kind != Kind::had_member) continue;
      const auto collection = formal(record, "prov:collection");
      const auto member = elements_.find(formal(record, "prov:entity"));
      const auto whole = elements_.find(collection);
      if (member == elements_.end() || whole == elements_.end() ||
          !has_type(*member->second, "clew:Parameter")) {
        continue;
      }
      auto [place, first] = out_.nodes.try_emplace(std::string(collection));
      auto& node = place->second;
      if (first) {
        node = single(*whole->second);
        node.several = true;
        out_.node_of.emplace(std::string(collection), std::string(collection));
      }
      out_.node_of.emplace(member->first, std::string(collection));
      node.lines.push_back(single(*member->second).lines[0]);
    }
    for (auto& [id, node] : out_.nodes) {
      std::sort(node.lines.begin() + 1, node.lines.end());
      if (node.lines.size() <= most_parameters + 1) continue;
      const auto more = node.lines.size() - 1 - most_parameters;
      node.lines.resize(most_parameters + 1);
      node.lines.push_back(concat("and ", more, " more"));
    }
  }

  /// Processes of one program with one parent are one node when there are many.
  void group_processes() {
    std::map<std::string, std::vector<const Record*>> programs;
    for (const auto& [id, record] : elements_) {
      if (!has_type(*record, "clew:Process")) continue;
      const auto label = attribute_of(*record, "prov:label");
      const auto word = label.substr(0, label.find(' '));
      const auto slash = word.rfind('/');
      programs[std::string(slash == std::string_view::npos ? word : word.substr(slash + 1))]
          .push_back(record);
    }
    for (const auto& [program, processes] : programs) {
      if (processes.size() < least_files) continue;
      merge(Kind::activity, concat("processes ", processes.front()->id),
            {program, concat(processes.size(), " processes")}, processes);
    }
  }

  /// What each element has to do with which node: elements that play the same parts may be drawn
  /// as one.
  void find_parts() {
    std::map<std::string_view, std::set<std::string>> parts;
    for (const auto& record : records_) {
      if (is_element(record)) continue;
      std::vector<std::string_view> ends;
      for (const auto& [name, text] : record.formal) {
        if (elements_.contains(text)) ends.push_back(text);
      }
      for (std::size_t i = 0; i < ends.size(); ++i) {
        for (std::size_t k = 0; k < ends.size(); ++k) {
          if (i == k) continue;
          parts[ends[i]].insert(
              concat(static_cast<int>(record.kind), ' ', i, ' ', node_name(ends[k])));
        }
      }
    }
    for (const auto& [id, set] : parts) {
      auto& text = parts_[std::string(id)];
      for (const auto& part : set)
        text += part + '\n';
    }
  }

  [[nodiscard]] std::string node_name(std::string_view id) const {
    const auto found = out_.node_of.find(std::string(id));
    return found == out_.node_of.end() ? std::string(id) : found->second;
  }

  /// Files of one directory with the same part; where that is still too much, of one directory
  /// above.
  void group_files() {
    using Key = std::pair<std::string, std::string>;  // directory, part
    std::map<Key, std::vector<const Record*>> groups;
    for (const auto& [id, record] : elements_) {
      if (!has_type(*record, "clew:File") || out_.node_of.contains(id)) continue;
      groups[{directory_of(attribute_of(*record, "prov:location")), parts_[id]}].push_back(record);
    }
    const auto drawn = [&groups] {
      std::size_t count = 0;
      for (const auto& [key, files] : groups)
        count += files.size() < least_files ? files.size() : 1;
      return count;
    };
    while (drawn() > options_.most_files) {
      std::size_t deepest = 0;
      for (const auto& [key, files] : groups)
        deepest = std::max(deepest, depth(key.first));
      if (deepest == 0) break;
      std::map<Key, std::vector<const Record*>> coarser;
      for (auto& [key, files] : groups) {
        const auto& [directory, part] = key;
        auto& into =
            coarser[{depth(directory) == deepest ? directory_of(directory) : directory, part}];
        into.insert(into.end(), files.begin(), files.end());
      }
      groups = std::move(coarser);
    }
    for (const auto& [key, files] : groups) {
      if (files.size() < least_files) continue;
      std::uint64_t bytes = 0;
      for (const auto* file : files)
        bytes += static_cast<std::uint64_t>(size_of(*file));
      const auto name = key.first.empty() ? std::string("./") : key.first + '/';
      merge(Kind::entity, concat("files ", files.front()->id),
            {shortened(name, 48), concat(files.size(), " files, ", format_size(bytes))}, files);
    }
  }

  static std::size_t depth(const std::string& directory) {
    if (directory.empty()) return 0;
    return 1 + static_cast<std::size_t>(std::count(directory.begin(), directory.end(), '/'));
  }

  /// Metrics, changes and rules, when there are many of a kind.
  void group_others() {
    for (const auto& [type, plural] :
         {std::pair{"clew:MetricSeries", "metrics"}, std::pair{"clew:Parameter", "changes"},
          std::pair{"clew:RuleFiring", "rules that held"}}) {
      std::map<std::string, std::vector<const Record*>> groups;
      for (const auto& [id, record] : elements_) {
        if (has_type(*record, type) && !out_.node_of.contains(id)) {
          // Each change is a revision of another; their run is what they have in common.
          groups[type == std::string_view("clew:Parameter") ? std::string{} : parts_[id]].push_back(
              record);
        }
      }
      for (const auto& [part, records] : groups) {
        if (records.size() < least_others) continue;
        merge(records.front()->kind, concat(plural, ' ', records.front()->id),
              {concat(records.size(), ' ', plural)}, records);
      }
    }
  }

  void merge(Kind kind, const std::string& name, std::vector<std::string> lines,
             const std::vector<const Record*>& members) {
    PictureNode node{kind, std::move(lines), {}, true};
    for (std::size_t i = 0; i < members.size(); ++i) {
      out_.node_of.emplace(members[i]->id, name);
      if (i < 10) node.tooltip += concat(attribute_of(*members[i], "prov:label"), '\n');
    }
    if (members.size() > 10) node.tooltip += "…";
    out_.nodes.emplace(name, std::move(node));
  }

  /// Other people's documents, and bundles, refer to what they do not declare.
  void add_undeclared() {
    for (const auto& record : records_) {
      if (is_element(record)) continue;
      for (const auto& [name, text] : record.formal) {
        if (name == "prov:time" || name == "prov:generation" || name == "prov:usage" ||
            out_.node_of.contains(text)) {
          continue;
        }
        const bool activity = name == "prov:activity" || name == "prov:starter" ||
                              name == "prov:ender" || name == "prov:informed" ||
                              name == "prov:informant";
        const bool agent =
            name == "prov:agent" || name == "prov:delegate" || name == "prov:responsible";
        const auto kind = activity ? Kind::activity : agent ? Kind::agent : Kind::entity;
        out_.node_of.emplace(text, text);
        out_.nodes.emplace(text, PictureNode{kind, {local_of(text)}, text, false});
      }
    }
  }

  static std::string_view formal(const Record& record, std::string_view name) {
    for (const auto& [key, text] : record.formal) {
      if (key == name) return text;
    }
    return {};
  }

  const std::vector<Record>& records_;
  const DotOptions& options_;
  std::map<std::string, const Record*, std::less<>> elements_;
  std::map<std::string, std::string> parts_;
  PictureNodes out_;
};

}  // namespace

std::string_view attribute_of(const Record& record, std::string_view name) {
  for (const auto& [key, value] : record.attributes) {
    if (key == name) return value.text;
  }
  return {};
}

PictureNodes picture_nodes(const std::vector<Record>& records, const DotOptions& options) {
  return Grouper(records, options).group();
}

}  // namespace clew::exporter
