// seeker writes every sighting of an agent to standard output as one line of
// JSON until its standard input ends. Network tests run it on the machines they
// make.
package main

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"os"

	"pigrid/desktop/discovery"
	"pigrid/shared/dnssd"
)

func main() {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	out := json.NewEncoder(os.Stdout)
	d := discovery.New(discovery.Config{Logger: log, OnSighting: func(s dnssd.Sighting) { _ = out.Encode(s) }})
	d.Run(ctx)
}
