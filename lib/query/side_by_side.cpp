#include "query/side_by_side.h"

#include <algorithm>
#include <functional>
#include <map>

#include "base/text.h"

namespace clew::query {
namespace {

/// The rows of one section, by name.
class Section {
 public:
  Section(std::string_view name, std::size_t runs) : name_(name), runs_(runs) {}

  void set(const std::string& row, std::size_t run, Json value) {
    auto& values = rows_[row];
    values.resize(runs_);
    values[run] = std::move(value);
  }

  void move_to(std::vector<SideRow>& rows) {
    for (auto& [name, values] : rows_) {
      const bool equal =
          std::adjacent_find(values.begin(), values.end(), std::not_equal_to<>()) == values.end();
      rows.push_back({name_, name, std::move(values), equal});
    }
  }

 private:
  std::string_view name_;
  std::size_t runs_;
  std::map<std::string, std::vector<std::optional<Json>>> rows_;
};

void add_run(Section& section, std::size_t place, const model::Run& run) {
  if (!run.name.empty()) section.set("name", place, run.name);
  section.set("state", place, model::name_of(run.state));
  if (run.ended) {
    constexpr double kMicroseconds = 1e6;
    section.set("duration", place, static_cast<double>(run.duration(0)) / kMicroseconds);
  }
  if (run.exit_code) section.set("exit_code", place, *run.exit_code);
  std::vector<std::string> words = run.argv;
  for (std::string& word : words)
    word = shell_quote(word);
  section.set("command", place, join(words, " "));
}

void add_code(Section& section, std::size_t place, const model::Code& code) {
  const std::pair<const char*, const std::string*> texts[] = {
      {"tree", &code.tree}, {"base", &code.base}, {"branch", &code.branch}};
  for (const auto& [name, text] : texts) {
    if (!text->empty()) section.set(name, place, *text);
  }
  if (!code.commit.empty()) section.set("dirty", place, code.dirty);
}

}  // namespace

std::vector<SideRow> side_by_side(const std::vector<model::RunParts>& runs, SystemMetrics system) {
  Section about("run", runs.size());
  Section params("params", runs.size());
  Section metrics("metrics", runs.size());
  Section code("code", runs.size());
  Section environment("environment", runs.size());
  for (std::size_t i = 0; i < runs.size(); ++i) {
    add_run(about, i, runs[i].run);
    for (const model::Parameter& param : runs[i].run.params)
      params.set(param.name, i, param.value);
    for (const model::MetricSummary& metric : runs[i].run.metrics) {
      if (metric.summary.count == 0) continue;
      if (system == SystemMetrics::leave_out && model::is_system_metric(metric.name)) continue;
      metrics.set(metric.name, i, metric.summary.last);
      if (metric.summary.count == 1) continue;
      metrics.set(metric.name + ".max", i, metric.summary.max);
      metrics.set(metric.name + ".min", i, metric.summary.min);
    }
    add_code(code, i, runs[i].run.code);
    if (!runs[i].environment.is_object()) continue;
    for (const auto& [name, value] : runs[i].environment.as_object()) {
      for (auto& [leaf, content] : model::flatten(name, value))
        environment.set(leaf, i, std::move(content));
    }
  }
  std::vector<SideRow> rows;
  for (Section* section : {&about, &params, &metrics, &code, &environment})
    section->move_to(rows);
  return rows;
}

}  // namespace clew::query
