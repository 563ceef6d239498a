//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"pigrid/shared/api"
	"pigrid/shared/mjpeg"
)

// liar is an agent with an id of its own. How it answers for its status and what
// its streams carry is drawn apart from each other.
type liar struct {
	*agent
	n *neighbour

	mu     sync.Mutex
	status string // of statuses, "" for the truth
	stream string // of streams, "" for what the fault makes of them
	asked  []time.Time
}

func newLiar(a *agent, n *neighbour) *liar { return &liar{agent: a, n: n} }

// statuses are the lies about an agent.
func (l *liar) statuses() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"64 other cameras at each question": func(w http.ResponseWriter, _ *http.Request) {
			l.list(w, 64, func(i int, c *api.Camera) { c.ID = fmt.Sprintf("n%d-%d", time.Now().UnixNano(), i) })
		},
		"64 cameras": func(w http.ResponseWriter, _ *http.Request) { l.list(w, 64, nil) },
		"cameras of any shape": func(w http.ResponseWriter, _ *http.Request) {
			l.list(w, 64, func(_ int, c *api.Camera) { c.Width, c.Height = one(sides), one(sides) })
		},
		"cameras that fail by turns": func(w http.ResponseWriter, _ *http.Request) {
			failing := time.Now().Second()%2 == 0
			l.list(w, 8, func(_ int, c *api.Camera) {
				if failing {
					c.State, c.FPS, c.Error = api.Failed, 0, failed.problem()
				}
			})
		},
		"no cameras, or one": func(w http.ResponseWriter, _ *http.Request) { l.list(w, time.Now().Second()%2, nil) },
		"long texts": func(w http.ResponseWriter, _ *http.Request) {
			l.list(w, 64, func(_ int, c *api.Camera) {
				c.Name += strings.Repeat("\u202e\u0000\u0301W", 2000)
				c.Error = &api.Problem{Code: "x", Message: c.Name, Hint: c.Name}
			})
		},
		"a list in lists": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprintf(w, `{"api":1,"id":%q,"cameras":%s`, l.id(), strings.Repeat("[", 1_000_000))
		},
		"an answer without end": func(w http.ResponseWriter, r *http.Request) {
			l.flow(w, r, []byte(fmt.Sprintf(`{"api":1,"id":%q,"cameras":[`, l.id())), []byte(strings.Repeat(" ", piece)), 0)
		},
		"an answer by drops": func(w http.ResponseWriter, r *http.Request) {
			l.flow(w, r, []byte("{"), []byte(" "), 300*time.Millisecond)
		},
		"a head without end": l.head,
		"a stream": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", mjpeg.ContentType)
			l.flow(w, r, []byte(mjpeg.Opening), mjpeg.NewPart(l.frame(1, 1), time.Now(), false).Standard, 100*time.Millisecond)
		},
		"go elsewhere": l.elsewhere,
	}
}

// sides are sizes that no picture on a wall has.
var sides = []int{-1, 0, 1, 8, 640, 65_535, 1 << 30}

// streams are the lies that no fault tells.
func (l *liar) streams() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"ends at once": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", mjpeg.ContentType) },
		"go elsewhere": l.elsewhere,
		"tell me a password": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", one(challenges))
			w.WriteHeader(http.StatusUnauthorized)
		},
		"a head without end": l.head,
		"by drops": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", mjpeg.ContentType)
			l.flow(w, r, []byte(mjpeg.Opening), []byte("\r"), 300*time.Millisecond)
		},
	}
}

// turn draws the next attack. What a status says is hidden by the faults that end
// connections, so these come now and then only.
func (l *liar) turn() {
	f := one([]fault{none, none, stall, cut, garbage, slow, busy, huge, large, bulky, truncate, one(faults())})
	status, stream := "", ""
	if names := slices.Collect(maps.Keys(l.statuses())); one([]bool{true, true, true, false}) {
		status = one(names)
	}
	if names := slices.Collect(maps.Keys(l.streams())); one([]bool{true, false}) {
		stream = one(names)
	}
	l.choose(status, stream)
	for kind, what := range map[string]string{"status": status, "stream": stream, "fault": string(f)} {
		if what != "" {
			l.n.count("attack: " + kind + ": " + what)
		}
	}
	if l.set(f) != nil {
		l.n.count("a fault that could not be set")
	}
}

// choose makes it tell these lies from now on, "" for none.
func (l *liar) choose(status, stream string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.status, l.stream = status, stream
}

// answer lies, unless the truth or a fault is to be told.
func (l *liar) answer(w http.ResponseWriter, r *http.Request) bool {
	l.mu.Lock()
	status, stream := l.status, l.stream
	l.mu.Unlock()
	switch r.URL.Path {
	case api.StatusPath:
		l.n.count("questions for a status")
		l.n.most("questions for one liar's status in a minute", l.noteAsked(time.Now()))
		if lie := l.statuses()[status]; lie != nil {
			lie(w, r)
			return true
		}
	case "/video":
		l.n.count("questions for a stream")
		if lie := l.streams()[stream]; lie != nil {
			lie(w, r)
			return true
		}
	}
	return false
}

// noteAsked notes a question for the status, and returns how many there were
// within a minute.
func (l *liar) noteAsked(now time.Time) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = slices.DeleteFunc(append(l.asked, now), func(at time.Time) bool { return now.Sub(at) > time.Minute })
	return len(l.asked)
}

// list answers with so many cameras, each changed by change if there is one.
func (l *liar) list(w http.ResponseWriter, cameras int, change func(i int, c *api.Camera)) {
	s := api.Status{
		API: api.Version, ID: l.id(), Name: "Neighbour", Host: "neighbour", Version: "0", Started: l.begin.UTC().Format(time.RFC3339),
	}
	for i := range cameras {
		c := api.Camera{
			ID: fmt.Sprintf("c%d", i), Name: fmt.Sprintf("Neighbour %d · %d", l.number, i), State: api.Live, Width: usualWidth, Height: usualHeight,
			Framerate: 10, FPS: 10, Video: fmt.Sprintf("/video?camera=%d", i), Snapshot: "/snapshot.jpg",
		}
		if change != nil {
			change(i, &c)
		}
		s.Cameras = append(s.Cameras, c)
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(s) // a client that left hears nothing
}

// flow sends a beginning, and then the same again and again until the client
// leaves, which it must for it to end.
func (l *liar) flow(w http.ResponseWriter, r *http.Request, first, again []byte, pause time.Duration) {
	out := http.NewResponseController(w)
	for next := first; ; next = again {
		l.link.wait(len(next))
		_ = out.SetWriteDeadline(time.Now().Add(patience))
		if _, err := w.Write(next); err != nil || out.Flush() != nil {
			return
		}
		select {
		case <-time.After(pause):
		case <-r.Context().Done():
			return
		}
	}
}

// head sends lines of a head until the client leaves.
func (l *liar) head(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	next := []byte("HTTP/1.1 200 OK\r\n")
	for i := 0; err == nil; i++ {
		_ = conn.SetWriteDeadline(time.Now().Add(patience))
		_, err = l.link.write(conn, next)
		next = fmt.Appendf(nil, "X-%d: %s\r\n", i, strings.Repeat("x", 1000))
	}
}

// elsewhere sends on to a router, or to a good agent.
func (l *liar) elsewhere(w http.ResponseWriter, r *http.Request) {
	at := "http://" + one(l.n.good) + "/video"
	if l.n.elsewhere != "" && one([]bool{true, false}) {
		at = "http://" + l.n.elsewhere + ":8080/admin?reboot=1"
	}
	http.Redirect(w, r, at, http.StatusFound)
}
