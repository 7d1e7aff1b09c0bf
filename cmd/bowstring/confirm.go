package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// removal says what is lost. A damaged bundle does not know its versions.
func removal(name string, versions int) string {
	switch versions {
	case 0:
		return fmt.Sprintf("bundle %q goes with all that is left of it", name)
	case 1:
		return fmt.Sprintf("bundle %q goes with its last version", name)
	}
	return fmt.Sprintf("bundle %q goes with all its %d versions", name, versions)
}

// confirm asks whoever is at stdin whether something may be lost; nil stands for
// the terminal. Where there is none, or the answer is not yes, it is a mistake in
// the command line.
func confirm(what string, stdin io.Reader, question io.Writer) error {
	if stdin == nil && term.IsTerminal(int(os.Stdin.Fd())) {
		stdin = os.Stdin
	}
	if stdin == nil {
		return usagef("%s; give --force to remove it", what)
	}
	fmt.Fprintf(question, "%s. Remove it? [y/N] ", what)
	line, err := bufio.NewReader(stdin).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes":
		return nil
	}
	return usagef("%s; the answer was not yes, and nothing is removed", what)
}
