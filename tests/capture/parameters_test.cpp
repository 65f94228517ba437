#include "capture/parameters.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/fs.h"
#include "base/text.h"
#include "capture/launchers.h"
#include "capture/parameter_values.h"
#include "support/temporary_directory.h"

namespace clew::capture {
namespace {

using Words = std::vector<std::string>;

Words words(std::string_view line) {
  Words out;
  for (const std::string_view word : split(line, ' ')) {
    if (!word.empty()) out.emplace_back(word);
  }
  return out;
}

/// "name=value name=value" with the values as JSON.
std::string shown(const std::vector<model::Parameter>& params) {
  std::string out;
  for (const auto& param : params) {
    out += concat(out.empty() ? "" : " ", param.name, '=', dump_json(param.value));
  }
  return out;
}

std::string from(std::string_view line) {
  return shown(parameters_from_argv(words(line)));
}

std::string error_of(const std::function<void()>& call, ErrorKind kind) {
  try {
    call();
  } catch (const Error& error) {
    CHECK(error.kind() == kind);
    return error.message();
  }
  return "no error";
}

}  // namespace

TEST_CASE("words are typed like JSON scalars") {
  const auto type = [](std::string_view word) { return dump_json(value_from_word(word)); };
  CHECK(type("0.1") == "0.1");
  CHECK(type("1e-3") == "0.001");
  CHECK(type("-7") == "-7");
  CHECK(type("0") == "0");
  CHECK(type(".5") == "0.5");
  CHECK(type("-.5") == "-0.5");
  CHECK(type("5.") == "5.0");
  CHECK(type("9223372036854775807") == "9223372036854775807");
  CHECK(type("true") == "true");
  CHECK(type("False") == "false");
  CHECK(type("null") == "null");
  CHECK(type("None") == "null");
  CHECK(type("\"0.1\"") == "\"0.1\"");
  for (const std::string_view text :
       {"1_000", "0x10", "01",    "-01",  "1e",  "1e+", ".",
        "-",     "--1",  "1.2.3", "+1",   "nan", "inf", "9223372036854775808",
        "1e999", "",     "1 ",    "TRUE", "[1]", "\"a", "\"a\"b\""}) {
    INFO(text);
    CHECK(value_from_word(text) == Json(text));
  }
}

TEST_CASE("options and assignments of argv") {
  CHECK(from("./train --lr 0.1 --wd=0.01 -b 32 momentum=0.9") ==
        "b=32 lr=0.1 momentum=0.9 wd=0.01");
  CHECK(from("./train --fast --no-cache --name x") == "cache=false fast=true name=\"x\"");
  CHECK(from("./train --fast") == "fast=true");
  CHECK(from("./train --offset -0.5 --start -.5 -n -3") == "n=-3 offset=-0.5 start=-0.5");
  CHECK(from("./train --lr 0.1 --lr 0.2") == "lr=0.2");
  CHECK(from("./train --empty= x=") == "empty=\"\" x=\"\"");
  CHECK(from("./train --batch-size 8 --batch_size 9") == "batch-size=8 batch_size=9");
  CHECK(from("./train -b32 -O3 -lr 0.5 -l2 -xvf") == "O=3 b=32 l=2 lr=0.5 xvf=true");
  CHECK(from("./train --file - data.csv") == "file=\"-\"");
  CHECK(from("./train --a 1 -- --b 2 c=3") == "a=1");
  CHECK(from("./train --eq a=b=c") == "a=\"b=c\" eq=true");
  CHECK(from("./train - -- -x") == "");
  CHECK(from("./train ---- -%x ---=3 --=4") == "");
  CHECK(from("./train") == "");
  CHECK(parameters_from_argv({}).empty());
  CHECK(shown(parameters_from_argv({"./t", "--x", "", "--y", "a b"})) == "x=\"\" y=\"a b\"");
}

TEST_CASE("several numbers after an option are a list") {
  CHECK(from("./t --layers 64 64 32 --lr 0.1") == "layers=[64,64,32] lr=0.1");
  CHECK(from("./t --range -1 1.5 data.csv") == "range=[-1,1.5]");
  CHECK(from("./t --names a b --k 1") == "k=1 names=\"a\"");
  CHECK(from("./t --mixed a 1") == "mixed=\"a\"");
}

TEST_CASE("--no-x with a number is an option of that name") {
  CHECK(from("./t --no-of-layers 3 --no-x train --no-y=1 --no-") ==
        "no-=true no-of-layers=3 no-y=1 x=false");
}

TEST_CASE("assignments in the manner of hydra") {
  CHECK(from("python app.py --multirun model.depth=3 +a.b=1 ++c=2 ~x ~y=1 db@backup=pg m/o=adam") ==
        "a.b=1 c=2 db@backup=\"pg\" m/o=\"adam\" model.depth=3 multirun=true");
  CHECK(from("./t --url http://host/?a=b ./x=1 /d/x=2 a:b=3 3=4") == "url=\"http://host/?a=b\"");
}

TEST_CASE("parameters are of the source argv and sorted") {
  const auto params = parameters_from_argv(words("./t --b 1 --a 2"));
  REQUIRE(params.size() == 2);
  CHECK(params[0].name == "a");
  CHECK(params[0].source == model::Source::argv);
  CHECK(params[0].file.empty());
}

TEST_CASE("names that are not UTF-8 become valid") {
  const auto params = parameters_from_argv({"./t", "--\xFF", "--a\xFF", "1"});
  REQUIRE(params.size() == 1);
  CHECK(params[0].name == "a\xEF\xBF\xBD");
}

TEST_CASE("where the arguments begin") {
  const std::string args = " --lr 0.1 x=1";
  for (const std::string_view command :
       {"./train.py",
        "python train.py",
        "/usr/bin/python3.11 -u train.py",
        "python3.13t -X dev -W ignore train.py",
        "python -Wignore -Bu train.py",
        "python -u -m pkg.train",
        "python -um pkg",
        "python -mpkg",
        "python -c code",
        "python -m cProfile -o out.prof train.py",
        "python -m cProfile -m pkg",
        "python -m pdb -c continue train.py",
        "torchrun --nproc_per_node 4 --nnodes=1 --standalone train.py",
        "torchrun --nproc-per-node=4 -m pkg.train",
        "torchrun --no-python --nproc_per_node 2 ./prog",
        "python -m torch.distributed.run --nproc_per_node 4 -m pkg",
        "python3 -m torch.distributed.launch --use_env --master_port 1 train.py",
        "accelerate launch --num_processes 2 --multi_gpu --fsdp_offload_params true train.py",
        "accelerate launch --config_file a.yaml -m pkg.train",
        "python -m accelerate.commands.launch --mixed_precision fp16 train.py",
        "deepspeed --num_gpus 2 --include localhost:0 train.py",
        "mpirun -n 4 python train.py",
        "mpirun -np 4 --mca btl tcp,self -x PATH -x A=b --bind-to core python -u train.py",
        "mpiexec -genv X 1 -hosts a,b ./prog",
        "srun -n4 -p gpu --gres=gpu:1 --cpus-per-task 2 python train.py",
        "srun --mpi pmix -- python train.py",
        "horovodrun -np 4 -H a:1 python train.py",
        "uv run train.py",
        "uv run --with numpy -p 3.11 python train.py",
        "uv --project p run -m pkg",
        "uv run -- python -m pkg",
        "poetry run python train.py",
        "conda run -n env --no-capture-output python train.py",
        "micromamba run -p /opt/env python train.py",
        "apptainer exec --nv -B /data image.sif python train.py",
        "env python train.py",
        "env -u HOME -i A=1 B=2 python train.py",
        "nice -n 5 python train.py",
        "nice -5 python train.py",
        "ionice -c 2 time -f %e python train.py",
        "stdbuf -o L -eL python train.py",
        "timeout -k 5 10 python train.py",
        "nohup setsid python train.py",
        "taskset -c 0-3 python train.py",
        "numactl -N 0 --membind=0 python train.py",
        "bash train.sh",
        "bash -euo pipefail train.sh",
        "bash -c code name",
        "sh -ec code",
        "Rscript --vanilla train.R",
        "Rscript -e code",
        "julia -t 4 --project=. train.jl",
        "julia --threads 4 -e code",
        "node --max-old-space-size=9 -r mod train.js",
        "ruby -I lib train.rb",
        "perl -I lib -w train.pl",
        "perl -ne code",
        "java -cp a.jar:b.jar -Dx=y pkg.Main",
        "java -Xmx1g -jar train.jar",
        "timeout 10 env CUDA=1 srun -n 2 uv run accelerate launch --cpu train.py",
        "octave train.m"}) {
    INFO(command);
    CHECK(from(concat(command, args)) == "lr=0.1 x=1");
  }
}

TEST_CASE("a launcher's other subcommands are ordinary programs") {
  CHECK(from("uv pip install --x 1") == "x=1");
  CHECK(from("accelerate config --y 2") == "y=2");
  CHECK(from("conda --z 3") == "z=3");
}

TEST_CASE("command lines that end early have no arguments") {
  const Words whole = words(
      "timeout -k 5 10 env -u X A=1 mpirun --mca a b -n 2 uv run --with n python -X dev -m m");
  for (std::size_t count = 0; count <= whole.size(); ++count) {
    const Words part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(count));
    INFO(count);
    CHECK(command_shape(part).arguments <= part.size());
    CHECK(parameters_from_argv(part).empty());
  }
}

TEST_CASE("the innermost program") {
  const auto program = [](std::string_view line) {
    const Words argv = words(line);
    return argv[command_shape(argv).program];
  };
  CHECK(program("env A=1 nice python3 train.py") == "python3");
  CHECK(program("mpirun -n 2 ./prog --x") == "./prog");
  CHECK(program("torchrun --no-python ./prog") == "./prog");
  CHECK(program("torchrun train.py") == "torchrun");
  CHECK(command_shape(words("python t.py")).interpreter);
  CHECK_FALSE(command_shape(words("torchrun t.py")).interpreter);
  CHECK(command_shape(words("uv run python t.py")).own_environment);
}

TEST_CASE("parameter files in argv") {
  const TemporaryDirectory directory;
  const fs::path root = directory.path();
  for (const char* name : {"a.yaml", "b.JSON", "c.toml", "d.ini", "e.cfg", "f.yml", "g.txt"}) {
    replace_file(root / name, "x");
  }
  replace_file(root / "large.json", std::string((256 << 10) + 1, ' '));
  replace_file(root / "limit.json", std::string(256 << 10, ' '));
  fs::create_directory(root / "dir.yaml");
  const auto found = [&](std::string_view line) {
    return join(parameter_files_in_argv(words(line), root), " ");
  };
  CHECK(found("python t.py a.yaml --config b.JSON --c=c.toml d.ini conf=e.cfg f.yml") ==
        "a.yaml b.JSON c.toml d.ini e.cfg f.yml");
  CHECK(found("python t.py g.txt large.json dir.yaml missing.yaml limit.json") == "limit.json");
  CHECK(found("python t.py a.yaml a.yaml") == "a.yaml");
  CHECK(found("accelerate launch --config_file a.yaml t.py --config f.yml") == "f.yml");
  CHECK(found("python t.py -o a.yaml --output-file=f.yml save_to=b.JSON --log_file d.ini") == "");
  const std::string absolute = (root / "a.yaml").string();
  CHECK(found(concat("t ", absolute)) == absolute);
}

TEST_CASE("a parameter given as an option") {
  const auto param = parameter_from_option("lr=0.1");
  CHECK(param.name == "lr");
  CHECK(param.value == Json(0.1));
  CHECK(param.source == model::Source::option);
  CHECK(parameter_from_option(" a.b =x=y").name == "a.b");
  CHECK(parameter_from_option("a=x=y").value == Json("x=y"));
  CHECK(parameter_from_option("a=").value == Json(""));
  for (const std::string_view text : {"lr", "=1", " =1", ""}) {
    CHECK(error_of([text] { (void)parameter_from_option(text); }, ErrorKind::usage) ==
          concat("cannot read parameter '", text, "'"));
  }
}

TEST_CASE("sources are merged by precedence") {
  const TemporaryDirectory directory;
  const fs::path root = directory.path();
  replace_file(root / "base.yaml", "lr: 1\nwd: 2\nbase: true\n");
  replace_file(root / "run.yaml", "lr: 3\nwd: 4\n");
  const Parameters out = collect_parameters({.argv = words("python t.py run.yaml --lr 5 --e 9"),
                                             .directory = root,
                                             .options = {"lr=6"},
                                             .files = {(root / "base.yaml").string()}});
  CHECK(out.warnings.empty());
  CHECK(shown(out.params) == "base=true e=9 lr=6 wd=4");
  CHECK(out.params[0].file == "base.yaml");
  CHECK(out.params[2].source == model::Source::option);
  REQUIRE(out.params[2].lost.size() == 2);
  CHECK(out.params[2].lost[0].source == model::Source::argv);
  CHECK(out.params[2].lost[1].value == Json(3));
  CHECK(out.params[2].lost[1].file == "run.yaml");
  CHECK(out.params[3].file == "run.yaml");
}

TEST_CASE("a file that cannot be read is a warning in argv and an error when named") {
  const TemporaryDirectory directory;
  const fs::path root = directory.path();
  replace_file(root / "bad.json", "[1]");
  const Parameters out = collect_parameters({words("python t.py bad.json --lr 1"), root, {}, {}});
  CHECK(shown(out.params) == "lr=1");
  REQUIRE(out.warnings.size() == 1);
  CHECK(out.warnings[0] ==
        "no parameters from 'bad.json': cannot read 'bad.json': not a map of names to values");
  const auto named = [&](const std::string& file) {
    return error_of([&] { (void)collect_parameters({{"t"}, root, {}, {file}}); }, ErrorKind::usage);
  };
  CHECK(named("bad.json") == "cannot read 'bad.json': not a map of names to values");
  CHECK(named("none.yaml") == "cannot read 'none.yaml': no such file");
  CHECK(named(".") == "cannot read '.': not a regular file");
}

TEST_CASE("secrets are masked in what is collected") {
  const TemporaryDirectory directory;
  const fs::path root = directory.path();
  replace_file(root / "c.yaml",
               "db: {password: hunter2, url: 'pg://u:p@h/d'}\nl: [{api_key: k}]\nmax_tokens: 5\n");
  const Parameters out =
      collect_parameters({.argv = {"python", "t.py", "c.yaml", "--token", "abc", "password=x", "-H",
                                   "Authorization: Bearer abc", "--use_auth_token"},
                          .directory = root,
                          .options = {"secret=1"},
                          .files = {}});
  CHECK(shown(out.params) ==
        "H=\"Authorization: ***\" db.password=\"***\" db.url=\"pg://***@h/d\" "
        "l=[{\"api_key\":\"***\"}] max_tokens=5 password=\"***\" secret=\"***\" token=\"***\" "
        "use_auth_token=true");
}

}  // namespace clew::capture
