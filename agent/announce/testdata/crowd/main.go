// crowd is many agents in one process, on ports 9000 and up, that announce
// themselves and answer for their status until its standard input ends:
//
//	crowd NUMBER COUNT
//
// NUMBER tells the crowds of several machines apart. The network test runs it on
// the machines it makes.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"

	"pigrid/agent/announce"
	"pigrid/shared/api"
)

func main() {
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	number, err := strconv.Atoi(os.Args[1])
	count, err2 := strconv.Atoi(os.Args[2])
	if err != nil || err2 != nil {
		log.Error("crowd NUMBER COUNT")
		os.Exit(2)
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	var wg sync.WaitGroup
	for i := range count {
		wg.Go(func() {
			if err := one(ctx, log, fmt.Sprintf("%04x%04x-c0de-4000-8000-000000000000", number, i), uint16(9000+i)); err != nil {
				log.Error("agent", "error", err)
			}
		})
	}
	wg.Wait()
}

// one is one agent, until ctx ends.
func one(ctx context.Context, log *slog.Logger, id string, port uint16) error {
	ln, err := net.Listen("tcp", ":"+strconv.Itoa(int(port)))
	if err != nil {
		return err
	}
	status := api.Status{API: api.Version, ID: id, Name: id[:8], Cameras: []api.Camera{
		{ID: "pattern", Name: id[:8], State: api.Idle, Video: "/video", Width: 640, Height: 480},
	}}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(status)
	})}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { _ = server.Serve(ln) })
	return announce.New(announce.Config{Logger: log, ID: id, Port: port}).Run(ctx)
}
