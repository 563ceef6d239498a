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
	// loadPatience is how long a large picture waits for others that are loaded.
	loadPatience = 1500 * time.Millisecond
)

func (s *Server) serveFrame(w http.ResponseWriter, r *http.Request) {
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
	if !s.enterLoading() {
		http.Error(w, "other large pictures are being loaded", http.StatusServiceUnavailable)
		return
	}
	defer func() { <-s.loading }()
	if frame = f.Frame(); len(frame.JPEG) == 0 {
		http.Error(w, "this camera has no picture any more", http.StatusNotFound)
		return
	}
	f.Served(frame)
	write(slowly{w}, "image/jpeg", frame.JPEG)
}

// enterLoading waits until no other large picture is loaded. It gives up when the
// page does: nobody says that a question is over, and those that nobody waits for
// any more would come before all others, each with 32 MB.
func (s *Server) enterLoading() bool {
	patience := time.NewTimer(loadPatience)
	defer patience.Stop()
	select {
	case s.loading <- struct{}{}:
		return true
	case <-patience.C:
	case <-s.engine.Tasks.Context().Done():
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
