package gridapi

import (
	"net/http"
	"strconv"
	"time"
)

const (
	// largeBody is from how many bytes on a picture is written in pieces, one such
	// picture at a time.
	largeBody = 4 << 20
	// pieceOfBody is how many bytes a piece has,
	pieceOfBody = 128 << 10
	// pieceTime and how long the pause after it is: 32 MB take 1 s, and the page waits
	// for 3 s.
	pieceTime = 4 * time.Millisecond
	// largeTime is how long a page may take to load a large one: its own patience, and the
	// way there.
	largeTime = 5 * time.Second
)

// serveFrame serves the picture of a camera to a page.
func (s *Server) serveFrame(w http.ResponseWriter, r *http.Request, page string) {
	f := s.engine.Streams.Get(r.URL.Query().Get("key"))
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
		f.Served(frame)
		write(w, "image/jpeg", frame.JPEG)
		return
	}
	frame.JPEG = nil // while it waits it holds no memory
	leave, ok := s.loading.enter(page, s.engine.Tasks.Context().Done())
	if !ok {
		http.Error(w, "other large pictures are being loaded", http.StatusServiceUnavailable)
		return
	}
	defer leave()
	if frame = f.Frame(); len(frame.JPEG) == 0 {
		http.Error(w, "this camera has no picture any more", http.StatusNotFound)
		return
	}
	f.Served(frame)
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(largeTime)) // the window has none
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
