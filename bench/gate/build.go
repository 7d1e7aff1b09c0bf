package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// worker is the package that is built of both commits.
const worker = "bench/gate/work"

// command runs a program in a folder and returns what it prints.
func command(dir, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		err = fmt.Errorf("%w: %s", err, strings.TrimSpace(string(exit.Stderr)))
	}
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out)), nil
}

var recordLine = regexp.MustCompile(`^([0-9a-f]{40})\s+(\S.*)$`)

// recorded returns the commit of a record file, and the reason that it gives.
// Lines that begin with # are comments.
func recorded(text string) (commit, reason string, err error) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		m := recordLine.FindStringSubmatch(line)
		if m == nil || commit != "" {
			return "", "", fmt.Errorf("record: line %q: want one line, a commit of 40 digits and the reason for it", line)
		}
		commit, reason = m[1], m[2]
	}
	if commit == "" {
		return "", "", errors.New("record: no commit")
	}
	return commit, reason, nil
}

// resolve finds a commit in the repository at root and checks that it has the
// gate.
func resolve(root, ref string) (commit string, err error) {
	commit, err = command(root, "git", "rev-parse", "--verify", "--quiet", ref+"^{commit}")
	if err != nil {
		if shallow, _ := command(root, "git", "rev-parse", "--is-shallow-repository"); shallow == "true" {
			return "", fmt.Errorf("commit %s is not in this clone, which is shallow: `git fetch --unshallow` gets the history", ref)
		}
		return "", fmt.Errorf("commit %s is not in this clone: fetch the branch that has it, or name another", ref)
	}
	if _, err := command(root, "git", "cat-file", "-e", commit+":"+worker+"/main.go"); err != nil {
		return "", fmt.Errorf("commit %s is older than the gate: it has no %s to run", ref, worker)
	}
	return commit, nil
}

// build makes the workers of a commit and of the working tree at root, in a
// folder.
func build(root, commit, folder string) (before, after string, err error) {
	tree := filepath.Join(folder, "tree")
	if _, err := command(root, "git", "worktree", "add", "--quiet", "--detach", tree, commit); err != nil {
		return "", "", err
	}
	defer func() {
		_, e := command(root, "git", "worktree", "remove", "--force", tree)
		err = errors.Join(err, e)
	}()
	if before, err = compile(tree, filepath.Join(folder, "before")); err != nil {
		return "", "", err
	}
	after, err = compile(root, filepath.Join(folder, "after"))
	return before, after, err
}

// compile builds the worker of a tree.
func compile(tree, binary string) (string, error) {
	_, err := command(tree, "go", "build", "-trimpath", "-buildvcs=false", "-o", binary, "./"+worker)
	return binary, err
}

// moduleRoot returns the folder with the go.mod that the working directory is
// in.
func moduleRoot() (string, error) {
	file, err := command("", "go", "env", "GOMOD")
	if err != nil {
		return "", err
	}
	if file == "" || file == os.DevNull {
		return "", errors.New("the working directory is in no module")
	}
	return filepath.Dir(file), nil
}
