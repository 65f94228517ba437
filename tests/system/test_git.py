"""The user's repository: never touched, and unable to lose a run."""

import hashlib
import unittest

from harness import CLEW, Case


class Repository(Case):
    def setUp(self):
        super().setUp()
        self.make_repository()
        self.write("staged.txt", "staged\n")
        self.git("add", "staged.txt")

    def state(self):
        """All of the user's that clew must leave as it is."""
        refs = [line for line in self.git("for-each-ref").splitlines() if "refs/clew/" not in line]
        return {
            "status": self.git("status", "--porcelain=v2", "--branch"),
            "index": hashlib.sha256((self.work / ".git/index").read_bytes()).hexdigest(),
            "head": (self.work / ".git/HEAD").read_text(),
            "refs": refs,
            "stash": self.git("stash", "list"),
            "files": sorted(
                (str(p.relative_to(self.work)), p.read_bytes(), p.stat().st_mode, p.stat().st_mtime_ns)
                for p in self.work.rglob("*")
                if p.is_file() and ".git" not in p.relative_to(self.work).parts
            ),
        }

    def test_nothing_of_the_users_changes(self):
        self.git("status")  # so that git has refreshed its own index before
        before = self.state()
        for words in (["run", "--", "true"], ["log"], ["show"], ["diff", "@", "@"], ["tag", "@", "x"],
                      ["status"], ["export", "--format", "jsonl"]):
            self.clew(*words)
        self.wait_sealed()
        self.assertEqual(self.state(), before)

    def test_the_snapshot_is_the_exact_tree(self):
        self.clew("run", "--", "true")
        code = self.newest()["code"]
        self.assertEqual(self.git("ls-tree", "-r", "--name-only", code["commit"]).split(),
                         ["data/a.txt", "staged.txt", "train.sh", "untracked.txt"])
        self.assertEqual(self.git("cat-file", "blob", code["commit"] + ":train.sh"),
                         (self.work / "train.sh").read_text())
        self.assertEqual(code["base"], self.git("rev-parse", "HEAD").strip())
        self.assertEqual(code["tree"], self.git("rev-parse", code["commit"] + "^{tree}").strip())

    def test_ordinary_git_commands_do_not_lose_a_run(self):
        self.clew("run", "-n", "kept", "--", "echo", "output")
        self.wait_sealed()
        self.git("clean", "-fdxq")
        self.git("stash", "--all", "-q")
        self.git("gc", "-q", "--prune=now")
        run = self.newest()
        self.assertEqual(run["name"], "kept")
        self.assertEqual(self.clew("show", "kept", "--output").out, "output\n")
        self.assertEqual(self.clew("show", "kept:untracked.txt").out, "new\n")

    def test_a_worktree_that_is_removed_does_not_take_its_runs(self):
        tree = self.place / "tree"
        self.git("worktree", "add", "-q", tree, "-b", "side")
        self.clew("run", "-n", "there", "--", "sh", "-c", "echo x", cwd=tree)
        self.wait_sealed()
        self.git("worktree", "remove", "--force", tree)
        run = self.newest()
        self.assertEqual((run["name"], run["code"]["branch"]), ("there", "side"))
        self.assertEqual(self.clew("show", "there:data/a.txt").out, "a\n")

    def test_git_commands_while_a_run_goes_on(self):
        script = f"git clean -fdxq; git stash --all -q; {CLEW} put loss=1; git stash pop -q"
        self.clew("run", "-n", "during", "--", "sh", "-c", script)
        self.assertEqual(self.newest()["metrics"]["loss"]["last"], 1.0)


if __name__ == "__main__":
    unittest.main()
