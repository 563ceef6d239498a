//go:build linux

// Fleet is a wall of test cameras in one process: agents that serve numbered
// pictures, each on an address of its own, and that fail in every way a tile
// has words for when told to. It takes little CPU, so that the app can be
// measured on the same machine.
//
//	fleet -n 16 -fps 30
//
// It prints the address of its control as {"control":"127.0.0.1:…"}. GET
// /agents lists the agents; PUT /agents/3/fault?name=stall (or /agents/all/…)
// breaks one, ?name=none makes it well again. Faults are listed in fault.go.
//
//	fleet -n 16 -first 101 -prefix 10.77.0. -good 10.77.0.1:4711,10.77.0.2:4712
//
// is a hostile neighbour of these good agents: see neighbour.go. GET /counts of its
// control tells what it did and what it was asked.
//
//	fleet -n 4 -locked
//
// is locked: its agents speak TLS only, and want the household key that it prints.
//
// Agents give smaller pictures with ?width=, as real ones do. They are ready-made, so
// that scaling takes no CPU. PUT /rigid?on=true of the control makes all pictures full
// ones of a kind that nobody scales, on the connections that are open.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "fleet:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends.
func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("fleet", flag.ContinueOnError)
	n := flags.Int("n", 4, "how many agents, at most 250")
	fps := flags.Float64("fps", 30, "frames per second of each")
	prefix := flags.String("prefix", "127.77.0.", "of the addresses: agent 3 listens at 127.77.0.3")
	first := flags.Int("first", 1, "the number of the first agent")
	good := flags.String("good", "", "be a hostile neighbour of the agents at these addresses, host:port,…")
	elsewhere := flags.String("elsewhere", "", "IP address of this machine on another network, for the neighbour's router")
	picture := flags.String("size", fmt.Sprintf("%dx%d", usualWidth, usualHeight), "of the pictures, in pixels")
	locked := flags.Bool("locked", false, "agents speak TLS only, and want the household key that is printed")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *n < 1 || *n > 250 || *first < 1 || !(*fps >= 0.1 && *fps <= 120) {
		return errors.New("-n must be 1 to 250 and -fps 0.1 to 120")
	}
	var width, height int
	if _, err := fmt.Sscanf(*picture, "%dx%d", &width, &height); err != nil || width%128 > 0 || width < 128 || width > 7680 || height < 64 || height > 4320 {
		return errors.New("-size must be like 640x480, with a width that 128 divides")
	}
	var l *lock
	if *locked {
		var err error
		if l, err = newLock(); err != nil {
			return err
		}
	}
	list, err := startAgents(*first, *n, *fps, *prefix, newStrips(width, height), l)
	defer func() {
		for _, a := range list {
			a.stop()
		}
	}()
	if err != nil {
		return err
	}
	var bad *neighbour
	if *good != "" {
		bad = newNeighbour(strings.Split(*good, ","), *elsewhere)
		bad.corrupt(list)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	at, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: control(list, bad), ReadHeaderTimeout: 5 * time.Second}
	unhook := context.AfterFunc(ctx, func() { _ = srv.Close() })
	defer unhook()
	said := map[string]string{"control": at.Addr().String()}
	if l != nil {
		said["key"], said["spki"] = l.key.Reveal(), l.spki.Hex()
	}
	if err := json.NewEncoder(out).Encode(said); err != nil {
		return errors.Join(err, at.Close())
	}
	attacked := make(chan error, 1)
	go func() { attacked <- bad.run(ctx); cancel() }()
	err = srv.Serve(at)
	cancel()
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return errors.Join(err, <-attacked)
}

// startAgents starts n agents whose cameras are numbered from first. What runs is
// returned also with an error.
func startAgents(first, n int, fps float64, prefix string, strips *strips, l *lock) ([]*agent, error) {
	var list []*agent
	for i := range n {
		a, err := newAgent(first+i, fps, prefix, strips, l)
		if err != nil {
			return list, err
		}
		list = append(list, a)
		if err := a.listen(); err != nil {
			return list, err
		}
	}
	return list, nil
}
