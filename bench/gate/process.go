package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
)

// process is a side that is a process of bench/gate/work, whose package comment
// says what is spoken.
type process struct {
	cmd      *exec.Cmd
	commands io.WriteCloser
	answers  *bufio.Reader
	errors   *bytes.Buffer
}

// starter returns a function that starts a process of the binary that has the
// workload ready.
func starter(binary, workload string, flags ...string) func() (side, error) {
	return func() (side, error) {
		p := &process{cmd: exec.Command(binary, append(flags, workload)...), errors: new(bytes.Buffer)}
		p.cmd.Stderr = p.errors
		commands, err := p.cmd.StdinPipe()
		if err != nil {
			return nil, err
		}
		answers, err := p.cmd.StdoutPipe()
		if err != nil {
			return nil, err
		}
		p.commands, p.answers = commands, bufio.NewReader(answers)
		if err := p.cmd.Start(); err != nil {
			return nil, err
		}
		if line, err := p.answer(); err != nil || line != "ready" {
			return nil, errors.Join(err, p.close(), fmt.Errorf("%s: %q, want ready", binary, line))
		}
		return p, nil
	}
}

// answer reads a line.
func (p *process) answer() (string, error) {
	line, err := p.answers.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", p.cmd.Path, err, p.errors)
	}
	return strings.TrimSpace(line), nil
}

func (p *process) ask(command string) (string, error) {
	if _, err := io.WriteString(p.commands, command+"\n"); err != nil {
		return "", fmt.Errorf("%s: %w: %s", p.cmd.Path, err, p.errors)
	}
	return p.answer()
}

func (p *process) digest() (string, error) { return p.ask("digest") }

func (p *process) run() (wall, cpu time.Duration, err error) {
	line, err := p.ask("run")
	if err != nil {
		return 0, 0, err
	}
	if _, err := fmt.Sscan(line, &wall, &cpu); err != nil {
		return 0, 0, fmt.Errorf("%s: %q: %w", p.cmd.Path, line, err)
	}
	return wall, cpu, nil
}

func (p *process) close() error { return errors.Join(p.commands.Close(), p.cmd.Wait()) }

// listed returns the names of the workloads of a binary, in its order, and those
// for which a verdict needs the wall clock.
func listed(binary string) (names []string, needWall map[string]bool, err error) {
	out, err := exec.Command(binary, "-list").Output()
	if err != nil {
		return nil, nil, fmt.Errorf("%s -list: %w", binary, err)
	}
	needWall = make(map[string]bool)
	for line := range strings.Lines(string(out)) {
		clock, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		names = append(names, name)
		needWall[name] = clock == "wall"
	}
	return names, needWall, nil
}
