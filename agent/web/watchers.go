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
	last map[watcher]time.Time
}

type watcher struct {
	from    netip.Addr
	program string
}

// saw remembers the client of a request for a picture.
func (w *watchers) saw(r *http.Request, now time.Time) {
	program := r.UserAgent()
	if len(program) > maxProgram {
		program = program[:maxProgram]
	}
	who := watcher{clientOf(r), strings.ToValidUTF8(program, "")}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.last == nil {
		w.last = map[watcher]time.Time{}
	}
	if _, known := w.last[who]; !known && len(w.last) >= maxWatchers {
		delete(w.last, w.oldest())
	}
	w.last[who] = now
}

// oldest needs mu.
func (w *watchers) oldest() (found watcher) {
	var at time.Time
	for who, t := range w.last {
		if at.IsZero() || t.Before(at) {
			found, at = who, t
		}
	}
	return found
}

// list returns who watched lately, the last first.
func (w *watchers) list(now time.Time) []api.Watcher {
	type one struct {
		watcher
		at time.Time
	}
	var all []one
	w.mu.Lock()
	for who, at := range w.last {
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
