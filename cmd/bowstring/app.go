package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"

	"github.com/bowstring-engine/bowstring/bundles"
	"github.com/bowstring-engine/bowstring/columnar"
	"github.com/bowstring-engine/bowstring/internal/suggest"
)

// app is what the commands share: where to write, and the common flags.
type app struct {
	console
	// stdin is who answers questions; nil is the terminal, where there is one.
	stdin io.Reader
	store string
}

// openStore returns the store that flags and environment name.
func (a *app) openStore() (*bundles.Store, error) {
	dir := a.store
	if dir == "" {
		dir = os.Getenv("BOWSTRING_STORE")
	}
	if dir == "" {
		dir = filepath.Join(xdg.DataHome, "bowstring")
	}
	return bundles.OpenStore(dir)
}

// openStoreToChange is openStore for a command that makes or removes something,
// with leave to do so in a folder that holds other things where force is set.
func (a *app) openStoreToChange(force bool) (*bundles.Store, error) {
	store, err := a.openStore()
	if err != nil || !force {
		return store, err
	}
	return store.Forced(), nil
}

// openBundle opens a bundle of the store within a budget, which may be nil. The
// caller closes it.
func (a *app) openBundle(ctx context.Context, ref string, budget *columnar.Budget) (*bundles.Bundle, error) {
	store, err := a.openStore()
	if err != nil {
		return nil, err
	}
	b, err := store.Open(ctx, ref, bundles.OpenOptions{Budget: budget})
	if errors.Is(err, bundles.ErrNotFound) {
		if list, none := store.List(ctx); none == nil {
			var names []string
			for _, s := range list {
				names = append(names, s.Name)
			}
			name, _, _ := strings.Cut(ref, "@")
			if meant := suggest.Meant(name, names); meant != "" {
				return nil, fmt.Errorf("%w%s", err, meant)
			}
		}
	}
	return b, err
}

// version returns the version of the program: the module's, or the commit it
// was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return "devel-" + s.Value[:min(12, len(s.Value))]
		}
	}
	return "devel"
}

func (a *app) versionCmd() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Example: "  bowstring version --output json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			info, _ := debug.ReadBuildInfo()
			t := table{columns: []column{{name: "version"}, {name: "go"}}}
			t.add(version(), strings.TrimPrefix(info.GoVersion, "go"))
			return a.print(t)
		},
	}
}
