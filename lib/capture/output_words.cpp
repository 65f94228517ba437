#include "capture/output_words.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace clew::capture {
namespace {

/// A sorted list of words in lower case. Nearly all words that are asked for are in none, which
/// their length and first character mostly tell.
template <std::size_t N>
class WordList {
 public:
  explicit constexpr WordList(std::array<std::string_view, N> sorted) : words_(sorted) {
    for (const std::string_view word : words_)
      beginnings_[word.size()] |= bit(word.front());
  }
  [[nodiscard]] bool contains(std::string_view word) const {
    return !word.empty() && word.size() < beginnings_.size() &&
           (beginnings_[word.size()] & bit(word.front())) != 0 &&
           std::binary_search(words_.begin(), words_.end(), word);
  }

 private:
  static constexpr std::uint32_t bit(char c) { return 1U << (static_cast<unsigned>(c) & 31U); }
  std::array<std::string_view, N> words_;
  std::array<std::uint32_t, 16> beginnings_{};  // by length
};

constexpr WordList kMetrics(std::to_array<std::string_view>(
    {"acc",        "accuracy", "ap",        "auc",    "aucpr",       "auprc",       "auroc",
     "bce",        "bleu",     "bpb",       "bpc",    "bpd",         "cer",         "cost",
     "dice",       "elbo",     "entropy",   "err",    "error",       "f1",          "fid",
     "fscore",     "hinge",    "huber",     "iou",    "jaccard",     "kappa",       "kl",
     "kld",        "logloss",  "loss",      "losses", "mae",         "map",         "mape",
     "mcc",        "meteor",   "miou",      "mrr",    "mse",         "ndcg",        "nll",
     "perplexity", "ppl",      "precision", "psnr",   "r2",          "recall",      "reward",
     "rmse",       "rmsle",    "rouge",     "score",  "sensitivity", "specificity", "ssim",
     "top",        "wer"}));
constexpr WordList kCompanions(std::to_array<std::string_view>(
    {"beta", "eps", "epsilon", "gamma", "grad_norm", "gradnorm", "learning_rate", "lr", "mfu",
     "momentum", "norm", "temperature", "wd", "weight_decay"}));
constexpr WordList kIgnored(std::to_array<std::string_view>(
    {"batch",    "batch_size", "batches",   "bs",        "bytes",    "count",      "cpu",
     "cuda",     "date",       "day",       "days",      "dt",       "duration",   "elapsed",
     "epoch",    "epochs",     "eta",       "fps",       "gpu",      "gpu_mem",    "gpus",
     "hour",     "hours",      "id",        "images",    "iter",     "iteration",  "iterations",
     "iters",    "line",       "localhost", "max_mem",   "mem",      "memory",     "min",
     "mins",     "minute",     "minutes",   "ms",        "node",     "pid",        "port",
     "progress", "rank",       "remaining", "runtime",   "s",        "samples",    "sec",
     "second",   "seconds",    "secs",      "seed",      "size",     "speed",      "step",
     "steps",    "throughput", "time",      "timestamp", "timestep", "timesteps",  "tokens",
     "total",    "v_num",      "version",   "worker",    "workers",  "world_size", "year"}));
constexpr WordList kExtensions(std::to_array<std::string_view>(
    {"bin", "c",    "cc",    "ckpt", "conf", "cpp",  "csv", "cu",   "cuh",   "h",
     "h5",  "html", "ipynb", "java", "jl",   "jpg",  "js",  "json", "jsonl", "log",
     "npy", "npz",  "onnx",  "out",  "pkl",  "png",  "pt",  "pth",  "py",    "rs",
     "sh",  "so",   "toml",  "ts",   "txt",  "yaml", "yml", "zip"}));
constexpr WordList kQualifiers(std::to_array<std::string_view>(
    {"absolute",    "actor",     "adv",    "adversarial", "aux",
     "auxiliary",   "average",   "avg",    "balanced",    "bbox",
     "best",        "box",       "ce",     "class",       "classification",
     "contrastive", "critic",    "cross",  "current",     "discriminator",
     "final",       "generator", "kl",     "log",         "macro",
     "mask",        "max",       "mean",   "median",      "micro",
     "min",         "overall",   "policy", "q",           "reconstruction",
     "regression",  "relative",  "roc",    "root",        "running",
     "smoothed",    "squared",   "total",  "value",       "weighted"}));
constexpr WordList kSplits(std::to_array<std::string_view>({"dev", "eval", "evaluation", "test",
                                                            "testing", "train", "training", "val",
                                                            "valid", "validation"}));
constexpr WordList kUnits(std::to_array<std::string_view>(
    {"b",   "bytes", "days",    "gb", "gib", "h", "hours", "hz",      "kb",   "kib", "mb", "mib",
     "min", "mins",  "minutes", "ms", "ns",  "s", "sec",   "seconds", "secs", "tb",  "us", "w"}));
constexpr WordList kEpochs(std::to_array<std::string_view>({"epoch"}));
constexpr WordList kSteps(std::to_array<std::string_view>({"episode", "global_step", "iter",
                                                           "iteration", "step", "timestep"}));

constexpr std::size_t kLongest = 64;  // a longer word is in no list

/// A word in lower case, without memory of its own.
class Lower {
 public:
  explicit Lower(std::string_view word) : size_(word.size() <= kLongest ? word.size() : 0) {
    std::transform(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(size_), text_,
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  }
  [[nodiscard]] std::string_view view() const { return {text_, size_}; }

 private:
  char text_[kLongest];
  std::size_t size_;
};

/// The last part of a name; '/' '_' '-' '.' separate.
std::string_view last_part(std::string_view name) {
  std::size_t at = name.size();
  while (at > 0 && name[at - 1] != '/' && name[at - 1] != '_' && name[at - 1] != '-' &&
         name[at - 1] != '.') {
    --at;
  }
  return name.substr(at);
}

/// Calls `test` with the parts of the name until one of them is true.
template <typename Test>
bool any_part(std::string_view name, std::string_view separators, const Test& test) {
  for (;;) {
    const std::size_t at = name.find_first_of(separators);
    if (test(name.substr(0, at))) return true;
    if (at == std::string_view::npos) return false;
    name.remove_prefix(at + 1);
  }
}

bool is_metric_part(std::string_view part) {
  part = last_part(part);
  if (kMetrics.contains(part)) return true;
  // "Acc@1", "hits@10", "AP50", "loss2"; "f1" and "r2" are in the list themselves.
  std::size_t size = part.size();
  while (size > 0 && ((part[size - 1] >= '0' && part[size - 1] <= '9') || part[size - 1] == '@')) {
    --size;
  }
  return size < part.size() && kMetrics.contains(part.substr(0, size));
}

}  // namespace

Marker marker_of(std::string_view word) {
  if (word.size() < 4 || word.size() > 11) return Marker::none;
  const Lower lower(word);
  if (kEpochs.contains(lower.view())) return Marker::epoch;
  return kSteps.contains(lower.view()) ? Marker::step : Marker::none;
}

bool is_metric_word(std::string_view name) {
  const Lower lower(name);
  return any_part(lower.view(), "/", is_metric_part);
}

bool is_accuracy(std::string_view name) {
  const Lower lower(name);
  const std::string_view part = last_part(lower.view());
  return part == "acc" || part == "accuracy";
}

bool is_plain_error(std::string_view word) {
  const Lower lower(word);
  return lower.view() == "error" || lower.view() == "err";
}

bool is_companion(std::string_view name) {
  const Lower lower(name);
  return kCompanions.contains(lower.view()) || kCompanions.contains(last_part(lower.view()));
}

bool is_ignored(std::string_view name) {
  const Lower lower(name);
  const std::string_view text = lower.view();
  if (kIgnored.contains(text) || kIgnored.contains(last_part(text))) return true;
  if (text.starts_with("num_") || text.starts_with("n_")) return true;
  const std::size_t dot = text.rfind('.');
  return dot != std::string_view::npos && kExtensions.contains(text.substr(dot + 1));
}

bool is_qualifier(std::string_view word) {
  const Lower lower(word);
  return kQualifiers.contains(lower.view()) || kSplits.contains(lower.view());
}

bool is_split(std::string_view word) {
  return kSplits.contains(Lower(word).view());
}

bool has_split(std::string_view name) {
  const Lower lower(name);
  return any_part(lower.view(), "/_-.",
                  [](std::string_view part) { return kSplits.contains(part); });
}

bool is_unit(std::string_view word) {
  const Lower lower(word);
  return kUnits.contains(lower.view()) || lower.view().ends_with("/s") ||
         lower.view().ends_with("/sec");
}

}  // namespace clew::capture
