package web

import (
	"cmp"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"pigrid/shared/api"
)

const (
	// watchersFor is how long it is remembered who watched.
	watchersFor = 7 * 24 * time.Hour
	// maxWatchers is how many are remembered: those who watched last.
	maxWatchers = 256
	// maxProgram is how much is kept of what a program calls itself, in bytes.
	maxProgram = 128
)

// watchers remembers who watched, without pictures and in memory only, for who
// locks the agent and wants to know what will need a login then.
type watchers struct {
	mu   sync.Mutex
	seen map[watcher]*watched
}

type watcher struct {
	from    netip.Addr
	program string
}

type watched struct {
	last time.Time // that it began or ended
	now  int       // how many streams it watches
}

// came remembers the client of a request for a picture. It watches until it left.
func (w *watchers) came(r *http.Request, now time.Time) (left func()) {
	program := r.UserAgent()
	if len(program) > maxProgram {
		program = program[:maxProgram]
	}
	who := watcher{clientOf(r), strings.ToValidUTF8(program, "")}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.seen == nil {
		w.seen = map[watcher]*watched{}
	}
	if w.seen[who] == nil {
		if len(w.seen) >= maxWatchers {
			w.forget()
		}
		w.seen[who] = &watched{}
	}
	one := w.seen[who]
	one.last = now
	one.now++
	return sync.OnceFunc(func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		one.now--
		one.last = time.Now()
	})
}

// forget drops who watched longest ago, rather not somebody who does now. It needs mu.
func (w *watchers) forget() {
	var found watcher
	var least *watched
	for who, one := range w.seen {
		if least == nil || (one.now == 0) && least.now > 0 || (one.now == 0) == (least.now == 0) && one.last.Before(least.last) {
			found, least = who, one
		}
	}
	delete(w.seen, found)
}

// list returns who watched lately, the last first.
func (w *watchers) list(now time.Time) []api.Watcher {
	type one struct {
		watcher
		at time.Time
	}
	var all []one
	w.mu.Lock()
	for who, seen := range w.seen {
		at := seen.last
		if seen.now > 0 {
			at = now
		}
		if now.Sub(at) < watchersFor {
			all = append(all, one{who, at})
		}
	}
	w.mu.Unlock()
	slices.SortFunc(all, func(a, b one) int {
		return cmp.Or(b.at.Compare(a.at), a.from.Compare(b.from), cmp.Compare(a.program, b.program))
	})
	list := []api.Watcher{} // never null in JSON
	for _, o := range all {
		list = append(list, api.Watcher{Address: o.from.String(), Program: o.program, Last: o.at.UTC().Format(time.RFC3339)})
	}
	return list
}
