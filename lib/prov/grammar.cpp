#include "prov/grammar.h"

#include <array>

namespace clew::prov {
namespace {

constexpr auto must = true;
constexpr auto may = false;

constexpr std::array activity_formal = {Formal{"prov:startTime", Role::time, may},
                                        Formal{"prov:endTime", Role::time, may}};
constexpr std::array generation_formal = {Formal{"prov:entity", Role::entity, must},
                                          Formal{"prov:activity", Role::activity, may},
                                          Formal{"prov:time", Role::time, may}};
constexpr std::array usage_formal = {Formal{"prov:activity", Role::activity, must},
                                     Formal{"prov:entity", Role::entity, may},
                                     Formal{"prov:time", Role::time, may}};
constexpr std::array communication_formal = {Formal{"prov:informed", Role::activity, must},
                                             Formal{"prov:informant", Role::activity, must}};
constexpr std::array start_formal = {
    Formal{"prov:activity", Role::activity, must}, Formal{"prov:trigger", Role::entity, may},
    Formal{"prov:starter", Role::activity, may}, Formal{"prov:time", Role::time, may}};
constexpr std::array end_formal = {
    Formal{"prov:activity", Role::activity, must}, Formal{"prov:trigger", Role::entity, may},
    Formal{"prov:ender", Role::activity, may}, Formal{"prov:time", Role::time, may}};
constexpr std::array derivation_formal = {
    Formal{"prov:generatedEntity", Role::entity, must},
    Formal{"prov:usedEntity", Role::entity, must}, Formal{"prov:activity", Role::activity, may},
    Formal{"prov:generation", Role::generation, may}, Formal{"prov:usage", Role::usage, may}};
constexpr std::array attribution_formal = {Formal{"prov:entity", Role::entity, must},
                                           Formal{"prov:agent", Role::agent, must}};
constexpr std::array association_formal = {Formal{"prov:activity", Role::activity, must},
                                           Formal{"prov:agent", Role::agent, may},
                                           Formal{"prov:plan", Role::entity, may}};
constexpr std::array delegation_formal = {Formal{"prov:delegate", Role::agent, must},
                                          Formal{"prov:responsible", Role::agent, must},
                                          Formal{"prov:activity", Role::activity, may}};
constexpr std::array influence_formal = {Formal{"prov:influencee", Role::any, must},
                                         Formal{"prov:influencer", Role::any, must}};
constexpr std::array specialization_formal = {Formal{"prov:specificEntity", Role::entity, must},
                                              Formal{"prov:generalEntity", Role::entity, must}};
constexpr std::array alternate_formal = {Formal{"prov:alternate1", Role::entity, must},
                                         Formal{"prov:alternate2", Role::entity, must}};
constexpr std::array membership_formal = {Formal{"prov:collection", Role::entity, must},
                                          Formal{"prov:entity", Role::entity, must}};

constexpr std::array table = {
    Grammar{Kind::entity, "entity", "", {}, true},
    Grammar{Kind::activity, "activity", "", activity_formal, true},
    Grammar{Kind::agent, "agent", "", {}, true},
    Grammar{Kind::was_generated_by, "wasGeneratedBy", "_:gen", generation_formal, true},
    Grammar{Kind::used, "used", "_:use", usage_formal, true},
    Grammar{Kind::was_informed_by, "wasInformedBy", "_:com", communication_formal, true},
    Grammar{Kind::was_started_by, "wasStartedBy", "_:start", start_formal, true},
    Grammar{Kind::was_ended_by, "wasEndedBy", "_:end", end_formal, true},
    Grammar{Kind::was_invalidated_by, "wasInvalidatedBy", "_:inv", generation_formal, true},
    Grammar{Kind::was_derived_from, "wasDerivedFrom", "_:der", derivation_formal, true},
    Grammar{Kind::was_attributed_to, "wasAttributedTo", "_:attr", attribution_formal, true},
    Grammar{Kind::was_associated_with, "wasAssociatedWith", "_:assoc", association_formal, true},
    Grammar{Kind::acted_on_behalf_of, "actedOnBehalfOf", "_:del", delegation_formal, true},
    Grammar{Kind::was_influenced_by, "wasInfluencedBy", "_:inf", influence_formal, true},
    Grammar{Kind::specialization_of, "specializationOf", "_:spec", specialization_formal, false},
    Grammar{Kind::alternate_of, "alternateOf", "_:alt", alternate_formal, false},
    Grammar{Kind::had_member, "hadMember", "_:mem", membership_formal, false},
};

static_assert(table.size() == kind_count && [] {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (static_cast<std::size_t>(table[i].kind) != i) return false;
  }
  return true;
}());

}  // namespace

std::span<const Grammar> grammar() {
  return table;
}

const Grammar& grammar_of(Kind kind) {
  return table.at(static_cast<std::size_t>(kind));
}

const Grammar* find_grammar(std::string_view key) {
  for (const auto& row : table) {
    if (row.key == key) return &row;
  }
  return nullptr;
}

std::string_view json_key(Kind kind) {
  return grammar_of(kind).key;
}

}  // namespace clew::prov
