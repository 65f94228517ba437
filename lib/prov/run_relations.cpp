#include <algorithm>
#include <map>

#include "base/hash.h"
#include "base/text.h"
#include "prov/run_template.h"
#include "prov/texts.h"
#include "prov/vocabulary.h"

namespace clew::prov {
namespace {

/// A variable that tells a process of a parallel program its place, and the attribute for it.
struct RankVariable {
  std::string_view attribute;
  std::string_view variable;
};
/// Of several that are set the first one counts: torchrun's come before the scheduler's.
constexpr RankVariable rank_variables[] = {
    {"clew:rank", "RANK"},
    {"clew:rank", "OMPI_COMM_WORLD_RANK"},
    {"clew:rank", "PMIX_RANK"},
    {"clew:rank", "PMI_RANK"},
    {"clew:rank", "SLURM_PROCID"},
    {"clew:localRank", "LOCAL_RANK"},
    {"clew:localRank", "OMPI_COMM_WORLD_LOCAL_RANK"},
    {"clew:localRank", "SLURM_LOCALID"},
    {"clew:ranks", "WORLD_SIZE"},
    {"clew:ranks", "OMPI_COMM_WORLD_SIZE"},
    {"clew:ranks", "PMI_SIZE"},
    {"clew:ranks", "SLURM_NTASKS"},
    {"clew:task", "SLURM_ARRAY_TASK_ID"},
};

std::map<std::string_view, std::int64_t> ranks_of(const Json& environment) {
  std::map<std::string_view, std::int64_t> ranks;
  const auto* variables = environment.find("variables");
  if (variables == nullptr) return ranks;
  for (const auto& [attribute, variable] : rank_variables) {
    const auto* text = variables->find(variable);
    if (text == nullptr || !text->is_string()) continue;
    if (const auto value = parse_int(text->as_string())) ranks.try_emplace(attribute, *value);
  }
  return ranks;
}

}  // namespace

// Without a trigger: with one, PROV would conclude that the parent generated it.
void RunTemplate::write_parent() {
  if (names_.parent.empty()) return;
  const auto starter = qualified(names_.parent, "run");
  out_.element(Kind::activity, starter,
               {type_of("clew:Run"), {"clew:id", text_value(run_.parent->hex())}});
  out_.relation(Kind::was_started_by, {{"prov:activity", activity_}, {"prov:starter", starter}});
}

// wasInformedBy would say that something of the earlier run was used.
void RunTemplate::write_repeated() {
  if (names_.before.empty()) return;
  const auto before = qualified(names_.before, "run");
  out_.element(Kind::activity, before,
               {type_of("clew:Run"), {"clew:id", text_value(run_.rerun_of->hex())}});
  out_.relation(Kind::was_influenced_by,
                {{"prov:influencee", activity_}, {"prov:influencer", before}},
                {type_of("clew:RerunOf")});
  if (run_.argv.empty()) return;
  const auto plan = qualified(names_.before, "plan");
  out_.element(Kind::entity, plan, {type_of("prov:Plan"), type_of("clew:CommandLine")});
  out_.relation(Kind::was_derived_from,
                {{"prov:generatedEntity", own("plan")}, {"prov:usedEntity", plan}},
                {type_of("prov:Revision")});
}

// The job of a scheduler, or a sweep: an activity that started each of its runs.
void RunTemplate::write_group() {
  if (run_.group.empty()) return;
  const auto group = qualified("group", concat("group-", to_hex(sha256(run_.group)).substr(0, 16)));
  out_.element(
      Kind::activity, group,
      {type_of("clew:Group"), label_of(run_.group), {"clew:name", text_value(run_.group)}});
  out_.relation(Kind::was_started_by, {{"prov:activity", activity_}, {"prov:starter", group}});
  Attributes about;
  for (const auto& [attribute, value] : ranks_of(record_.parts.environment))
    about.emplace_back(attribute, int_value(value));
  const bool ranked = std::any_of(about.begin(), about.end(), [](const Attribute& attribute) {
    return attribute.first == "clew:rank";
  });
  if (ranked) about.push_back(type_of("clew:Rank"));
  if (!about.empty()) out_.element(Kind::activity, activity_, std::move(about));
}

void RunTemplate::write_capture() {
  const auto& capture = record_.parts.capture;
  if (capture == model::Capture()) return;
  Attributes about = {{"clew:captureMechanism", text_value(capture.mechanism)},
                      {"clew:captureLevel", text_value(capture.level)},
                      {"clew:captureComplete", bool_value(capture.complete)}};
  add_text(about, "clew:fileRoot", capture.root);
  for (const auto& sentence : capture.blind)
    about.emplace_back("clew:captureGap", text_value(sentence));
  for (const auto& address : capture.connections)
    about.emplace_back("clew:connection", text_value(address));
  out_.element(Kind::activity, activity_, std::move(about));
}

void RunTemplate::write_firings() {
  const auto& firings = record_.parts.firings;
  for (std::size_t i = 0; i < firings.size(); ++i)
    write_firing(firings[i], i + 1);
}

// It is no usage of the metrics: those are generated when the run ends, after the rule looked.
void RunTemplate::write_firing(const model::Firing& firing, std::size_t number) {
  const auto activity = own(concat("firing.", number));
  const auto time = format_time(firing.time);
  Attributes about = {type_of("clew:RuleFiring"),
                      label_of(concat(firing.action, ": ", firing.rule)),
                      {"clew:rule", text_value(firing.rule)},
                      {"clew:action", text_value(firing.action)},
                      {"clew:values", text_value(dump_json(firing.values))}};
  if (firing.step) about.emplace_back("clew:step", int_value(*firing.step));
  add_text(about, "clew:result", firing.result);
  out_.element(Kind::activity, activity, std::move(about),
               {{"prov:startTime", time}, {"prov:endTime", time}});
  out_.relation(Kind::was_started_by, {{"prov:activity", activity}, {"prov:starter", activity_}});
  if (firing.action == "stop" && run_.ended && within_run(firing.time)) {
    out_.relation(Kind::was_ended_by, {{"prov:activity", activity_}, {"prov:ender", activity}});
  }
}

}  // namespace clew::prov
