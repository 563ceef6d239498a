// Command pigrid-serve shows the grid of cameras to every browser on the network. It is
// the app without its window: it finds the same cameras and shows the same page.
package main

import (
	"context"
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
	err := program{env: os.Environ(), stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr}.execute(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "pigrid-serve: %v\n", err)
		os.Exit(1)
	}
}
