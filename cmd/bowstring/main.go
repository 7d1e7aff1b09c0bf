// Command bowstring stores market bars in bundles and sweeps trading
// strategies over them. Run "bowstring help" for what it can do.
//
// The command only reads flags, prints, and maps errors to exit codes; all
// that it does is in the library's packages.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // zones of --zone, where the system has none
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
