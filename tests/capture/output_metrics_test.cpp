#include "capture/output_metrics.h"

#include <catch2/catch.hpp>

#include "base/error.h"
#include "base/text.h"
#include "capture/recording_sink.h"

using clew::concat;
using clew::Error;
using clew::ErrorKind;
using clew::Time;
using clew::capture::OutputScanner;
using std::string_view_literals::operator""sv;

namespace {

constexpr Time kNow = 1'700'000'000'000'000;

/// All points as "name@step=value", "-" for no step.
std::string listing(const RecordingSink& sink) {
  std::string out;
  for (const auto& [name, source, point] : sink.points) {
    CHECK(source == clew::model::MetricSource::output);
    CHECK(point.time == kNow);
    if (!out.empty()) out += ' ';
    out += concat(name, '@', point.step ? std::to_string(*point.step) : "-", '=',
                  clew::shortest(point.value));
  }
  return out;
}

std::string scan(std::string_view output, const std::vector<std::string>& templates = {}) {
  OutputScanner scanner(templates);
  RecordingSink sink;
  scanner.feed(output, kNow, sink);
  scanner.finish(kNow, sink);
  return listing(sink);
}

}  // namespace

TEST_CASE("plain lines of names and values") {
  CHECK(scan("epoch 3 loss: 0.2 - acc: 0.9\n") == "loss@3=0.2 acc@3=0.9");
  CHECK(scan("loss=0.2 step=7\n") == "loss@7=0.2");
  CHECK(scan("step=7 loss=0.2 foo=12\n") == "loss@7=0.2 foo@7=12");
  CHECK(scan("loss: 0.25\n") == "loss@-=0.25");
  CHECK(scan("loss 0.25\n") == "loss@-=0.25");
  CHECK(scan("step 10 | loss 3.2 | lr 1e-4 | time 12.5\n") == "loss@10=3.2 lr@10=0.0001");
  CHECK(scan("iter 100: loss 2.3, time 120.5ms, mfu 2.50%\n") == "loss@100=2.3 mfu@100=2.5");
  CHECK(scan("step 0: train loss 4.2, val loss 4.3\n") == "train_loss@0=4.2 val_loss@0=4.3");
  CHECK(scan("Epoch [3/100], Step [100/938], Loss: 0.5\n") == "Loss@100=0.5 epoch@100=3");
  CHECK(scan("global_step: 1200, step: 3, loss: 0.5\n") == "loss@1200=0.5");
  CHECK(scan("epoch 1 loss: nan acc: inf mae: -inf\n") == "loss@1=nan acc@1=inf mae@1=-inf");
  CHECK(scan("loss: tensor(0.5123, device='cuda:0', grad_fn=<NllLossBackward0>)\n") ==
        "loss@-=0.5123");
  CHECK(scan("episode 12 reward 200\n") == "reward@12=200");
  CHECK(scan("Epoch 2: loss 0.5. Accuracy: 0.75.\n") == "loss@2=0.5 Accuracy@2=0.75");
  CHECK(scan("INFO:root:epoch 3 loss: 0.5\n") == "loss@3=0.5");
  CHECK(scan("2026-01-02 12:30:45,123 - INFO - train.py:45 - Epoch 3 loss: 0.2\n") == "loss@3=0.2");
  CHECK(scan("[2026-01-02 12:30:45] step 5 loss: 0.2 (10.0.0.1:8080)\n") == "loss@5=0.2");
  CHECK(scan("Acc@1 75.2 Acc@5 91.1\n") == "Acc@1@-=75.2 Acc@5@-=91.1");
  CHECK(scan("epoch: 3, loss: 1, loss: 2\n") == "loss@3=2");
  CHECK(scan("val/loss=0.5\n") == "val/loss@-=0.5");
  CHECK(scan("Mean squared error: 0.5\n") == "Mean_squared_error@-=0.5");
}

TEST_CASE("the splits of a line are kept apart") {
  CHECK(scan("Train: loss=0.3 acc=0.9 | Val: loss=0.4 acc=0.8\n") ==
        "Train_loss@-=0.3 Train_acc@-=0.9 Val_loss@-=0.4 Val_acc@-=0.8");
  CHECK(scan("[val] loss: 0.4 val_acc: 0.5\n") == "val_loss@-=0.4 val_acc@-=0.5");
  CHECK(scan("Train Loss: 0.3 Val Loss: 0.4\n") == "Train_Loss@-=0.3 Val_Loss@-=0.4");
  CHECK(scan("epoch 3 train: 0.5, test: 0.6\n") == "train@3=0.5 test@3=0.6");
}

TEST_CASE("Keras") {
  const std::string first = "22/45 [====>.....] - ETA: 1s - loss: 0.9 - accuracy: 0.5";
  const std::string last =
      "45/45 [==========] - 1s 12ms/step - loss: 0.52 - accuracy: 0.83 - val_loss: 0.6 - "
      "val_accuracy: 0.8";
  CHECK(scan(concat("Epoch 1/2\n", first, std::string(first.size(), '\b'), '\r', last,
                    "\nEpoch 2/2\n", first, '\r', last, "\n")) ==
        "loss@1=0.52 accuracy@1=0.83 val_loss@1=0.6 val_accuracy@1=0.8 "
        "loss@2=0.52 accuracy@2=0.83 val_loss@2=0.6 val_accuracy@2=0.8");
  CHECK(scan("Epoch 1/2\n\x1b[1m 1/45\x1b[0m \x1b[37m━━━━\x1b[0m \x1b[1m9s\x1b[0m 2ms/step - "
             "accuracy: 0.1 - loss: 2.3\r\x1b[1m45/45\x1b[0m \x1b[32m━━━━\x1b[0m\x1b[37m\x1b[0m "
             "\x1b[1m1s\x1b[0m 2ms/step - accuracy: 0.9 - loss: 0.3\n") ==
        "accuracy@1=0.9 loss@1=0.3");
  CHECK(
      scan("Epoch 00003: val_loss improved from 0.52 to 0.48, saving model to best.h5\n").empty());
}

TEST_CASE("PyTorch's examples") {
  CHECK(scan("Train Epoch: 1 [640/60000 (1%)]\tLoss: 2.29\n"
             "\nTest set: Average loss: 0.05, Accuracy: 9832/10000 (98%)\n") ==
        "Loss@1=2.29 Test_Average_loss@1=0.05 Test_Accuracy@1=0.9832");
  CHECK(scan("Epoch: [0][  10/5005]\tTime  0.3 ( 1.2)\tData  0.0 ( 0.1)\tLoss 6.9e+00 (6.9e+00)\t"
             "Acc@1   0.50 (  0.1)\n") == "Loss@0=6.9 Acc@1@0=0.5");
  CHECK(scan("[1,  2000] loss: 2.203\n") == "loss@-=2.203");
}

TEST_CASE("progress bars of tqdm and Lightning") {
  CHECK(
      scan("\rEpoch 3:  10%|█    | 94/938 [00:01<00:09, 90.1it/s, v_num=0, train_loss=0.9]"
           "\rEpoch 3: 100%|█████| 938/938 [00:10<00:00, 90.1it/s, v_num=0, train_loss=0.03]\n") ==
      "train_loss@3=0.03");
  CHECK(scan("Epoch 2/5 [Train]: 100%|██| 938/938 [00:10<00:00, 90.1it/s, loss=0.3]\n") ==
        "Train_loss@2=0.3");
  CHECK(scan("loss=0.5:  45%|████  | 45/100 [00:01<00:01]\n") == "loss@-=0.5");
  CHECK(scan("Train: 45%|███| 45/100 [00:01<00:01]\n").empty());
  // A bar below another one goes up again after each redraw.
  CHECK(scan("outer\n\rinner loss=0.5\x1b[A\n\rinner loss=0.4\x1b[A\n\rinner loss=0.3\n") ==
        "loss@-=0.3");
}

TEST_CASE("dictionaries") {
  CHECK(scan("{'loss': 0.52, 'learning_rate': 5e-05, 'epoch': 0.5}\n") ==
        "loss@-=0.52 learning_rate@-=5e-05 epoch@-=0.5");
  CHECK(scan("{'loss': '0.52', 'grad_norm': '1.5', 'epoch': '2'}\n") ==
        "loss@2=0.52 grad_norm@2=1.5");
  CHECK(scan("{'eval_loss': 0.5, 'eval_runtime': 12.3, 'eval_samples_per_second': 100.2, 'epoch': "
             "1.0}\n") == "eval_loss@1=0.5");
  CHECK(scan("{\"step\": 3, \"loss\": 0.5, \"ok\": true}\n") == "loss@3=0.5");
}

TEST_CASE("gradient boosting") {
  CHECK(scan("[12]\ttrain-rmse:0.123\tvalid-rmse:0.2\n") ==
        "train-rmse@12=0.123 valid-rmse@12=0.2");
  CHECK(scan("[100]\tvalid_0's auc: 0.9\ttrain's binary_logloss: 0.3\n") ==
        "valid_0_auc@100=0.9 train_binary_logloss@100=0.3");
}

TEST_CASE("what is no metric") {
  for (const char* line : {
           "12:30:45 starting",
           "loss",
           "loss:",
           "loss: high",
           "45/45",
           "Loaded 5 images in 3.2s",
           "Epoch 3 took 5 minutes",
           "Epoch 3 time: 12.5 elapsed=3.5 eta: 0:00:12",
           "Epoch 3/100",
           "Step 3: port: 8080, rank: 0, batch_size: 32",
           "Namespace(lr=0.1, loss=0.5, epochs=10)",
           "Adam(lr=0.001, betas=(0.9, 0.999), weight_decay=0.01)",
           "lr: 0.1",
           "lr=0.1 batch_size=32 momentum=0.9",
           "{'lr': 0.1, 'batch_size': 32}",
           "max_grad_norm=1.0,",
           "learning_rate=5e-05,",
           "label_smoothing: 0.1",
           "loss_weight: 0.5",
           "error 404",
           "error: 2 files failed",
           "make: *** [Makefile:12: all] Error 2",
           "accuracy 1",
           "precision: 16",
           "loss: 0.5ms",
           "loss: 1.2.3",
           "score: 10.0.0.1",
           "score: 2026-01-02",
           "loss: 0,523",
           "score: 1,000.5",
           "loss: 12:30",
           "http://host:8080/loss=0.5",
           "/data/loss=0.5",
           "checkpoints/epoch=3-step=100-val_loss=0.25.ckpt",
           "saved epoch=3-step=100-val_loss=0.25.ckpt",
           "python train.py --loss=0.5 --epoch 3",
           "GET /x?loss=0.5&acc=0.5",
           "val_loss did not improve from 0.48",
           "  File \"/a/b.py\", line 45, in f",
           "ValueError: expected 3.5, got 4.5",
           "Successfully installed numpy-1.24.2 torch-2.0.1",
           "Version: 1.13",
           "loss: 3.5e",
           "loss: infinite",
           "loss: nano",
           "Loss information",
           "größe: 0.5",
           "Average Precision (AP) @[ IoU=0.50:0.95 | area= all ]",
       }) {
    CAPTURE(line);
    CHECK(scan(concat(line, "\n")) == "");
  }
}

TEST_CASE("what is beside a metric without being one") {
  CHECK(scan("Epoch 3 loss: 0.5 train.py:45 localhost:6006 v=1.2.3 at 12:30 step: 10ms\n") ==
        "loss@3=0.5");
  CHECK(scan("Epoch 3 loss: 0.5 model(lr=0.1) x: 3 MB y=5s\n") == "loss@3=0.5");
}

TEST_CASE("an epoch holds for the lines after it") {
  CHECK(scan("loss: 0.9\nEpoch 1/3\nloss: 0.5\nEpoch 2/3\nloss: 0.4\nloss: 0.3 step 7\n") ==
        "loss@-=0.9 loss@1=0.5 loss@2=0.4 loss@7=0.3");
  CHECK(scan("===== Epoch 4 =====\nloss: 0.5\n") == "loss@4=0.5");
  CHECK(scan("Epoch 4/9\nrestored the best model from epoch 2\nloss: 0.5\n") == "loss@4=0.5");
}

TEST_CASE("bytes may be cut anywhere") {
  const std::string output =
      "Epoch 1/2\r\n\x1b[1m 1/45\x1b[0m - loss: 0.9\r\x1b[2K\x1b[1m45/45\x1b[0m ━━ - loss: 0.5\n"
      "\x1b]0;loss: 0.1\x07step=2 acc=0.5\n\x1b]8;;x\x1b\\step=3 acc=0.25";
  const std::string expected = "loss@1=0.5 acc@2=0.5 acc@3=0.25";
  CHECK(scan(output) == expected);
  for (std::size_t cut = 0; cut <= output.size(); ++cut) {
    OutputScanner scanner;
    RecordingSink sink;
    scanner.feed(std::string_view(output).substr(0, cut), kNow, sink);
    scanner.feed(std::string_view(output).substr(cut), kNow, sink);
    scanner.finish(kNow, sink);
    CHECK(listing(sink) == expected);
  }
  OutputScanner scanner;
  RecordingSink sink;
  for (const char c : output)
    scanner.feed({&c, 1}, kNow, sink);
  scanner.finish(kNow, sink);
  CHECK(listing(sink) == expected);
  for (std::size_t size = 0; size < output.size(); ++size)
    scan(output.substr(0, size));
}

TEST_CASE("odd terminal sequences do no harm") {
  CHECK(scan("loss: 0.5\r\n") == "loss@-=0.5");
  CHECK(scan("loss: 0.5\r\r\n") == "loss@-=0.5");
  CHECK(scan("loss: 0.9\rloss: 0.5\r\n") == "loss@-=0.5");
  CHECK(scan("loss: 0.9\b\b\b0.5\n") == "loss@-=0.5");
  CHECK(scan("\b\b\bloss: 0.5━\b\n") == "loss@-=0.5");
  CHECK(scan("loss: 0.9\x1b[1Gloss: 0.5\n") == "loss@-=0.5");
  CHECK(scan("loss: 0.9\x1b[80Dloss: 0.5\n") == "loss@-=0.5");
  CHECK(scan("x\x1b[2Kloss: 0.5\n") == "loss@-=0.5");
  CHECK(scan("loss: 0.5\x1b[K\n") == "loss@-=0.5");
  CHECK(scan("\x1b[12\nloss: 0.5\n") == "loss@-=0.5");
  CHECK(scan("\x1b]broken off\nloss: 0.5\n") == "loss@-=0.5");
  CHECK(scan("\x1b(Bloss: 0.5\x1b") == "loss@-=0.5");
  CHECK(scan("\n\n\r\n").empty());
}

TEST_CASE("a line over 64 KiB is left out to its end") {
  const std::string filler(70'000, 'x');
  CHECK(scan(concat(filler, " loss: 0.5\nacc: 0.5\n")) == "acc@-=0.5");
  CHECK(scan(concat(filler, " loss: 0.5\racc: 0.5\n")) == "acc@-=0.5");
  CHECK(scan(concat("loss: 0.9 ", filler)).empty());
  OutputScanner scanner;
  RecordingSink sink;
  for (int i = 0; i < 100; ++i)
    scanner.feed("loss: 0.5 and then some more text ", kNow, sink);
  for (int i = 0; i < 10'000; ++i)
    scanner.feed("and then some more text ", kNow, sink);
  scanner.feed(" loss: 0.7\nacc: 0.25\n", kNow, sink);
  CHECK(listing(sink) == "acc@-=0.25");
}

TEST_CASE("templates") {
  const std::vector<std::string> templates = {"[{step}] train {loss} / {val/loss}",
                                              "{} took {took}s", "epoch={epoch};x={x}"};
  CHECK(scan("log: [  7] train 0.5 / 0.25 and more\n", templates) == "loss@7=0.5 val/loss@7=0.25");
  CHECK(scan("[7] train   -1e3   /\tnan\n", templates) == "loss@7=-1000 val/loss@7=nan");
  CHECK(scan("[7.5] train 0.5 / 0.25\n", templates).empty());
  CHECK(scan("[7] [8] train 0.5 / 0.25\n", templates) == "loss@8=0.5 val/loss@8=0.25");
  CHECK(scan("[7] train 0.5 / high\n", templates).empty());
  CHECK(scan("the epoch took 5s\n", templates) == "took@-=5");
  CHECK(scan("epoch=3;x=1 loss: 0.5\n", templates) == "x@3=1");
  CHECK(scan("epoch 3 loss: 0.5\n", templates) == "loss@3=0.5");
  CHECK(scan("name: 0.5\n", {"{}: {x}"}) == "x@-=0.5");
  CHECK(scan("{a} 5\n", {"{{a}} {x}"}) == "x@-=5");
  CHECK(scan("Epoch 4/5\na 7\n", {"a {x}"}) == "x@4=7");
}

TEST_CASE("wrong templates") {
  const auto message = [](const std::string& text) -> std::string {
    try {
      OutputScanner scanner({text});
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::usage);
      return error.message();
    }
    return "none";
  };
  CHECK(message("a {loss") == "wrong metric template 'a {loss': a '{' without its '}' in column 3");
  CHECK(message("a} {loss}") ==
        "wrong metric template 'a} {loss}': a '}' without its '{' in column 2");
  CHECK(message("{a}{b}") ==
        "wrong metric template '{a}{b}': two fields with nothing between them in column 4");
  CHECK(message("{a} {a}") == "wrong metric template '{a} {a}': a second field 'a' in column 5");
  CHECK(message("{a b}") == "wrong metric template '{a b}': 'a b' is no name in column 1");
  CHECK(message("{step} {}") ==
        "wrong metric template '{step} {}': no field for a metric up to its end in column 10");
  CHECK(message("") == "wrong metric template '': no field for a metric up to its end in column 1");
  CHECK(message("{a}") == "none");
}

TEST_CASE("any bytes can be scanned") {
  std::string bytes;
  std::uint32_t seed = 1;
  for (int i = 0; i < 200'000; ++i) {
    seed = seed * 1664525 + 1013904223;
    const std::string_view pool =
        "loss: =0.5eE+-%/()[]{}'\"\\\x1b\r\b\n\t epochstep1\xc2\xb1\xff\0"sv;
    bytes.push_back(pool[(seed >> 16) % pool.size()]);
  }
  OutputScanner scanner({"{a} {}: {b}"});
  RecordingSink sink;
  scanner.feed(bytes, kNow, sink);
  scanner.finish(kNow, sink);
  for (const auto& point : sink.points)
    CHECK_FALSE(point.name.empty());
}
