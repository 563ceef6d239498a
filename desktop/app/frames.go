package app

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"pigrid/desktop/cameras"
)

const (
	// pullWait is how long a pull waits for a frame.
	pullWait = 500 * time.Millisecond
	maxWants = 256
	// largeBody is from how many bytes on a picture is written in pieces, one such
	// picture at a time.
	largeBody = 4 << 20
	// pieceOfBody is how many bytes a piece has,
	pieceOfBody = 128 << 10
	// pieceTime and how long the pause after it is: 32 MB take 1 s, and the page waits
	// for 3 s.
	pieceTime = 4 * time.Millisecond
	// loadPatience is how long a large picture waits for others that are loaded.
	loadPatience = 1500 * time.Millisecond
	// maxQuestion is how many bytes a pull has, with room for the longest keys.
	maxQuestion = 1 << 20
	// maxCall is the same for a command.
	maxCall = 64 << 10
)

// Question is what the page asks with POST /frames.
type Question struct {
	State uint64 `json:"state"` // number of the state that the page knows, 0 for none
	Want  []Want `json:"want"`  // cameras that it shows; none for a page that nobody sees
}

// Want is one camera the page shows, and the last frame it was told of.
type Want struct {
	Key  string `json:"key"`
	Seq  uint64 `json:"seq"`
	Full bool   `json:"full"` // it is shown large: every frame is worth something
}

// News is the newest frame of a camera as the page is told of it.
type News struct {
	Key   string `json:"key"`
	Seq   uint64 `json:"seq"`
	AgeMS int64  `json:"ageMs"`
}

// Answer is the answer to POST /frames, and to each command.
type Answer struct {
	Number uint64     `json:"number"`           // of the state
	State  *State     `json:"state,omitempty"`  // when the page knows another one
	News   []News     `json:"news"`             // never null
	Result *AddResult `json:"result,omitempty"` // of the command add
}

// Handler serves what the page shows:
//
//	POST /frames
//	{"state": 7, "want": [{"key": "…", "seq": 12, "full": false}, …]}
//
// tells which wanted cameras have another frame than the page knows of, and the
// whole state when the page knows another one: {"number": 8, "state": {…}, "news":
// [{key, seq, ageMs}, …]}. It answers as soon as there is either, at the latest after
// half a second, and at once when nothing is wanted. A page that wants nothing looks
// at nothing. full marks those that are shown large; the others are asked for a few
// frames per second only.
//
//	POST /call/<command>
//	{"address": "…"} or {"key": "…"}
//
// is what a person does; see run. The answer has the whole state after it.
//
//	GET /frame?key=<key>
//
// is the newest JPEG of a camera, at once; 404 when it has none. It may be newer
// than the one the page was told of. A large one waits for others; 503 when that
// takes longer than the page waits.
//
// No URL holds what changes: WebKit keeps each one that a page ever asked for. Wails
// never ends a request's context, and may cut a body short: so each handler ends by
// itself, and what is not whole JSON is an error.
func (e *Engine) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /frames", e.serveNews)
	mux.HandleFunc("POST /call/{command}", e.serveCall)
	mux.HandleFunc("GET /frame", e.serveFrame)
	return mux
}

// Unframed lets no other page put this one into a frame. The rest of the policy
// stands in the page itself (frontend/vite.config.ts).
func Unframed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "frame-ancestors 'none'")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}

func (e *Engine) serveNews(w http.ResponseWriter, r *http.Request) {
	var q Question
	if !readJSON(w, r, maxQuestion, &q) {
		return
	}
	if err := q.check(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if len(q.Want) > 0 {
		e.demand(q.Want)
	}
	timeout := time.NewTimer(pullWait)
	defer timeout.Stop()
	for {
		arrived, changed := e.arrived.wait(), e.board.changed.wait()
		a := e.answer(q.State)
		a.News = append(a.News, e.newer(q.Want, time.Now())...)
		if a.State != nil || len(a.News) > 0 || len(q.Want) == 0 {
			writeJSON(w, a)
			return
		}
		select {
		case <-arrived:
			continue
		case <-changed:
			continue
		case <-timeout.C:
		case <-r.Context().Done():
		case <-e.ctx.Done():
		}
		writeJSON(w, a)
		return
	}
}

// answer has the state if the page knows another one.
func (e *Engine) answer(known uint64) Answer {
	number, s := e.board.read()
	a := Answer{Number: number, News: []News{}}
	if number != known {
		a.State = &s
	}
	return a
}

// demand keeps the wanted cameras' streams open. The first one ends the time in
// which all are, because there was no page to ask.
func (e *Engine) demand(wants []Want) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.looked.IsZero() {
		for _, f := range e.feeds {
			f.Settle()
		}
	}
	e.looked = time.Now()
	for _, w := range wants {
		if f := e.feeds[w.Key]; f != nil {
			f.Want(w.Full)
		}
	}
}

// newer returns the frames the page was not told of. A frame with a lower number
// is newer too: its camera was forgotten and found again.
func (e *Engine) newer(wants []Want, now time.Time) []News {
	e.mu.Lock()
	defer e.mu.Unlock()
	var list []News
	for _, w := range wants {
		f := e.feeds[w.Key]
		if f == nil {
			continue
		}
		if frame := f.Frame(); len(frame.JPEG) > 0 && frame.Seq != w.Seq {
			list = append(list, News{w.Key, frame.Seq, max(0, now.Sub(frame.At).Milliseconds())})
		}
	}
	return list
}

// readJSON reads a body of at most so many bytes that is one JSON value; else it
// answers 400 and returns false.
func readJSON(w http.ResponseWriter, r *http.Request, most int64, into any) bool {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if err == nil {
		err = json.Unmarshal(body, into)
	}
	if err != nil {
		http.Error(w, "the question must arrive whole, as JSON: "+err.Error(), http.StatusBadRequest)
	}
	return err == nil
}

func writeJSON(w http.ResponseWriter, v any) {
	body, _ := json.Marshal(v) // strings and numbers always marshal
	write(w, "application/json", body)
}

func (e *Engine) serveFrame(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	f := e.feeds[r.URL.Query().Get("key")]
	e.mu.Unlock()
	if f == nil {
		http.Error(w, "there is no camera of this key", http.StatusNotFound)
		return
	}
	frame := f.Frame()
	if len(frame.JPEG) == 0 {
		http.Error(w, "this camera has no picture yet", http.StatusNotFound)
		return
	}
	if len(frame.JPEG) <= largeBody {
		write(w, "image/jpeg", frame.JPEG)
		return
	}
	frame.JPEG = nil // while it waits it holds no memory
	if !e.enterLoading() {
		http.Error(w, "other large pictures are being loaded", http.StatusServiceUnavailable)
		return
	}
	defer func() { <-e.loading }()
	if frame = f.Frame(); len(frame.JPEG) == 0 {
		http.Error(w, "this camera has no picture any more", http.StatusNotFound)
		return
	}
	write(slowly{w}, "image/jpeg", frame.JPEG)
}

// enterLoading waits until no other large picture is loaded. It gives up when the
// page does: nobody says that a question is over, and those that nobody waits for
// any more would come before all others, each with 32 MB.
func (e *Engine) enterLoading() bool {
	patience := time.NewTimer(loadPatience)
	defer patience.Stop()
	select {
	case e.loading <- struct{}{}:
		return true
	case <-patience.C:
	case <-e.ctx.Done():
	}
	return false
}

// slowly writes in pieces, with pauses in which WebKit can paint: that one reads
// answers on the thread that paints, and paints only when nothing is left to read.
type slowly struct{ http.ResponseWriter }

// Write implements [io.Writer].
func (s slowly) Write(body []byte) (n int, err error) {
	for len(body) > 0 && err == nil {
		var m int
		m, err = s.ResponseWriter.Write(body[:min(len(body), pieceOfBody)])
		n, body = n+m, body[m:]
		time.Sleep(pieceTime)
	}
	return n, err
}

// write answers with a body that nobody may keep. A page that has gone away is
// no error.
func write(w http.ResponseWriter, kind string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body)
}

var errWant = errors.New("want must be at most 256 cameras, each with its key")

// check reports what cannot be asked.
func (q Question) check() error {
	if len(q.Want) > maxWants {
		return errWant
	}
	for _, w := range q.Want {
		if !cameras.ValidKey(w.Key) {
			return errWant
		}
	}
	return nil
}
