#include "capture/package_census.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "support/temporary_directory.h"

using namespace clew;
using namespace clew::capture;

namespace {

void write(const fs::path& path, std::string_view text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

}  // namespace

TEST_CASE("packages of Python are named by their distributions, with versions") {
  const TemporaryDirectory directory;
  const fs::path site = directory.path() / "lib/python3.11/site-packages";
  write(site / "numpy-1.24.2.dist-info/METADATA",
        "Metadata-Version: 2.1\nName: numpy\nVersion: 1.24.2\n\nx");
  // A distribution that is called otherwise than its module.
  write(site / "scikit_learn-1.2.dist-info/METADATA", "Name: scikit-learn\nVersion: 1.2.1\n");
  write(site / "scikit_learn-1.2.dist-info/top_level.txt", "sklearn\n");
  write(site / "PyYAML-6.0.dist-info/METADATA", "Name: PyYAML\n");
  write(site / "PyYAML-6.0.dist-info/RECORD", "_yaml/__init__.py,sha256=a,1\nyaml/__init__.py,,\n");
  write(site / "six-1.16.0.egg-info", "Name: six\nVersion: 1.16.0\n");
  write(site / "unused-1.0.dist-info/METADATA", "Name: unused\nVersion: 1.0\n");
  fs::create_directories(site / "bare");
  PackageCensus census;
  for (const auto* used : {"numpy/__init__.py", "numpy/core/x.so", "numpy.libs/libopenblas.so.0",
                           "sklearn/base.py", "yaml/__init__.py", "six.py", "bare/x.py"})
    census.see((site / used).native());
  CHECK(
      dump_json(census.summary()) ==
      R"({"packages":{"PyYAML":"6.0","bare":null,"numpy":"1.24.2","scikit-learn":"1.2.1","six":"1.16.0"}})");
}

TEST_CASE("packages of R and node.js are named with versions") {
  const TemporaryDirectory directory;
  const fs::path node = directory.path() / "node_modules";
  write(node / "d3/package.json", R"({"name":"d3","version":"7.8.0"})");
  write(node / "@types/node/package.json", R"({"version":"18.0.0"})");
  write(node / "broken/package.json", "{");
  const fs::path library = directory.path() / "R/x86_64-pc-linux-gnu-library/4.2";
  write(library / "dplyr/DESCRIPTION", "Package: dplyr\nVersion: 1.1.0\n");
  PackageCensus census;
  for (const auto* used : {"d3/index.js", "@types/node/fs.d.ts", "broken/x.js"})
    census.see((node / used).native());
  census.see((library / "dplyr/R/dplyr").native());
  CHECK(dump_json(census.summary()) ==
        R"({"packages":{"@types/node":"18.0.0","broken":null,"d3":"7.8.0","dplyr":"1.1.0"}})");
}

TEST_CASE("libraries are named as they are loaded, with the version of the file behind") {
  const TemporaryDirectory directory;
  const fs::path place = directory.path();
  write(place / "libx.so.6.0.30", "");
  fs::create_symlink("libx.so.6.0.30", place / "libx.so.6");
  write(place / "libc-2.36.so", "");
  PackageCensus census;
  census.see((place / "libx.so.6").native());
  census.see((place / "libc-2.36.so").native());
  census.see((place / "gone/libz.so.1").native());
  census.see("/usr/lib/python3.11/lib-dynload/_ssl.cpython-311-x86_64-linux-gnu.so");
  census.see("/etc/passwd");
  CHECK(
      dump_json(census.summary()) ==
      R"({"libraries":{"libc-2.36.so":"2.36","libx.so.6":"6.0.30","libz.so.1":"1"},"interpreter":{"python":"3.11"}})");
}

TEST_CASE("nothing seen is an empty summary") {
  CHECK(dump_json(PackageCensus().summary()) == "{}");
}
