#include "query/target_values.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/text.h"
#include "model/column.h"
#include "model/encoding.h"

namespace clew::query {

using expr::Field;
using expr::Target;
using expr::Value;
using store::Column;

namespace {

/// The column of a row group that has this part of a metric, or all of it.
Column column_of(expr::Part part) {
  switch (part) {
    case expr::Part::last:
      return Column::last;
    case expr::Part::first:
      return Column::first;
    case expr::Part::min:
      return Column::min;
    case expr::Part::max:
      return Column::max;
    default:
      return Column::summary;
  }
}

bool is_basic(Field field) {
  constexpr auto kBasic = std::to_array(
      {Field::id, Field::state, Field::started, Field::ended, Field::duration, Field::age});
  return std::find(kBasic.begin(), kBasic.end(), field) != kBasic.end();
}

}  // namespace

std::string_view TextPool::keep(std::string_view text) {
  if (text.empty()) return "";
  constexpr std::size_t kBlock = 256 << 10;
  if (text.size() > left_) {
    const std::size_t size = std::max(kBlock, text.size());
    blocks_.push_back(std::make_unique<char[]>(size));
    next_ = blocks_.back().get();
    left_ = size;
  }
  std::memcpy(next_, text.data(), text.size());
  const std::string_view kept(next_, text.size());
  next_ += text.size();
  left_ -= text.size();
  return kept;
}

TargetValues::TargetValues(std::vector<Target> targets, Time now, TextPool& pool)
    : targets_(std::move(targets)),
      now_(now),
      pool_(pool),
      seen_(targets_.size()),
      last_(targets_.size()) {
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    const Target& target = targets_[i];
    switch (target.kind) {
      case Target::Kind::param:
        params_.push_back(i);
        break;
      case Target::Kind::metric:
        metrics_.push_back(i);
        if (target.step) remote_.push_back(i);
        break;
      case Target::Kind::environment:
        remote_.push_back(i);
        break;
      case Target::Kind::field:
        if (target.field == Field::id) {
          id_ = i;
          break;
        }
        fields_.push_back(i);
        in_groups_ = in_groups_ && is_basic(target.field);
        wants_tags_ = wants_tags_ || target.field == Field::tags;
        wants_code_ =
            wants_code_ || (target.field >= Field::commit && target.field <= Field::dirty);
        break;
    }
  }
  const auto by_name = [this](std::size_t a, std::size_t b) {
    return targets_[a].name < targets_[b].name;
  };
  std::stable_sort(params_.begin(), params_.end(), by_name);
  std::stable_sort(metrics_.begin(), metrics_.end(), by_name);
}

void TargetValues::add(model::RunView& run, CellBlock& block) {
  const std::size_t place = block.ids.size();
  block.ids.push_back(run.id);
  if (!params_.empty()) {
    next_ = 0;
    run.params([&](std::string_view name, const model::JsonView& value, model::Source) {
      if (next_ < params_.size()) add_param(name, value, block, place);
    });
  }
  if (!metrics_.empty()) {
    next_ = 0;
    run.metrics([&](std::string_view name, ByteReader& summary) {
      if (next_ < metrics_.size()) add_metric(name, summary, block, place);
    });
  }
  if (wants_tags_ || wants_code_) {
    tags_.clear();
    run.tags(tags_);
    code_ = run.code();
  }
  for (const std::size_t target : fields_)
    block.place(target, place) = field(run, target);
}

void TargetValues::add_param(std::string_view name, const model::JsonView& value, CellBlock& block,
                             std::size_t run) {
  int order = 1;
  while (next_ < params_.size() && (order = targets_[params_[next_]].name.compare(name)) < 0)
    ++next_;
  for (; order == 0 && next_ < params_.size() && targets_[params_[next_]].name == name; ++next_)
    set_param(params_[next_], value, block.place(params_[next_], run));
}

void TargetValues::set_param(std::size_t target, const model::JsonView& value, Value& place) {
  seen_[target] = true;
  using Type = model::JsonView::Type;
  switch (value.type()) {
    case Type::null:
      break;
    case Type::no:
    case Type::yes:
      place = Value::boolean(value.type() == Type::yes);
      break;
    case Type::integer:
      place = Value::integer(value.integer());
      break;
    case Type::real:
      place = Value::real(value.real());
      break;
    case Type::string:
      place = text(target, value.string());
      break;
    default:
      place = text(target, dump_json(value.decode()));
  }
}

void TargetValues::add_metric(std::string_view name, ByteReader& summary, CellBlock& block,
                              std::size_t run) {
  int order = 1;
  while (next_ < metrics_.size() && (order = targets_[metrics_[next_]].name.compare(name)) < 0)
    ++next_;
  if (order != 0 || next_ == metrics_.size()) return;
  const model::Summary read = model::decode_summary(summary);
  for (; next_ < metrics_.size() && targets_[metrics_[next_]].name == name; ++next_)
    set_metric(metrics_[next_], read, block.place(metrics_[next_], run));
}

void TargetValues::set_metric(std::size_t target, const model::Summary& summary, Value& place) {
  seen_[target] = true;
  if (!targets_[target].step) place = expr::part_of(summary, targets_[target].part);
}

CellBlock TargetValues::read(const store::RowGroup& group) {
  CellBlock block(targets_.size(), group.size());
  for (const std::size_t target : params_) {
    const auto column = group.column(Column::param, targets_[target].name);
    if (!column) continue;
    model::read_column(*column, group.size(), [&](std::uint32_t run, ByteReader& in) {
      const model::JsonView value(in);
      set_param(target, value, block.place(target, run));
    });
  }
  for (const std::size_t target : metrics_)
    read_metric(group, target, block);
  read_fields(group, block);
  return block;
}

void TargetValues::read_metric(const store::RowGroup& group, std::size_t target, CellBlock& block) {
  const Column kind = column_of(targets_[target].part);
  const auto column = group.column(kind, targets_[target].name);
  if (!column) return;
  model::read_column(*column, group.size(), [&](std::uint32_t run, ByteReader& in) {
    if (kind == Column::summary) {
      set_metric(target, model::decode_summary(in), block.place(target, run));
      return;
    }
    const model::JsonView value(in);
    seen_[target] = true;
    if (value.type() != model::JsonView::Type::real || targets_[target].step) return;
    block.place(target, run) = Value::real(value.real());
  });
}

void TargetValues::read_fields(const store::RowGroup& group, CellBlock& block) {
  block.ids = group.ids();
  if (fields_.empty()) return;
  const auto times = group.column(Column::times, "");
  if (!times) throw Error(ErrorKind::damaged, "a row group has no times");
  model::read_column(*times, group.size(), [&](std::uint32_t run, ByteReader& in) {
    const store::GroupTimes read = store::decode_group_times(in);
    for (const std::size_t target : fields_)
      block.place(target, run) = basic(read, target);
  });
}

Value TargetValues::text(std::size_t target, std::string_view text) {
  if (text != last_[target] || last_[target].data() == nullptr) last_[target] = pool_.keep(text);
  return Value::text(last_[target]);
}

Value TargetValues::field(model::RunView& run, std::size_t target) {
  const auto text_or_missing = [&](std::string_view content) {
    return content.empty() ? Value() : text(target, content);
  };
  switch (targets_[target].field) {
    case Field::name:
      return text_or_missing(run.name);
    case Field::exit_code:
      return run.exit_code ? Value::integer(*run.exit_code) : Value();
    case Field::signal:
      return run.signal ? text(target, model::signal_name(*run.signal)) : Value();
    case Field::command: {
      std::vector<std::string> words = run.argv();
      for (std::string& word : words)
        word = shell_quote(word);
      return text_or_missing(join(words, " "));
    }
    case Field::cwd:
      return text_or_missing(run.cwd);
    case Field::host:
      return text_or_missing(run.host);
    case Field::user:
      return text_or_missing(run.user);
    case Field::group:
      return text_or_missing(run.group);
    case Field::parent:
      return run.parent ? text(target, run.parent->hex()) : Value();
    case Field::tags:
      return tags_.empty() ? Value::any_of({}) : Value::any_of(text(target, tags_).as_text());
    case Field::commit:
      return text_or_missing(code_->commit);
    case Field::tree:
      return text_or_missing(code_->tree);
    case Field::base:
      return text_or_missing(code_->base);
    case Field::branch:
      return text_or_missing(code_->branch);
    case Field::dirty:
      return code_->commit.empty() ? Value() : Value::boolean(code_->dirty);
    default:
      return basic({run.state, run.started, run.ended}, target);
  }
}

Value TargetValues::basic(const store::GroupTimes& run, std::size_t target) {
  constexpr double kMicroseconds = 1e6;
  switch (targets_[target].field) {
    case Field::state:
      return Value::text(name_of(run.state));
    case Field::started:
      return text(target, format_time(run.started));
    case Field::ended:
      return run.ended ? text(target, format_time(*run.ended)) : Value();
    case Field::duration:
      if (!run.ended && run.state != model::State::running) return {};
      return Value::real(static_cast<double>(run.ended.value_or(now_) - run.started) /
                         kMicroseconds);
    case Field::age:
      return Value::real(static_cast<double>(now_ - run.started) / kMicroseconds);
    default:
      return {};
  }
}

}  // namespace clew::query
