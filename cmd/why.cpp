#include "why.h"

#include "base/error.h"
#include "base/text.h"
#include "query/catalog.h"
#include "why_report.h"

namespace clew::cmd {

void declare_why(Declaration& declaration, WhyOptions& options) {
  declaration.description =
      "Leads from the difference between two runs in a metric back to what differs between them, "
      "the likeliest cause first: code in files that the runs read, parameters and changes of them "
      "during the run, inputs by digest, packages, environment. Without B, A is compared with the "
      "newest run; without either, the newest run with the one before it.\n\n"
      "All other runs that have the metric (the newest 500) are asked what each difference did by "
      "itself: runs that are alike in everything else show how the metric changed, against how "
      "much "
      "it differs among repeats, runs that are alike in everything or differ in a seed only. What "
      "was seen to matter comes first, what was seen not to matter last. Where repeats differ as "
      "much as the two runs, the difference may be chance, and that is said.\n\n"
      "What differs but was not used stands apart. Where no trace of files tells whether the "
      "runs read a file, that is said too. Without --metric it is the metric that says most about "
      "both runs, an accuracy on held-out data before a loss, say.\n\n"
      "--json prints one object: \"a\" and \"b\" (the ids), \"metric\", \"values\" ({\"a\", "
      "\"b\"}), "
      "\"spread\" ({\"sd\", \"settings\", \"runs\"} of repeats), \"within_chance\", \"considered\" "
      "(runs asked), \"code_gap\" (why code could not be compared), and \"differences\" and "
      "\"unused\": {\"kind\" (code, parameter, change, input, package, interpreter, variable, "
      "machine), \"name\", \"a\", \"b\", \"used\" (yes, no, unknown), \"chance\", \"label\" "
      "(different in nearly every run), \"alias\" (the parameter that it changes together with), "
      "\"comments_only\", \"files\", \"evidence\"} each. A file "
      "has "
      "\"path\", \"old_path\", \"used\", \"binary\" and \"hunks\"; evidence has \"change\", "
      "\"least\", "
      "\"most\", \"here\" (in the settings of these two runs), \"settings\", \"runs\", "
      "\"same_values\" and \"matters\". What is not known is "
      "null.";
  declaration.positional("A", options.a, "The run to begin with").completes = Completes::run;
  declaration.positional("B", options.b, "The run that came out differently").completes =
      Completes::run;
  declaration
      .option("--metric", "METRIC", options.metric,
              "The metric that differs: its last value, or METRIC.max and the like")
      .completes = Completes::metric;
  declaration.flag("-u,--patch", options.patch, "Show all lines of the code");
  declaration.examples = {
      {"clew why", "why the newest run came out differently from the one before"},
      {"clew why baseline @ --metric val_acc.max", "against a tagged run, by the best accuracy"},
  };
}

int run_why(Session& session, const WhyOptions& options) {
  const query::Catalog catalog = query::Catalog::open(session.layout());
  const model::Run a = catalog.find(options.a.value_or("@~1"));
  const model::Run b = catalog.find(options.b.value_or("@"));
  if (a.id == b.id) {
    throw Error(ErrorKind::usage,
                concat("'", options.a.value_or("@~1"), "' and '", options.b.value_or("@"),
                       "' are the same run"),
                {"name two runs; 'clew log' lists them"});
  }
  const WhyReport report = make_why_report(session, catalog, a, b, options.metric);
  if (session.global.json) {
    session.out.line(dump_json(why_to_json(report), JsonLayout::pretty));
  } else {
    print_why(session.out, report, options.patch);
  }
  return 0;
}

}  // namespace clew::cmd
