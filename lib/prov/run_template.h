#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "prov/builder.h"
#include "prov/run_files.h"
#include "prov/run_graph.h"

namespace clew::prov {

/// The prefixes of the namespaces that the graph of a run takes part in; empty where there is no
/// such run.
struct RunNames {
  std::string run;
  std::string parent;  ///< of the run in which it was started
  std::string before;  ///< of the run that it repeats
  SharedFiles shared;  ///< what it read of what other runs had made
};

/// Writes the graph of one run into a document, by the template of clew-prov(7). Lives no longer
/// than the record and the builder it was given.
class RunTemplate {
 public:
  RunTemplate(Builder& out, const RunRecord& record, const GraphOptions& options, RunNames names);

  void write();

 private:
  // run_template.cpp: what was run, by whom, in what; run_relations.cpp: what it has to do with
  // other runs, how it was watched, and what was done about it.
  void write_run();
  void write_agents();
  void write_plan();
  void write_code();
  void write_environment();
  void write_parent();
  void write_repeated();
  void write_group();
  void write_capture();
  void write_firings();
  void write_firing(const model::Firing& firing, std::size_t number);
  // run_template_data.cpp: what went in and came out.
  void write_configuration();
  void write_changes();
  void write_metrics();
  void write_metric(const model::MetricSummary& metric);
  void write_log();

  [[nodiscard]] std::string own(std::string_view local) const;
  void used(const std::string& entity, Attributes attributes);
  void generated(const std::string& entity, std::string_view role, std::optional<Time> time);
  /// Does the time lie within what the graph says of the run's start and end?
  [[nodiscard]] bool within_run(Time time) const;
  [[nodiscard]] bool has_end() const;

  Builder& out_;
  const RunRecord& record_;
  const model::Run& run_;
  const GraphOptions& options_;
  RunNames names_;
  std::string activity_;  // the identifier of the run
};

/// The points of a series as the one JSON text that is exported and hashed: members steps (null
/// where there is none), times (microseconds) and values, in the order of arrival.
[[nodiscard]] std::string series_text(const std::vector<model::Point>& points);

}  // namespace clew::prov
