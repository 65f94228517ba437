"""What a run reads and writes: roles, digests, kept copies."""

import hashlib
import unittest

from harness import CLEW, PYTHON, Case


def digest(data):
    return hashlib.sha256(data).hexdigest()


class Files(Case):
    def setUp(self):
        super().setUp()
        self.make_repository()

    def files(self, run="@"):
        """By path, when the run is sealed: until then digests may be missing."""
        self.wait_sealed()
        return {file["path"]: file for file in self.json("show", run)["files"]}

    def test_an_artifact_is_an_output_with_its_digest(self):
        script = (
            "mkdir -p out/deep; printf 'model\\0' >out/m.bin; cd out/deep; echo x >y; "
            "$CLEW put artifact ../m.bin; "
            f"{PYTHON} -c \"import clew; clew.artifact('y')\""
        )
        self.clew("run", "--", "sh", "-c", script.replace("$CLEW", CLEW))
        files = self.files()
        self.assertEqual(files["out/m.bin"]["role"], "output")
        self.assertEqual(files["out/m.bin"]["sha256"], digest(b"model\0"))
        self.assertEqual(files["out/deep/y"]["role"], "output")
        self.assertEqual(files["out/deep/y"]["size"], 2)

    def test_copies_are_kept_and_shown_byte_for_byte(self):
        data = bytes(range(256)) * 5000
        self.write("make.py", "import clew\n"
                   "for name in ('a.bin', 'b.bin', 'c.txt'):\n"
                   "    open(name, 'wb').write(bytes(range(256)) * 5000)\n"
                   "    clew.artifact(name)\n")
        self.clew("run", "--save", "*.bin", "--", PYTHON, "make.py")
        self.wait_sealed()
        for name in ("a.bin", "b.bin"):
            (self.work / name).unlink()
            self.assertEqual(self.clew("show", f"@:{name}").stdout, data)
        objects = [p for p in (self.store() / "objects").rglob("*") if p.is_file()]
        self.assertEqual([p.parent.name + p.name for p in objects], [digest(data)])
        self.assertEqual(objects[0].stat().st_mode & 0o777, 0o444)
        refused = self.clew("show", "@:c.txt", check=False)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("no copy of 'c.txt' was kept", refused.err)
        self.assertIn(digest(data), refused.err)
        self.assertIn("import clew", self.clew("show", "@:make.py").out)

    def test_a_file_over_the_limits_is_named(self):
        self.write("make.sh", "head -c 3000000 /dev/zero >big; $CLEW put artifact big".replace("$CLEW", CLEW))
        self.clew("-c", "files.hash-limit=1MB", "-c", "files.save-limit=2MB",
                  "run", "--save", "big", "--", "sh", "make.sh")
        big = self.files()["big"]
        self.assertEqual(big["digest"], "partial")
        self.assertFalse(big["saved"])
        self.assertIn("files.save-limit", " ".join(self.newest()["gaps"]))

    def test_the_front_returns_before_large_files_are_hashed(self):
        self.write("make.sh", "truncate -s 2G big; $CLEW put artifact big; echo done".replace("$CLEW", CLEW))
        self.assertIn("done", self.run_command("sh", "-c", f"{CLEW} run -q -- sh make.sh | cat").out)
        run = self.newest()
        self.assertEqual(run["state"], "finished")
        self.assertEqual(self.files()["big"]["digest"], "whole")


if __name__ == "__main__":
    unittest.main()
