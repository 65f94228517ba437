#include "app/complete.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "app/command.h"
#include "app/globals.h"
#include "base/error.h"
#include "base/text.h"
#include "query/catalog.h"
#include "query/file_view.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

using Choice = Declaration::Entry;

/// As many of the newest runs are offered, and looked into for tags and metrics.
constexpr std::size_t kRuns = 100;

bool has_value(const Choice& entry) {
  return !std::holds_alternative<bool*>(entry.target);
}

std::string with_description(std::string_view candidate, std::string_view description) {
  return concat(candidate, '\t', description);
}

/// Reads a command line that is not finished yet: what it cannot understand it passes over.
class Completion {
 public:
  Completion(const Session& session, const std::vector<std::string>& words)
      : session_(session), words_(words) {
    declare_globals(globals_, options_);
  }

  std::vector<std::string> run() {
    if (words_.empty()) return {};
    for (place_ = 0; place_ + 1 < words_.size(); ++place_)
      pass(words_[place_]);
    current(words_.back());
    return std::move(answer_);
  }

 private:
  void pass(const std::string& word) {
    if (tail_) return;
    if (pending_ != nullptr) {
      if (pending_->target == Declaration::Binding(&options_.directory)) options_.directory = word;
      pending_ = nullptr;
    } else if (word == "--" && !separated_) {
      separated_ = true;
      if (invocation_ && invocation_->declaration().tail()) tail_ = place_ + 1;
    } else if (!separated_ && word.size() > 1 && word[0] == '-') {
      pass_option(word);
    } else if (!invocation_) {
      if (const Command* command = find_command(word)) invocation_ = command->make();
      if (!invocation_) lost_ = true;
    } else {
      ++positionals_;
    }
  }

  void pass_option(const std::string& word) {
    if (word.starts_with("--")) {
      const Choice* entry = find(word);
      if (entry != nullptr && has_value(*entry)) pending_ = entry;
      return;
    }
    for (std::size_t i = 1; i < word.size(); ++i) {
      const Choice* entry = find(concat('-', word[i]));
      if (entry == nullptr || !has_value(*entry)) continue;
      if (i + 1 == word.size()) pending_ = entry;
      return;
    }
  }

  [[nodiscard]] std::vector<const Declaration*> declarations() const {
    if (!invocation_) return {&globals_};
    return {&invocation_->declaration(), &globals_};
  }

  [[nodiscard]] const Choice* find(std::string_view name) const {
    for (const Declaration* declaration : declarations()) {
      for (const Choice& entry : declaration->entries()) {
        const auto spellings = entry.argument.spellings();
        if (!entry.argument.positional &&
            std::find(spellings.begin(), spellings.end(), name) != spellings.end())
          return &entry;
      }
    }
    return nullptr;
  }

  void current(const std::string& word) {
    if (lost_) return;
    if (tail_) {
      const bool files = invocation_->declaration().tail()->completes == Completes::file;
      answer_.push_back(files ? ":files" : concat(":command ", *tail_));
    } else if (pending_ != nullptr) {
      values(pending_->argument, word, "");
    } else if (!separated_ && word.starts_with("--") && word.find('=') != std::string::npos) {
      const std::size_t equals = word.find('=');
      const Choice* entry = find(word.substr(0, equals));
      if (entry != nullptr)
        values(entry->argument, word.substr(equals + 1), word.substr(0, equals + 1));
    } else if (!separated_ && word.starts_with('-')) {
      offer_options(word);
    } else if (!invocation_) {
      offer_commands(word);
    } else {
      offer_positional(word);
    }
  }

  void offer_options(const std::string& word) {
    for (const Declaration* declaration : declarations()) {
      for (const Choice& entry : declaration->entries()) {
        if (entry.argument.positional) continue;
        const std::string_view longest = entry.argument.spellings().back();
        if (longest.starts_with(word))
          answer_.push_back(with_description(longest, entry.argument.help));
      }
    }
    if (invocation_ && invocation_->declaration().tail() && std::string_view("--") == word)
      answer_.push_back(with_description("--", invocation_->declaration().tail()->help));
  }

  void offer_commands(const std::string& word) {
    for (const Command& command : commands()) {
      if (!command.hidden && command.name.starts_with(word))
        answer_.push_back(with_description(command.name, command.summary));
    }
  }

  void offer_positional(const std::string& word) {
    std::size_t index = 0;
    for (const Choice& entry : invocation_->declaration().entries()) {
      if (!entry.argument.positional) continue;
      if (index == positionals_ || entry.argument.repeated) return values(entry.argument, word, "");
      ++index;
    }
    if (invocation_->declaration().tail() && word.empty())
      answer_.push_back(with_description("--", invocation_->declaration().tail()->help));
  }

  /// Offers values of an argument that begin with `word`; before each stands `before`.
  void values(const Argument& argument, const std::string& word, const std::string& before) {
    const auto offer = [&](std::string_view value, std::string_view description) {
      if (value.starts_with(word))
        answer_.push_back(with_description(concat(before, value), description));
    };
    if (!argument.choices.empty()) {
      for (const std::string& choice : argument.choices)
        offer(choice, "");
      return;
    }
    switch (argument.completes) {
      case Completes::file:
        answer_.emplace_back(":files");
        break;
      case Completes::directory:
        answer_.emplace_back(":directories");
        break;
      case Completes::command:
        offer_commands(word);
        break;
      case Completes::run:
        offer_runs(offer);
        break;
      case Completes::run_or_file:
        if (const std::size_t colon = word.find(':'); colon != std::string::npos) {
          offer_files(word.substr(0, colon), offer);
        } else {
          offer_runs(offer);
          answer_.emplace_back(":files");
        }
        break;
      case Completes::tag:
        for (const std::string& tag : names([](const model::Run& run) { return run.tags; }))
          offer(tag, "");
        break;
      case Completes::metric:
        for (const std::string& metric : names(metrics_of))
          offer(metric, "");
        break;
      case Completes::expression:
        offer_names(word, before);
        break;
      case Completes::nothing:
      case Completes::choices:
        break;
    }
  }

  /// Completes the name at the end of an expression: parameters, metrics, and after METRIC. its
  /// parts.
  void offer_names(const std::string& word, const std::string& before) {
    const auto is_name = [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
             std::string_view("_/.:-").find(c) != std::string_view::npos;
    };
    std::size_t begin = word.size();
    while (begin > 0 && is_name(word[begin - 1]))
      --begin;
    while (begin < word.size() && word[begin] == '-')
      ++begin;  // an order turned around: -loss
    const std::string_view name = std::string_view(word).substr(begin);
    const auto offer = [&](std::string_view candidate, std::string_view description) {
      const bool plain = std::all_of(candidate.begin(), candidate.end(), is_name);
      if (plain && candidate.starts_with(name)) {
        answer_.push_back(
            with_description(concat(before, word.substr(0, begin), candidate), description));
      }
    };
    const std::set<std::string> metrics = names(metrics_of);
    for (const std::string& param : names(params_of))
      offer(param, "parameter");
    for (const std::string& metric : metrics)
      offer(metric, "metric");
    const std::size_t dot = name.rfind('.');
    if (dot == std::string_view::npos || !metrics.contains(std::string(name.substr(0, dot))))
      return;
    for (const char* part : {"last", "first", "min", "max", "mean", "count", "argmin", "argmax"})
      offer(concat(name.substr(0, dot + 1), part), "of the metric");
  }

  static std::vector<std::string> params_of(const model::Run& run) {
    std::vector<std::string> names;
    for (const model::Parameter& param : run.params)
      names.push_back(param.name);
    return names;
  }

  static std::vector<std::string> metrics_of(const model::Run& run) {
    std::vector<std::string> names;
    for (const model::MetricSummary& metric : run.metrics)
      names.push_back(metric.name);
    return names;
  }

  void offer_runs(const auto& offer) const {
    for (const model::Run& run : runs()) {
      const std::string description = ui::cut(ui::command_text(run.argv), 40);
      offer(run.id.short_hex(), description);
      if (!run.name.empty()) offer(ui::printable(run.name), description);
    }
  }

  /// The files of a run, after "RUN:".
  void offer_files(const std::string& run, const auto& offer) const {
    const auto catalog = open_catalog();
    if (!catalog) return;
    try {
      const RunId id = catalog->find(run.empty() ? "@" : run).id;
      for (const model::File& file : catalog->file_view().files(id))
        offer(concat(run, ':', ui::printable(file.state.path)), "");
    } catch (const std::exception&) {
      // Nothing to offer.
    }
  }

  /// What a function says of the newest runs, sorted, each once.
  [[nodiscard]] std::set<std::string> names(const auto& of) const {
    std::set<std::string> all;
    for (const model::Run& run : runs()) {
      for (const std::string& name : of(run))
        all.insert(ui::printable(name));
    }
    return all;
  }

  [[nodiscard]] std::optional<query::Catalog> open_catalog() const {
    try {
      const fs::path directory = session_.directory / options_.directory;
      const store::Location location = store::locate(directory, session_.environment);
      if (!location.exists) return std::nullopt;
      return query::Catalog::open(location.layout);
    } catch (const std::exception&) {
      return std::nullopt;
    }
  }

  [[nodiscard]] std::vector<model::Run> runs() const {
    const auto catalog = open_catalog();
    try {
      return catalog ? catalog->runs(kRuns) : std::vector<model::Run>();
    } catch (const std::exception&) {
      return {};
    }
  }

  const Session& session_;
  const std::vector<std::string>& words_;
  GlobalOptions options_;
  Declaration globals_;
  std::unique_ptr<Invocation> invocation_;
  std::size_t place_ = 0;
  std::size_t positionals_ = 0;
  const Choice* pending_ = nullptr;
  bool separated_ = false;
  bool lost_ = false;
  std::optional<std::size_t> tail_;
  std::vector<std::string> answer_;
};

}  // namespace

std::vector<std::string> complete(const Session& session, const std::vector<std::string>& words) {
  return Completion(session, words).run();
}

}  // namespace clew::cmd
