package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bowstring-engine/bowstring/internal/suggest"
)

// argsMessage says what is wrong with the arguments of a command: what is missing by the
// name that its usage gives it, and what command may have been meant.
func argsMessage(cmd *cobra.Command, args []string, err error) string {
	if len(args) > 0 && cmd.HasSubCommands() {
		var names []string
		for _, sub := range cmd.Commands() {
			if !sub.Hidden {
				names = append(names, sub.Name())
			}
		}
		return fmt.Sprintf("unknown command %q for %q%s", args[0], cmd.CommandPath(), suggest.Meant(args[0], names))
	}
	words := strings.Fields(cmd.Use)[1:]
	if len(args) < len(words) && !strings.HasPrefix(words[len(args)], "[") {
		word, _, _ := strings.Cut(strings.TrimSuffix(words[len(args)], "..."), "[")
		return fmt.Sprintf("no %s: %s", word, missingArgument(word))
	}
	return err.Error()
}

// missingArgument says what is to be given for a word of a usage.
func missingArgument(word string) string {
	switch word {
	case "SPEC":
		return "give the file of a strategy; 'bowstring spec init my.yaml' writes one"
	case "NAME":
		return "give the name of a bundle; 'bowstring bundle ls' lists them"
	case "FILE":
		return "give a file"
	}
	return "it is needed"
}

// badFlag is what package pflag says of a value that is none.
var badFlag = regexp.MustCompile(`^invalid argument ("(?:[^"\\]|\\.)*") for "(?:-., )?(--[a-z-]+)" flag: (.*)$`)

// flagMessage says what is wrong with a flag without the words of a programming
// language.
func flagMessage(err error) string {
	m := badFlag.FindStringSubmatch(err.Error())
	if m == nil {
		return err.Error()
	}
	why := m[3]
	switch {
	case strings.HasPrefix(why, "strconv.ParseInt"):
		why = "want a whole number"
	case strings.HasPrefix(why, "strconv.ParseFloat"):
		why = "want a number"
	case strings.HasPrefix(why, "strconv.ParseBool"):
		why = "want true or false"
	}
	return fmt.Sprintf("%s %s: %s", m[2], m[1], why)
}

// isSpec reports whether a file is text that may be a spec, for a command that wants
// results.
func isSpec(path string) bool {
	lower := strings.ToLower(path)
	return strings.HasSuffix(lower, ".yaml") || strings.HasSuffix(lower, ".yml")
}

// resultsError says that a spec was given where results are meant.
func resultsError(path string, err error) error {
	if err != nil && isSpec(path) && !errors.Is(err, fs.ErrNotExist) {
		return usagef("%s is a spec, not results: 'bowstring sweep %s --out results.parquet' makes some", path, path)
	}
	return err
}

// specError says that a file that is no spec was given where one is meant.
func specError(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		if _, there := os.Stat(path + ".yaml"); there == nil {
			return fmt.Errorf("%w; did you mean %s.yaml?", err, path)
		}
	}
	return err
}
