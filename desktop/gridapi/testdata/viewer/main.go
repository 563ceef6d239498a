// viewer is the app without its window: it writes every state that the page
// would be told to standard output, one line of JSON each, at last how many
// nanoseconds the slowest answer to the page took, and pulls pictures of every
// camera as the page does. A line on standard input is an address to add,
// "search", or a command of the page and what it says, as in
// lock {"name":"Home","to":"phones"}, whose answer is one more line; the program ends
// when its input does. Network tests run it on the machines
// they make.
//
//	viewer [-page=false] [-time 60s]
//
// With -time it ends by itself and writes to standard error what it cost.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"pigrid/desktop/client"
	"pigrid/desktop/discovery"
	"pigrid/desktop/engine"
	"pigrid/desktop/gridapi"
	"pigrid/desktop/secrets"
	"pigrid/desktop/settings"
	"pigrid/shared/dnssd"
)

func main() {
	page := flag.Bool("page", true, "pull pictures")
	limit := flag.Duration("time", 0, "end after this long")
	flag.Parse()
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	store, err := settings.Open("") // remembers nothing
	if err != nil {
		log.Error("settings", "error", err)
		os.Exit(1)
	}
	reach := client.NewClient().LocalNames(discovery.NewNames().Resolve)
	e := engine.New(engine.Config{
		Client: reach, Access: reach, Secrets: secrets.New(&memory{}, ""), Sweeper: client.NewSweeper(), Settings: store, Logger: log,
		Search: func(sighted func(dnssd.Sighting)) engine.Searcher {
			return discovery.New(discovery.Config{Logger: log, OnSighting: sighted})
		},
	})
	out := &lines{out: json.NewEncoder(os.Stdout)}
	grid := gridapi.New(e, "test")
	e.Start()
	grid.Start()
	ctx, cancel := context.WithCancel(context.Background())
	if *limit > 0 {
		ctx, cancel = context.WithTimeout(ctx, *limit)
	}
	go func() {
		defer cancel()
		for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
			if lines.Text() == "search" {
				e.Search()
				continue
			}
			if command, says, ok := strings.Cut(lines.Text(), " "); ok {
				out.Encode(call(ctx, grid, command, says))
				continue
			}
			log.Info("added", "result", e.Add(lines.Text()))
		}
	}()
	var wg sync.WaitGroup
	wg.Go(func() {
		for known := uint64(0); ctx.Err() == nil; {
			number, s := grid.Next(ctx, known)
			if number != known {
				out.Encode(s)
			}
			known = number
		}
	})
	if *page {
		wg.Go(func() { pull(ctx, grid) })
	}
	slowest := ask(ctx, grid)
	wg.Wait()
	fmt.Fprintf(os.Stderr, "the slowest answer to the page took %v\n", slowest.Round(time.Microsecond))
	cost("while it ran")
	stopped := e.Stop(2 * time.Second)
	out.Encode(struct{ SlowestAnswer time.Duration }{slowest})
	if !stopped {
		os.Exit(1)
	}
}

// lines writes JSON, a line each, from any goroutine.
type lines struct {
	mu  sync.Mutex
	out *json.Encoder
}

func (l *lines) Encode(v any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = l.out.Encode(v) // who reads may have gone
}

// memory is a keychain that is empty at every start.
type memory struct{ kept sync.Map }

// Set implements [secrets.Keychain].
func (m *memory) Set(name, secret string) error { m.kept.Store(name, secret); return nil }

// Get implements [secrets.Keychain].
func (m *memory) Get(name string) (string, error) {
	if secret, ok := m.kept.Load(name); ok {
		return secret.(string), nil
	}
	return "", secrets.ErrNotFound
}

// Delete implements [secrets.Keychain].
func (m *memory) Delete(name string) error { m.kept.Delete(name); return nil }

// call runs a command as the page does and returns its answer.
func call(ctx context.Context, grid *gridapi.Server, command, says string) gridapi.Answer {
	w := httptest.NewRecorder()
	grid.Handler().ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodPost, "/call/"+command, strings.NewReader(says)))
	var a gridapi.Answer
	_ = json.Unmarshal(w.Body.Bytes(), &a) // an empty answer is no good one
	return a
}

// pull asks for pictures of all cameras until ctx ends.
func pull(ctx context.Context, grid *gridapi.Server) {
	frames := grid.Handler()
	known := uint64(0)
	for ctx.Err() == nil {
		var wants []map[string]any
		for _, c := range grid.State().Cameras {
			wants = append(wants, map[string]any{"key": c.Key, "seq": 0})
		}
		body, _ := json.Marshal(map[string]any{"state": known, "want": wants}) // strings and numbers always marshal
		w := httptest.NewRecorder()
		frames.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodPost, "/frames", bytes.NewReader(body)))
		var a gridapi.Answer
		if json.Unmarshal(w.Body.Bytes(), &a) == nil {
			known = a.Number
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}

// ask asks for the state until ctx ends and answers how long that took at most.
func ask(ctx context.Context, grid *gridapi.Server) (slowest time.Duration) {
	for {
		select {
		case <-time.After(50 * time.Millisecond):
			begin := time.Now()
			grid.State()
			slowest = max(slowest, time.Since(begin))
		case <-ctx.Done():
			return slowest
		}
	}
}

// cost writes the processor time and the memory that the program took so far.
func cost(when string) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return
	}
	cpu := time.Duration(u.Utime.Nano() + u.Stime.Nano())
	fmt.Fprintf(os.Stderr, "%s: processor %v, memory %d KiB\n", when, cpu, u.Maxrss)
}
