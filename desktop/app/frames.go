package app

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
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
	// maxQuestion is how many bytes a pull has, with room for the longest keys.
	maxQuestion = 1 << 20
)

// want is one camera the page shows, and the last frame it was told of.
type want struct {
	key  string
	last uint64
	full bool // it is shown large: every frame is worth something
}

// news is the newest frame of a camera as the page is told of it.
type news struct {
	Key   string `json:"key"`
	Seq   uint64 `json:"seq"`
	AgeMS int64  `json:"ageMs"`
}

// Handler serves what the page shows:
//
//	POST /frames
//	want=<key>:<lastSeq>,<key>:<lastSeq>…&full=<key>,<key>…
//
// tells which wanted cameras have another frame than the page knows of, as JSON
// [{key, seq, ageMs}]: as soon as one has, or an empty list after half a second.
// full names those that are shown large; the others are asked for a few frames
// per second only.
//
//	GET /frame?key=<key>
//
// is the newest JPEG of a camera, at once; 404 when it has none. It may be newer
// than the one the page was told of.
//
// No URL holds what changes: WebKit keeps each one that a page ever asked for.
func (e *Engine) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /frames", e.serveNews)
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
	question, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxQuestion))
	if err != nil {
		http.Error(w, "the question must arrive whole and have at most 1 MiB: "+err.Error(), http.StatusBadRequest)
		return
	}
	wants, err := parseWants(string(question))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	e.demand(wants)
	timeout := time.NewTimer(pullWait)
	defer timeout.Stop()
	for {
		changed := e.arrived.wait()
		if list := e.newer(wants, time.Now()); len(list) > 0 {
			writeNews(w, list)
			return
		}
		select {
		case <-changed:
			continue
		case <-timeout.C:
		case <-r.Context().Done():
		case <-e.ctx.Done():
		}
		writeNews(w, nil)
		return
	}
}

// demand keeps the wanted cameras' streams open. The first one ends the time in
// which all are, because there was no page to ask.
func (e *Engine) demand(wants []want) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.looked.IsZero() {
		for _, f := range e.feeds {
			f.Settle()
		}
	}
	e.looked = time.Now()
	for _, w := range wants {
		if f := e.feeds[w.key]; f != nil {
			f.Want(w.full)
		}
	}
}

// newer returns the frames the page was not told of. A frame with a lower number
// is newer too: its camera was forgotten and found again.
func (e *Engine) newer(wants []want, now time.Time) []news {
	e.mu.Lock()
	defer e.mu.Unlock()
	var list []news
	for _, w := range wants {
		f := e.feeds[w.key]
		if f == nil {
			continue
		}
		if frame := f.Frame(); len(frame.JPEG) > 0 && frame.Seq != w.last {
			list = append(list, news{w.key, frame.Seq, max(0, now.Sub(frame.At).Milliseconds())})
		}
	}
	return list
}

func writeNews(w http.ResponseWriter, list []news) {
	if list == nil {
		list = []news{} // JSON has a word of its own for nil
	}
	body, _ := json.Marshal(list) // strings and numbers always marshal
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
	select {
	case e.loading <- struct{}{}:
	case <-e.ctx.Done():
		http.Error(w, "the app is closed", http.StatusServiceUnavailable)
		return
	}
	defer func() { <-e.loading }()
	write(slowly{w}, "image/jpeg", frame.JPEG)
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

var (
	errWant = errors.New("want must be <key>:<lastSeq>, separated by commas")
	errFull = errors.New("full must be keys, separated by commas")
)

// parseWants reads the parameters want and full of a question. Keys are
// percent-encoded inside them; each parameter as a whole may be encoded once more.
func parseWants(question string) ([]want, error) {
	query, err := url.ParseQuery(question)
	if err != nil {
		return nil, errWant
	}
	full := map[string]bool{}
	for _, item := range split(query.Get("full")) {
		key, err := parseKey(item)
		if err != nil || len(full) >= maxWants {
			return nil, errFull
		}
		full[key] = true
	}
	items := split(query.Get("want"))
	if len(items) > maxWants {
		return nil, errWant
	}
	wants := make([]want, 0, len(items))
	for _, item := range items {
		colon := strings.LastIndexByte(item, ':')
		if colon < 0 {
			return nil, errWant
		}
		last, err := strconv.ParseUint(item[colon+1:], 10, 64)
		if err != nil {
			return nil, errWant
		}
		key, err := parseKey(item[:colon])
		if err != nil {
			return nil, errWant
		}
		wants = append(wants, want{key, last, full[key]})
	}
	return wants, nil
}

// split returns the items of a list, at most one more than anybody may want.
func split(list string) []string {
	if list == "" {
		return nil
	}
	return strings.SplitN(list, ",", maxWants+1)
}

func parseKey(escaped string) (string, error) {
	key, err := url.QueryUnescape(escaped)
	if err != nil {
		return "", err
	}
	if !cameras.ValidKey(key) {
		return "", errWant
	}
	return key, nil
}
