package gridapi

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/engine"
	"pigrid/desktop/feed"
)

const (
	// pullWait is how long a pull waits for a frame.
	pullWait = 500 * time.Millisecond
	maxWants = 256
	// maxQuestion is how many bytes a pull has, with room for the longest keys.
	maxQuestion = 1 << 20
	// maxCall is the same for a command.
	maxCall = 64 << 10
	// maxImport is the same for a file of settings, which is text in JSON here.
	maxImport = 2 * engine.MaxSettings
)

// Server answers the page. It never waits for the rooms that know who exists while it
// serves a picture.
type Server struct {
	engine  *engine.Engine
	version string
	board   *board
	loading *loading
	saving  chan struct{} // has one while a person is asked where a file is to be
	window  Window        // nil for a page in a browser
	kiosk   *kiosk        // nil for a page that somebody sits at
}

// New returns a Server that shows what the Engine does.
func New(e *engine.Engine, version string) *Server {
	s := &Server{engine: e, version: version, board: newBoard(time.Now()), loading: newLoading(), saving: make(chan struct{}, 1)}
	s.board.post(s.State, false)
	return s
}

// Start publishes the state whenever it changed, until the Engine stops.
func (s *Server) Start() { s.engine.Tasks.Go(s.publish) }

// Handler serves what the page shows:
//
//	POST /frames
//	{"state": 7, "want": [{"key": "…", "seq": 12, "fps": 10, "width": 235}, …]}
//
// tells which wanted cameras have another frame than the page knows of, and the
// whole state when the page knows another one: {"number": 8, "state": {…}, "news":
// [{key, seq, ageMs}, …]}. It answers as soon as there is either, at the latest after
// half a second, and at once when nothing is wanted. A page that wants nothing looks
// at nothing. fps is how many frames per second are worth something, 0 for all: those
// that are shown small are asked for a few only. width is how many pixels across the
// picture are worth something, 0 for all: so pictures need not be larger than tiles.
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
func (s *Server) Handler() http.Handler {
	return s.routes(func(w http.ResponseWriter, r *http.Request) { s.serveNews(w, r, s.answer, true) }, s.serveCall, onePage)
}

// onePage is the window's, which has no other.
func onePage(*http.Request) string { return "" }

// routes is what both kinds of pages ask. pageOf tells pages apart.
func (s *Server) routes(news, call http.HandlerFunc, pageOf func(*http.Request) string) *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /frames", news)
	mux.HandleFunc("POST /call/{command}", call)
	mux.HandleFunc("GET /frame", func(w http.ResponseWriter, r *http.Request) { s.serveFrame(w, r, pageOf(r)) })
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

// serveNews answers what answer says of the state, and what is new of the pictures.
// holds: the page is the only one, and may keep pictures as they are.
func (s *Server) serveNews(w http.ResponseWriter, r *http.Request, answer func(known uint64) Answer, holds bool) {
	s.noteAsked()
	var q Question
	if !readJSON(w, r, maxQuestion, &q) {
		return
	}
	if err := q.check(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if len(q.Want) > 0 {
		s.look(q.Want)
	}
	if holds {
		s.engine.Hold(q.Held)
	}
	timeout := time.NewTimer(pullWait)
	defer timeout.Stop()
	for {
		arrived, changed := s.engine.Streams.Arrived.Wait(), s.board.changed.Wait()
		a := answer(q.State)
		a.News = append(a.News, s.newer(q.Want, time.Now())...)
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
		case <-s.engine.Tasks.Context().Done():
		}
		writeJSON(w, a)
		return
	}
}

// answer has the state if the page knows another one.
func (s *Server) answer(known uint64) Answer {
	number, state := s.board.read()
	a := Answer{Number: number, News: []News{}}
	if number != known {
		a.State = &state
	}
	return a
}

// look keeps the wanted cameras' streams open.
func (s *Server) look(wants []Want) {
	wishes := make([]feed.Wish, len(wants))
	for i, w := range wants {
		wishes[i] = feed.Wish{Key: w.Key, Rendition: feed.Rendition{FPS: w.FPS, Width: w.Width}}
	}
	s.engine.Look(wishes)
}

// newer returns the frames the page was not told of. A frame with a lower number
// is newer too: its camera was forgotten and found again.
func (s *Server) newer(wants []Want, now time.Time) []News {
	var list []News
	for _, w := range wants {
		f := s.engine.Streams.Get(w.Key)
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

var errWant = errors.New("want and held must be at most 256 cameras each, by their keys; one that is wanted with an fps of 0, or 0.1 to 120, and a width of 0 to 65535")

// check reports what cannot be asked.
func (q Question) check() error {
	odd := func(key string) bool { return !cameras.ValidKey(key) }
	if len(q.Want) > maxWants || len(q.Held) > maxWants || slices.ContainsFunc(q.Held, odd) {
		return errWant
	}
	for _, w := range q.Want {
		fps := w.FPS == 0 || w.FPS >= feed.MinFPS && w.FPS <= feed.MaxFPS
		if !cameras.ValidKey(w.Key) || !fps || w.Width < 0 || w.Width > feed.MaxWidth {
			return errWant
		}
	}
	return nil
}
