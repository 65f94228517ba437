#include "model/run.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>

#include "base/text.h"

namespace clew::model {
namespace {

constexpr std::array<std::string_view, 5> kStates{"running", "finished", "failed", "killed",
                                                  "interrupted"};
constexpr std::array<std::string_view, 5> kSources{"api", "option", "argv", "file", "env"};

template <typename Enum, std::size_t N>
std::optional<Enum> find_name(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

template <typename Item>
const Item* find_sorted(const std::vector<Item>& items, std::string_view name) {
  const auto found =
      std::lower_bound(items.begin(), items.end(), name,
                       [](const Item& item, std::string_view n) { return item.name < n; });
  return found != items.end() && found->name == name ? &*found : nullptr;
}

void add_lost(std::vector<LostValue>& lost, LostValue value) {
  const auto place =
      std::upper_bound(lost.begin(), lost.end(), value,
                       [](const LostValue& a, const LostValue& b) { return a.source < b.source; });
  lost.insert(place, std::move(value));
}

}  // namespace

std::string_view name_of(State state) {
  return kStates[static_cast<std::size_t>(state)];
}
std::optional<State> state_from_name(std::string_view name) {
  return find_name<State>(kStates, name);
}
std::string_view name_of(Source source) {
  return kSources[static_cast<std::size_t>(source)];
}
std::optional<Source> source_from_name(std::string_view name) {
  return find_name<Source>(kSources, name);
}

const Parameter* Run::param(std::string_view param_name) const {
  return find_sorted(params, param_name);
}
const MetricSummary* Run::metric(std::string_view metric_name) const {
  return find_sorted(metrics, metric_name);
}

void set_parameter(std::vector<Parameter>& params, Parameter param) {
  const auto place =
      std::lower_bound(params.begin(), params.end(), param,
                       [](const Parameter& a, const Parameter& b) { return a.name < b.name; });
  if (place == params.end() || place->name != param.name) {
    params.insert(place, std::move(param));
    return;
  }
  if (param.source > place->source) {
    add_lost(place->lost, {std::move(param.value), param.source, std::move(param.file)});
    return;
  }
  if (param.source < place->source) {
    add_lost(place->lost, {std::move(place->value), place->source, std::move(place->file)});
  }
  place->value = std::move(param.value);
  place->source = param.source;
  place->file = std::move(param.file);
}

void add_tag(std::vector<std::string>& tags, std::string tag) {
  if (std::find(tags.begin(), tags.end(), tag) == tags.end()) tags.push_back(std::move(tag));
}

std::vector<std::pair<std::string, Json>> flatten(const std::string& name, const Json& value) {
  std::vector<std::pair<std::string, Json>> leaves;
  if (!value.is_object() || value.as_object().empty()) {
    leaves.emplace_back(name, value);
    return leaves;
  }
  for (const auto& [key, member] : value.as_object()) {
    auto inner = flatten(name.empty() ? key : concat(name, '.', key), member);
    std::move(inner.begin(), inner.end(), std::back_inserter(leaves));
  }
  return leaves;
}

std::string signal_name(int signal) {
  const char* name = sigabbrev_np(signal);
  return concat("SIG", name != nullptr ? std::string_view(name) : std::to_string(signal));
}

std::optional<int> signal_from_name(std::string_view name) {
  for (int signal = 1; signal < NSIG; ++signal) {
    if (signal_name(signal) == name) return signal;
  }
  return std::nullopt;
}

}  // namespace clew::model
