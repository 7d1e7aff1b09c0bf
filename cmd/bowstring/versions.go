package main

import (
	"github.com/spf13/cobra"
)

func (a *app) bundleVersionsCmd() *cobra.Command {
	return &cobra.Command{
		Use:     "versions NAME",
		Short:   "List the versions of a bundle, the newest first",
		Example: "  bowstring bundle versions us8\n  bowstring sweep examples/sma_cross.yaml --bundle us8@3f2a9c",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			store, err := a.openStore()
			if err != nil {
				return err
			}
			versions, err := store.Versions(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			t := table{columns: names("version", "sequence", "ingest", "current")}
			for i, v := range versions {
				t.add(a.digest(v.ID), int64(v.Sequence), v.Ingest, i == 0) // #nosec G115: counts publications
			}
			return a.print(t)
		},
	}
}

func (a *app) bundlePathCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "path NAME[@DIGEST]",
		Short: "Print the folder of a version, whose bars.parquet other programs read",
		Example: `  bowstring bundle path us8
  duckdb -c "select * from '$(bowstring bundle path us8)/bars.parquet' limit 5"`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			store, err := a.openStore()
			if err != nil {
				return err
			}
			path, err := store.Path(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if a.output != outputTable {
				t := table{columns: names("path")}
				t.add(path)
				return a.print(t)
			}
			a.printf("%s\n", path)
			return nil
		},
	}
}
