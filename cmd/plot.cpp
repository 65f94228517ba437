#include "plot.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "importance.h"
#include "log_columns.h"
#include "log_query.h"
#include "plot_curves.h"
#include "plot_runs.h"
#include "query/catalog.h"
#include "query/frame.h"
#include "render/html.h"
#include "render/svg.h"
#include "render/text.h"
#include "ui/picture.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

using model::Run;

/// How many runs a picture has unless the user names them.
constexpr std::size_t kMostPlotted = 10;

std::size_t bounded(std::string_view option, const std::optional<std::int64_t>& value,
                    std::int64_t least, std::int64_t most) {
  if (!value) return 0;
  if (*value < least || *value > most) {
    throw Error(ErrorKind::usage,
                concat(option, " ", *value, " is not between ", least, " and ", most));
  }
  return static_cast<std::size_t>(*value);
}

/// Writes a document to a file; "-" is standard output.
void write_document(Session& session, const std::string& file, const std::string& document) {
  if (file == "-") {
    session.out.write(document);
    return;
  }
  replace_file(session.directory / file, document);
  session.err.line(concat("clew: wrote '", file, '\''));
}

Across across_of(const PlotOptions& options) {
  if (options.x == "time") return Across::time;
  return options.x == "epoch" ? Across::epoch : Across::step;
}

double smoothing_of(const PlotOptions& options) {
  if (!options.smooth) return 0;
  const auto weight = parse_double(*options.smooth);
  if (!weight || !(*weight >= 0 && *weight < 1)) {
    throw Error(ErrorKind::usage,
                concat("--smooth '", *options.smooth, "' is not a number from 0 to below 1"),
                {"0.9 smooths much, 0.6 a little"});
  }
  return *weight;
}

/// The words of the command line as what they name.
struct Named {
  std::vector<std::string> metrics;
  std::vector<std::string> runs;
};

/// A word is a metric if any run has one of that name, else a run.
Named sort_words(const std::vector<std::string>& words, const std::vector<Run>& all) {
  std::set<std::string_view> metrics;
  for (const Run& run : all) {
    for (const auto& metric : run.metrics)
      metrics.insert(metric.name);
  }
  Named named;
  for (const std::string& word : words)
    (metrics.contains(word) ? named.metrics : named.runs).push_back(word);
  if (!named.metrics.empty() || words.empty()) return named;
  std::vector<std::string> names(metrics.begin(), metrics.end());
  std::vector<std::string> hints;
  const auto similar = suggestions(words.front(), names);
  if (!similar.empty()) {
    hints.push_back(ui::did_you_mean(similar));
  } else if (!names.empty()) {
    constexpr std::size_t kListed = 8;
    std::erase_if(names, [](const std::string& name) { return model::is_system_metric(name); });
    if (names.size() > kListed) names.resize(kListed);
    hints.push_back(concat("metrics are: ", join(names, " ")));
  }
  throw Error(ErrorKind::usage, concat("no run has a metric '", words.front(), '\''),
              std::move(hints));
}

/// The runs to draw, oldest first, so that the newest lies on top.
std::vector<Run> runs_to_draw(const Session& session, const query::Catalog& catalog,
                              const PlotOptions& options, const Named& named, std::vector<Run> all,
                              std::vector<std::string>& notes) {
  std::vector<Run> runs;
  if (!named.runs.empty() || options.where) {
    return runs_named(session, catalog, named.runs, options.where);
  }
  runs = std::move(all);
  if (!named.metrics.empty()) {
    std::erase_if(runs, [&named](const Run& run) {
      return std::none_of(named.metrics.begin(), named.metrics.end(),
                          [&run](const auto& metric) { return run.metric(metric) != nullptr; });
    });
  }
  std::optional<std::size_t> most;
  if (options.count) most = bounded("-n", options.count, 1, 1'000'000);
  if (!most && !named.metrics.empty()) most = kMostPlotted;
  if (most && runs.size() > *most) {
    if (!options.count) {
      notes.push_back(concat("the newest ", *most, " of ", runs.size(),
                             " runs; name runs, or -n NUMBER, for others"));
    }
    runs.resize(*most);
  }
  std::reverse(runs.begin(), runs.end());
  return runs;
}

/// The values of the names in `list` for each run, floats as they were meant.
std::vector<RunValues> columns_of(const query::Catalog& catalog, const std::string& list,
                                  const std::vector<Run>& runs, Time now) {
  query::FrameRequest request;
  request.now = now;
  std::vector<RunValues> columns;
  for (const expr::Item& item : expr::parse_list(list, expr::ListOf::columns)) {
    request.values.push_back({item.expression, expr::Exact::no});
    columns.push_back({item.title, std::vector<Json>(runs.size())});
  }
  const query::Frame frame = query::Frame::load(catalog, request);
  std::map<RunId, std::size_t> rows;
  for (std::size_t row = 0; row < frame.size(); ++row)
    rows.emplace(frame.id(row), row);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const auto row = rows.find(runs[i].id);
    if (row == rows.end()) continue;
    for (std::size_t column = 0; column < columns.size(); ++column)
      columns[column].values[i] = frame.value(row->second, column).to_json();
  }
  return columns;
}

void check(const PlotOptions& options) {
  const int kinds = (options.scatter ? 1 : 0) + (options.parallel ? 1 : 0) + (options.bars ? 1 : 0);
  if (kinds > 1) {
    throw Error(ErrorKind::usage, "--scatter, --parallel and --bars exclude each other");
  }
  if (kinds == 0 && options.words.empty()) {
    throw Error(ErrorKind::usage, "no metric to draw",
                {"clew plot METRIC [RUN...]", "'clew show' lists the metrics of a run"});
  }
}

/// What the importance command says of the metric, over the same runs.
render::Chart bars_chart(const Session& session, const query::Catalog& catalog,
                         const PlotOptions& options) {
  ImportanceOptions of;
  of.metric = *options.bars;
  of.runs = options.words;
  of.where = options.where;
  return importance_chart(importance_report(session, catalog, of));
}

render::Chart chart_for(const Session& session, const query::Catalog& catalog,
                        const PlotOptions& options, std::size_t most) {
  if (options.bars) return bars_chart(session, catalog, options);
  std::vector<Run> all = catalog.runs();
  const std::optional<std::string>& list = options.scatter ? options.scatter : options.parallel;
  std::vector<std::string> notes;
  render::Chart chart;
  if (list) {
    const Named named{{}, options.words};
    const std::vector<Run> runs =
        runs_to_draw(session, catalog, options, named, std::move(all), notes);
    if (runs.empty()) throw Error(ErrorKind::usage, "no runs to draw");
    const auto columns = columns_of(catalog, *list, runs, session.clock.now());
    chart = options.scatter ? scatter_chart(runs, columns) : parallel_chart(runs, columns);
    if (options.logarithmic) {
      auto* plot = std::get_if<render::Plot>(&chart.content);
      if (plot != nullptr && plot->y.scale == render::Scale::linear)
        plot->y.scale = render::Scale::logarithmic;
    }
  } else {
    CurveRequest request;
    Named named = sort_words(options.words, all);
    request.runs = runs_to_draw(session, catalog, options, named, std::move(all), notes);
    request.metrics = std::move(named.metrics);
    request.across = across_of(options);
    request.logarithmic = options.logarithmic;
    request.smoothing = smoothing_of(options);
    request.most = most;
    chart = chart_of(catalog, request);
  }
  chart.notes.insert(chart.notes.begin(), notes.begin(), notes.end());
  return chart;
}

}  // namespace

void show_picture(Session& session, const render::Chart& chart, const PictureRequest& request) {
  if (request.svg) {
    render::SvgSize size;
    if (const auto width = bounded("--width", request.width, 200, 10'000))
      size.width = static_cast<int>(width);
    if (const auto height = bounded("--height", request.height, 120, 10'000))
      size.height = static_cast<int>(height);
    write_document(session, *request.svg, render::draw_svg(chart, size));
  }
  if (request.html) write_document(session, *request.html, render::draw_html(chart));
  if (session.global.json) {
    session.out.line(dump_json(render::to_json(chart)));
  } else if (!request.svg && !request.html) {
    const auto style = ui::picture_style(session.out, bounded("--width", request.width, 24, 1000),
                                         bounded("--height", request.height, 10, 1000));
    ui::print_picture(session.out, render::draw_text(chart, style));
  }
}

void declare_plot(Declaration& declaration, PlotOptions& options) {
  declaration.description =
      "Draws metrics of runs in the terminal, or into files with --svg and --html; the page is one "
      "file that needs no network and shows values under the mouse. Words that no run has as a "
      "metric name runs; without any, the newest runs that have the metric are drawn. Live runs "
      "are "
      "drawn as they are now.\n\n"
      "A series of more points than the picture has room for is drawn as the range of what each "
      "place stands for, with a line through its means. Values that are no numbers leave gaps.\n\n"
      "--scatter and --parallel draw runs by their parameters, metrics and fields, named as in "
      "'clew log --columns'. An axis is logarithmic where its values span a factor of 100 or more. "
      "Without runs they take all; what lacks a value is named below the picture. --bars draws the "
      "shares that 'clew importance' tells in full.";
  declaration
      .positional("METRIC|RUN", options.words, "Metrics to draw, then the runs to draw them of")
      .completes = Completes::metric;
  Argument& x = declaration.option("--x", "WHAT", options.x,
                                   "What stands below: the step, the time since the run began, or "
                                   "the epoch");
  x.completes = Completes::choices;
  x.choices = {"step", "time", "epoch"};
  declaration.flag("--log", options.logarithmic, "Draw values on a logarithmic axis");
  declaration.option(
      "--smooth", "WEIGHT", options.smooth,
      "Draw a moving average: 0 is none, 0.9 much; the curve itself stands behind it");
  declaration.option("--scatter", "X,Y[,COLOR]", options.scatter,
                     "Draw each run as a point over two of its values");
  declaration.option("--parallel", "NAME,NAME...", options.parallel,
                     "Draw each run as a line over several of its values, coloured by the last");
  declaration
      .option("--bars", "METRIC", options.bars,
              "Draw which hyperparameters matter for a metric, as 'clew importance' tells")
      .completes = Completes::metric;
  declaration.option("--where", "EXPRESSION", options.where,
                     "Draw the runs of which this is true, clew-query(7)");
  declaration.option("-n,--number", "NUMBER", options.count,
                     "Draw at most this many of the newest runs");
  declaration
      .option("--svg", "FILE", options.svg, "Write the picture as SVG; '-' is standard output")
      .completes = Completes::file;
  declaration
      .option("--html", "FILE", options.html,
              "Write the picture as an HTML page; '-' is standard output")
      .completes = Completes::file;
  declaration.option("--width", "NUMBER", options.width,
                     "Width of the picture: columns, or pixels with --svg");
  declaration.option("--height", "NUMBER", options.height,
                     "Height of the picture: lines, or pixels with --svg");
  declaration.examples = {
      {"clew plot val_loss", "the newest runs, in the terminal"},
      {"clew plot loss val_loss @ --log --smooth 0.6", "two metrics of the newest run"},
      {"clew plot val_acc baseline wide --x time --html acc.html", "two runs over time, as a page"},
      {"clew plot --parallel lr,batch,val_acc.max", "all runs over their parameters"},
      {"clew plot --bars val_acc.max --html matters.html", "what decided on the best accuracy"},
  };
}

int run_plot(Session& session, const PlotOptions& options) {
  check(options);
  const query::Catalog catalog = query::Catalog::open(session.layout());
  const bool drawn = options.svg || options.html || session.global.json;
  // Two stretches for each column of dots; pictures for the screen get as many as pixels.
  constexpr std::size_t kPixels = 2000;
  const std::size_t columns = std::max<std::size_t>(session.out.columns(), 80);
  const render::Chart chart = chart_for(session, catalog, options,
                                        drawn ? kPixels : std::max<std::size_t>(columns * 4, 400));
  show_picture(session, chart, {options.svg, options.html, options.width, options.height});
  return 0;
}

}  // namespace clew::cmd
