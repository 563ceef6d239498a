// announcer announces one agent until its standard input ends:
//
//	announcer ID NAME PORT [INTERFACE]
//
// The network test runs it on the machines it makes.
package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"strconv"

	"pigrid/agent/announce"
)

func main() {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	port, err := strconv.ParseUint(os.Args[3], 10, 16)
	if err != nil {
		log.Error("port", "error", err)
		os.Exit(2)
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	c := announce.Config{Logger: log, ID: os.Args[1], Name: os.Args[2], Version: "test", Port: uint16(port)}
	if len(os.Args) > 4 {
		c.Interface = os.Args[4]
	}
	if err := announce.New(c).Run(ctx); err != nil {
		log.Error("announce", "error", err)
		os.Exit(1)
	}
}
