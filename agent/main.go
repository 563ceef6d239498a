// Command pigrid-agent serves the cameras of a Raspberry Pi to its network.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// version is set by the linker.
var version = "dev"

func main() {
	ends := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // nohup
		ends = append(ends, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), ends...)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	outliveReaders()
	limitMemory(os.DirFS("/"), os.Environ())
	err := execute(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "pigrid-agent: %v\n", err)
		os.Exit(exitCode(err))
	}
}

// exitCode is 1 for an error that does not say otherwise.
func exitCode(err error) int {
	if e, ok := errors.AsType[exitError](err); ok {
		return e.code
	}
	return 1
}

// outliveReaders lets the program go on when whoever reads its log goes away, as
// head does: Go ends one that writes to such a pipe, unless it listens for SIGPIPE.
// Ignoring the signal would have the cameras' programs ignore it, too.
func outliveReaders() { signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) }
