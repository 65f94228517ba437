#include "analysis/fanova.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace clew::analysis {
namespace {

using Range = std::pair<std::size_t, std::size_t>;  // of cells, the end exclusive

/// A column as one tree sees it: levels that none of its splits tells apart are one cell.
struct Axis {
  std::vector<std::size_t> first;  // level of each cell, and one past the last
  std::vector<double> weights;     // of each cell
  [[nodiscard]] std::size_t cells() const { return weights.size(); }
};

/// A leaf: where it lies, cut into ranges of cells on each axis, and its value.
struct Box {
  std::vector<std::vector<Range>> ranges;
  std::vector<double> weights;  // of the ranges of each axis together
  double weight = 1;            // of the box
  double value = 0;
};

/// The levels that lead to a node.
struct Region {
  std::size_t node = 0;
  std::vector<Range> levels;             // of ordered columns
  std::vector<std::vector<bool>> masks;  // of the others
};

class TreeAnalysis {
 public:
  TreeAnalysis(const Table& table, const Tree& tree) : table_(table), tree_(tree) {
    make_axes();
    make_boxes();
    for (const Box& box : boxes_)
      mean_ += box.weight * box.value;
    for (const Box& box : boxes_)
      variance_ += box.weight * (box.value - mean_) * (box.value - mean_);
  }

  [[nodiscard]] double mean() const { return mean_; }
  [[nodiscard]] double variance() const { return variance_; }

  /// The marginal of a column, cell by cell, less the mean.
  [[nodiscard]] std::vector<double> marginal(std::size_t i) const {
    // Each box adds to a range of cells; sums of differences are then the marginal.
    std::vector<double> values(axes_[i].cells() + 1, 0);
    for (const Box& box : boxes_) {
      const double part = (box.value - mean_) * box.weight / box.weights[i];
      for (const auto& [from, to] : box.ranges[i]) {
        values[from] += part;
        values[to] -= part;
      }
    }
    for (std::size_t c = 1; c < values.size(); ++c)
      values[c] += values[c - 1];
    values.pop_back();
    return values;
  }

  [[nodiscard]] double variance_of(std::size_t i, const std::vector<double>& marginal) const {
    double sum = 0;
    for (std::size_t c = 0; c < marginal.size(); ++c)
      sum += axes_[i].weights[c] * marginal[c] * marginal[c];
    return sum;
  }

  /// The variance of the marginal of two columns.
  [[nodiscard]] double variance_of(std::size_t i, std::size_t j) const {
    const std::size_t rows = axes_[i].cells();
    const std::size_t columns = axes_[j].cells();
    // As above in two dimensions.
    std::vector<double> values((rows + 1) * (columns + 1), 0);
    const std::size_t stride = columns + 1;
    for (const Box& box : boxes_) {
      const double part = (box.value - mean_) * box.weight / box.weights[i] / box.weights[j];
      for (const auto& [top, bottom] : box.ranges[i]) {
        for (const auto& [from, to] : box.ranges[j]) {
          values[top * stride + from] += part;
          values[top * stride + to] -= part;
          values[bottom * stride + from] -= part;
          values[bottom * stride + to] += part;
        }
      }
    }
    double sum = 0;
    for (std::size_t r = 0; r < rows; ++r) {
      double along = 0;  // of the differences in this row up to here
      for (std::size_t c = 0; c < columns; ++c) {
        along += values[r * stride + c];
        const double above = r > 0 ? values[(r - 1) * stride + c] : 0;
        values[r * stride + c] = along + above;
        const double value = values[r * stride + c];
        sum += axes_[i].weights[r] * axes_[j].weights[c] * value * value;
      }
    }
    return sum;
  }

  /// A marginal for each level of the column, with the mean.
  void add_levels(std::size_t i, const std::vector<double>& marginal,
                  std::vector<double>& levels) const {
    for (std::size_t c = 0; c < marginal.size(); ++c) {
      for (std::size_t level = axes_[i].first[c]; level < axes_[i].first[c + 1]; ++level)
        levels[level] += marginal[c] + mean_;
    }
  }

 private:
  void make_axes() {
    const std::size_t count = table_.columns.size();
    std::vector<std::vector<bool>> cut(count);
    for (std::size_t i = 0; i < count; ++i) {
      const Column& column = table_.columns[i];
      cut[i].assign(column.levels.size(), !column.ordered);
      cut[i][0] = true;
    }
    for (const Node& node : tree_.nodes) {
      if (node.column && node.left.empty()) cut[*node.column][node.below] = true;
    }
    for (std::size_t i = 0; i < count; ++i) {
      Axis axis;
      for (std::size_t level = 0; level < cut[i].size(); ++level) {
        if (cut[i][level]) {
          axis.first.push_back(level);
          axis.weights.push_back(0);
        }
        axis.weights.back() += table_.columns[i].weights[level];
      }
      axis.first.push_back(cut[i].size());
      axes_.push_back(std::move(axis));
    }
  }

  void make_boxes() {
    Region root;
    for (const Column& column : table_.columns) {
      root.levels.emplace_back(0, column.levels.size());
      root.masks.emplace_back(column.ordered ? 0 : column.levels.size(), true);
    }
    std::vector<Region> open = {std::move(root)};
    while (!open.empty()) {
      Region region = std::move(open.back());
      open.pop_back();
      const Node& node = tree_.nodes[region.node];
      if (!node.column) {
        boxes_.push_back(box_of(region, node.value));
        continue;
      }
      Region other = region;
      region.node = node.yes;
      other.node = node.no;
      if (node.left.empty()) {
        region.levels[*node.column].second = node.below;
        other.levels[*node.column].first = node.below;
      } else {
        for (std::size_t level = 0; level < node.left.size(); ++level) {
          auto& loser = node.left[level] ? other : region;
          loser.masks[*node.column][level] = false;
        }
      }
      open.push_back(std::move(other));
      open.push_back(std::move(region));
    }
  }

  [[nodiscard]] Box box_of(const Region& region, double value) const {
    Box box;
    box.value = value;
    for (std::size_t i = 0; i < axes_.size(); ++i) {
      std::vector<Range> ranges = table_.columns[i].ordered
                                      ? std::vector{cells_of(i, region.levels[i])}
                                      : runs_of(region.masks[i]);
      double weight = 0;
      for (const auto& [from, to] : ranges) {
        for (std::size_t c = from; c < to; ++c)
          weight += axes_[i].weights[c];
      }
      box.ranges.push_back(std::move(ranges));
      box.weights.push_back(weight);
      box.weight *= weight;
    }
    return box;
  }

  [[nodiscard]] Range cells_of(std::size_t i, const Range& levels) const {
    const auto& first = axes_[i].first;
    const auto cell = [&first](std::size_t level) {
      return static_cast<std::size_t>(std::lower_bound(first.begin(), first.end(), level) -
                                      first.begin());
    };
    return {cell(levels.first), cell(levels.second)};
  }

  /// The stretches of a mask that are true.
  [[nodiscard]] static std::vector<Range> runs_of(const std::vector<bool>& mask) {
    std::vector<Range> runs;
    for (std::size_t level = 0; level < mask.size(); ++level) {
      if (!mask[level]) continue;
      if (runs.empty() || runs.back().second != level) runs.emplace_back(level, level);
      runs.back().second = level + 1;
    }
    return runs;
  }

  const Table& table_;
  const Tree& tree_;
  std::vector<Axis> axes_;
  std::vector<Box> boxes_;
  double mean_ = 0;
  double variance_ = 0;
};

/// Adds up parts of the variance over the trees.
struct Parts {
  double sum = 0;
  double squares = 0;
  void add(double part) {
    sum += part;
    squares += part * part;
  }
  void put_into(Effect& effect, double trees) const {
    effect.share = sum / trees;
    effect.deviation = std::sqrt(std::max(0.0, squares / trees - effect.share * effect.share));
  }
};

}  // namespace

Fanova analyze_forest(const Table& table, const std::vector<Tree>& forest) {
  const std::size_t count = table.columns.size();
  Fanova out;
  std::vector<Parts> single(count);
  std::vector<Parts> pair(count * count);
  std::vector<std::vector<double>> means;
  for (const Column& column : table.columns)
    means.emplace_back(column.levels.size(), 0);
  for (const Tree& tree : forest) {
    const TreeAnalysis analysis(table, tree);
    if (tree.nodes.size() == 1 || analysis.variance() <= 0) continue;
    ++out.trees;
    out.mean += analysis.mean();
    std::vector<double> alone;
    for (std::size_t i = 0; i < count; ++i) {
      const std::vector<double> marginal = analysis.marginal(i);
      analysis.add_levels(i, marginal, means[i]);
      alone.push_back(analysis.variance_of(i, marginal));
      single[i].add(alone[i] / analysis.variance());
    }
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = i + 1; j < count; ++j) {
        const double both = analysis.variance_of(i, j) - alone[i] - alone[j];
        pair[i * count + j].add(std::max(0.0, both) / analysis.variance());
      }
    }
  }
  if (out.trees == 0) return out;
  const auto trees = static_cast<double>(out.trees);
  out.mean /= trees;
  out.further = 1;
  const auto take = [&](std::vector<std::size_t> columns, const Parts& parts) {
    Effect effect;
    effect.columns = std::move(columns);
    parts.put_into(effect, trees);
    out.further -= effect.share;
    out.effects.push_back(std::move(effect));
  };
  for (std::size_t i = 0; i < count; ++i) {
    take({i}, single[i]);
    for (double& mean : means[i])
      mean /= trees;
    out.effects.back().means = std::move(means[i]);
  }
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = i + 1; j < count; ++j)
      take({i, j}, pair[i * count + j]);
  }
  out.further = std::max(0.0, out.further);
  return out;
}

}  // namespace clew::analysis
