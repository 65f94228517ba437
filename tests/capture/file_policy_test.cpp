#include "capture/file_policy.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "support/temporary_directory.h"

using namespace clew;
using namespace clew::capture;
using Verdict = FilePolicy::Verdict;

namespace {

constexpr model::FileModes kRead = model::kRead;
constexpr model::FileModes kWrote = model::kWritten | model::kCreated;

/// A project of a user, in places that need not exist.
FilePlaces places() {
  return {"/home/ada/study",
          "/home/ada",
          "",
          "",
          "/home/ada/study/.git/clew",
          "/home/ada/share/clew/python"};
}

FilePolicy policy(const FilePatterns& patterns = {}) {
  return FilePolicy(places(), patterns);
}

model::File file(std::string path, model::FileModes modes) {
  model::File file;
  file.state.path = path;
  file.uses.push_back({std::move(path), 0, modes, 0, 0, ""});
  return file;
}

void touch(const fs::path& path) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << "x";
}

}  // namespace

TEST_CASE("what is in the work tree and data elsewhere is listed") {
  FilePolicy files = policy();
  for (const auto* path :
       {"/home/ada/study/train.py", "/home/ada/study/data/a/b.csv", "/home/ada/study/.env",
        "/home/ada/study/lib/libmine.so", "/home/ada/other/x.csv", "/data/images/1.png",
        "/mnt/x.bin", "/tmp/scratch.txt", "/opt/ml/input/data/train.csv", "/var/data/x",
        "/home/ada/.keras/datasets/mnist.npz", "/home/ada/.cache/huggingface/hub/blobs/1f",
        "/home/ada/.cache/torch/hub/checkpoints/resnet.pth", "/top.txt"}) {
    INFO(path);
    CHECK(files.judge(path, kRead) == Verdict::listed);
  }
}

TEST_CASE("what belongs to the system and to packages is environment") {
  FilePolicy files = policy();
  for (const auto* path :
       {"/usr/lib/x86_64-linux-gnu/libc.so.6", "/lib64/ld-linux-x86-64.so.2", "/etc/passwd",
        "/usr/lib/python3/dist-packages/numpy/__init__.py", "/usr/share/zoneinfo/UTC",
        "/home/ada/.local/lib/python3.11/site-packages/torch/version.py",
        "/home/ada/study/venv/lib/python3.11/site-packages/sklearn/data/digits.csv.gz",
        "/home/ada/study/node_modules/d3/index.js", "/apps/python/3.10/lib/python3.10/os.py",
        "/home/ada/R/x86_64-pc-linux-gnu-library/4.2/dplyr/DESCRIPTION",
        "/home/ada/study/study.egg-info/PKG-INFO", "/opt/tool/lib/data.bin",
        "/sw/blas/libblas.so.3", "/home/ada/.bashrc",
        "/home/ada/.config/matplotlib/matplotlibrc"}) {
    INFO(path);
    CHECK(files.judge(path, kRead) == Verdict::environment);
  }
  CHECK(files.judge("/home/ada/bin/mytool", model::kExecuted) == Verdict::environment);
  CHECK(files.judge("/home/ada/bin/mytool.py", model::kExecuted) == Verdict::listed);
  CHECK(files.judge("/home/ada/study/a.out", model::kExecuted) == Verdict::listed);
}

TEST_CASE("what a run writes into the system is listed, what it installs is not") {
  FilePolicy files = policy();
  CHECK(files.judge("/usr/local/share/model.bin", kWrote) == Verdict::listed);
  CHECK(files.judge("/opt/tool/lib/data.bin", kWrote) == Verdict::listed);
  CHECK(files.judge("/usr/lib/python3/dist-packages/x/y.py", kWrote) == Verdict::environment);
}

TEST_CASE("caches, devices and the version control's files are ignored") {
  FilePolicy files = policy();
  for (const auto* path :
       {"/proc/self/status", "/dev/null", "/dev/shm/x", "/sys/devices/system/cpu/online",
        "/run/user/1000/bus", "/usr/share/locale/de/LC_MESSAGES/x.mo", "/tmp/clew-aB3dEf/socket",
        "/tmp/.X11-unix/X0", "/home/ada/.cache/pip/x", "/home/ada/.cache/fontconfig/1.cache-7",
        "/home/ada/study/.git/index", "/home/ada/study/.git/clew/live/1/spool",
        "/home/ada/study/__pycache__/m.cpython-311.pyc", "/home/ada/study/sub/.git",
        "/usr/lib/python3.11/__pycache__/os.cpython-311.pyc",
        "/home/ada/share/clew/python/clew/__init__.py", "relative"}) {
    INFO(path);
    CHECK(files.judge(path, kRead) == Verdict::ignored);
    CHECK(files.judge(path, kWrote) == Verdict::ignored);
  }
}

TEST_CASE("the nearest place decides") {
  FilePolicy in_opt({"/opt/conda/work", "/root", "", "", "", ""}, {});
  CHECK(in_opt.judge("/opt/conda/work/lib/x.txt", kRead) == Verdict::listed);
  FilePolicy at_top({"/", "/root", "", "", "/.clew", ""}, {});
  CHECK(at_top.judge("/usr/bin/env", kRead) == Verdict::environment);
  CHECK(at_top.judge("/work/x.csv", kRead) == Verdict::listed);
  CHECK(at_top.judge("/.clew/db/CURRENT", kRead) == Verdict::ignored);
  CHECK(at_top.name("/work/x.csv") == "work/x.csv");
  FilePolicy at_home({"/root", "/root", "", "", "", ""}, {});
  CHECK(at_home.judge("/root/.profile.d", kRead) == Verdict::listed);
  CHECK(at_home.judge("/root/.cache/pip/x", kRead) == Verdict::ignored);
  FilePolicy in_temporary({"/tmp/clew-abcdef", "", "", "", "", ""}, {});
  CHECK(in_temporary.judge("/tmp/clew-abcdef/x", kRead) == Verdict::listed);
}

TEST_CASE("a virtual environment is known by what is at its top") {
  const TemporaryDirectory directory;
  const fs::path root = directory.path() / "tree";
  touch(root / "env" / "pyvenv.cfg");
  touch(root / "env" / "bin" / "python");
  touch(root / "tools" / "bin" / "go");
  touch(directory.path() / "conda" / "conda-meta" / "history");
  FilePolicy files({root, "", "", "", "", ""}, {});
  const auto judge = [&](const fs::path& path) { return files.judge(path.native(), kRead); };
  CHECK(judge(root / "env/bin/python") == Verdict::environment);
  CHECK(judge(root / "env/pyvenv.cfg") == Verdict::environment);
  CHECK(judge(root / "env/lib64/x.txt") == Verdict::environment);
  CHECK(judge(root / "tools/bin/go") == Verdict::listed);
  CHECK(judge(directory.path() / "conda/lib/libmkl.txt") == Verdict::environment);
}

TEST_CASE("names are relative to the tree, however it is reached") {
  const TemporaryDirectory directory;
  fs::create_directories(directory.path() / "real" / "tree");
  fs::create_directory_symlink(directory.path() / "real", directory.path() / "link");
  const FilePolicy files({directory.path() / "link" / "tree", "", "", "", "", ""}, {});
  CHECK(files.name((directory.path() / "link/tree/a/b").native()) == "a/b");
  CHECK(files.name((directory.path() / "real/tree/a/b").native()) == "a/b");
  CHECK(files.name((directory.path() / "real/trees").native()) ==
        (directory.path() / "real/trees").native());
  CHECK(files.path("a/b") == directory.path() / "link/tree/a/b");
  CHECK(files.path("/data/x") == "/data/x");
}

TEST_CASE("patterns of the user decide what is ignored, and take it back") {
  FilePolicy files = policy({{}, {}, {"*.log", "scratch/", "!scratch/keep.csv", "/data/raw"}, {}});
  CHECK(files.judge("/home/ada/study/a/x.log", kRead) == Verdict::ignored);
  CHECK(files.judge("/elsewhere/x.log", kRead) == Verdict::ignored);
  CHECK(files.judge("/home/ada/study/scratch/a/b.csv", kWrote) == Verdict::ignored);
  CHECK(files.judge("/home/ada/study/scratch/keep.csv", kWrote) == Verdict::listed);
  CHECK(files.judge("/home/ada/study/scratch", kRead) == Verdict::listed);
  CHECK(files.judge("/data/raw/1.png", kRead) == Verdict::ignored);
  FilePolicy only = policy({{"data/**"}, {}, {"**", "!data/**"}, {}});
  CHECK(only.judge("/home/ada/study/train.py", kRead) == Verdict::ignored);
  CHECK(only.judge("/home/ada/study/data/x.csv", kRead) == Verdict::listed);
}

TEST_CASE("patterns of the user list what would not be listed") {
  FilePolicy files =
      policy({{"/usr/share/corpus/**", "*.json", "~/.config/study.toml"}, {}, {}, {"*.pyc"}});
  CHECK(files.judge("/usr/share/corpus/en/1.txt", kRead) == Verdict::listed);
  CHECK(files.judge("/usr/share/other.txt", kRead) == Verdict::environment);
  CHECK(files.judge("/home/ada/.config/study.toml", kRead) == Verdict::listed);
  // A name at any depth is meant for the work tree.
  CHECK(files.judge("/usr/lib/python3.11/x.json", kRead) == Verdict::environment);
  CHECK(files.judge("/home/ada/study/__pycache__/m.pyc", kRead) == Verdict::listed);
}

TEST_CASE("patterns of the user give roles") {
  FilePolicy files =
      policy({{"data/**", "shared/**"}, {"./models/", "shared/**", "../else/*"}, {}, {"*.npz"}});
  const auto role = [&](const char* path, model::FileModes modes) {
    return files.role(file(path, modes));
  };
  CHECK(role("data/x.csv", kWrote) == model::Role::input);
  CHECK(role("models/a/b.bin", kRead) == model::Role::output);
  CHECK(role("/home/ada/else/x", kRead) == model::Role::output);
  CHECK(role("shared/x", kRead) == model::Role::input);
  CHECK(role("shared/x", kWrote) == model::Role::output);
  CHECK_FALSE(role("train.py", kRead));
  CHECK(files.saves("models/m.npz"));
  CHECK(files.saves("/scratch/m.npz"));
  CHECK_FALSE(files.saves("models/m.pt"));
  CHECK(files.declares_any());
  CHECK_FALSE(policy().saves_any());
}

TEST_CASE("the top of a tree is where git's files are") {
  const TemporaryDirectory directory;
  touch(directory.path() / "tree" / ".git");
  fs::create_directories(directory.path() / "tree" / "a" / "b");
  CHECK(top_of_tree(directory.path() / "tree/a/b") == directory.path() / "tree");
  CHECK(top_of_tree(directory.path() / "tree") == directory.path() / "tree");
}

TEST_CASE("names of source code") {
  for (const auto* name : {"train.py", "x.R", "a.cu", "Makefile", "run.sh", "nb.ipynb"})
    CHECK(is_source_name(name));
  for (const auto* name : {"x.csv", "py", ".py", "conf.yaml", "README.md", "x.npz", "x.json"})
    CHECK_FALSE(is_source_name(name));
}
