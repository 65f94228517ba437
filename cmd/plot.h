#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/declaration.h"
#include "app/session.h"
#include "render/chart.h"

namespace clew::cmd {

struct PlotOptions {
  std::vector<std::string> words;  ///< metrics, then runs
  std::optional<std::string> scatter;
  std::optional<std::string> parallel;
  std::optional<std::string> bars;
  std::optional<std::string> where;
  std::string x = "step";
  bool logarithmic = false;
  std::optional<std::string> smooth;
  std::optional<std::int64_t> count;
  std::optional<std::string> svg;
  std::optional<std::string> html;
  std::optional<std::int64_t> width;
  std::optional<std::int64_t> height;
};

void declare_plot(Declaration& declaration, PlotOptions& options);
int run_plot(Session& session, const PlotOptions& options);

/// Where pictures go, for all commands that draw: the files asked for, or else standard output.
struct PictureRequest {
  std::optional<std::string> svg;   ///< a file, or "-"
  std::optional<std::string> html;  ///< likewise
  std::optional<std::int64_t> width;
  std::optional<std::int64_t> height;
};
/// Draws a chart. Throws Error(usage) for a size out of bounds, Error(failed) when a file cannot be
/// written.
void show_picture(Session& session, const render::Chart& chart, const PictureRequest& request);

}  // namespace clew::cmd
