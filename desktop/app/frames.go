package app

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/feed"
)

const (
	// pullWait is how long a pull waits for a frame.
	pullWait = 500 * time.Millisecond
	maxWants = 256
	// maxPull is how many bytes of pictures one answer carries, unless a single
	// picture is larger. The rest comes with the next pull.
	maxPull = 64 << 20
)

// want is one camera the page shows, and the frame it has of it.
type want struct {
	key  string
	last uint64
	full bool // it is shown large: every frame is worth something
}

// head precedes every JPEG in the answer to a pull.
type head struct {
	Key   string `json:"key"`
	Seq   uint64 `json:"seq"`
	AgeMS int64  `json:"ageMs"`
}

// picture is a frame on its way to the page.
type picture struct {
	key string
	feed.Frame
}

// Handler serves GET /frames, the pictures the page pulls:
//
//	/frames?want=<key>:<lastSeq>,<key>:<lastSeq>…&full=<key>,<key>…
//
// full names those of the wanted cameras that are shown large; the others are
// asked for a few frames per second only.
// It answers as soon as one wanted camera has another frame than the page, or
// with an empty body after half a second. The body repeats a big-endian u32
// length, that many bytes of JSON, a u32 length, and a JPEG.
func (e *Engine) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /frames", e.serveFrames)
	return mux
}

func (e *Engine) serveFrames(w http.ResponseWriter, r *http.Request) {
	wants, err := parseWants(r.URL.RawQuery)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	e.demand(wants)
	timeout := time.NewTimer(pullWait)
	defer timeout.Stop()
	for {
		changed := e.arrived.wait()
		if pictures := e.newer(wants); len(pictures) > 0 {
			writePictures(w, pictures, time.Now())
			return
		}
		select {
		case <-changed:
			continue
		case <-timeout.C:
		case <-r.Context().Done():
		case <-e.ctx.Done():
		}
		writePictures(w, nil, time.Now())
		return
	}
}

// demand keeps the wanted cameras' streams open.
func (e *Engine) demand(wants []want) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, w := range wants {
		if f := e.feeds[w.key]; f != nil {
			f.Want(w.full)
		}
	}
}

// newer returns the frames the page does not have. A frame with a lower number
// is newer too: its camera was forgotten and found again.
func (e *Engine) newer(wants []want) []picture {
	e.mu.Lock()
	defer e.mu.Unlock()
	var list []picture
	for _, w := range wants {
		f := e.feeds[w.key]
		if f == nil {
			continue
		}
		if frame := f.Frame(); len(frame.JPEG) > 0 && frame.Seq != w.last {
			list = append(list, picture{w.key, frame})
		}
	}
	return fitting(list, maxPull)
}

// fitting returns as many of the pictures as have room in limit bytes, at least
// one. Which ones is left to chance, so that none is left out time and again.
func fitting(list []picture, limit int) []picture {
	total := 0
	for _, p := range list {
		total += len(p.JPEG)
	}
	if total <= limit {
		return list
	}
	rand.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	n, total := 1, len(list[0].JPEG)
	for n < len(list) && total+len(list[n].JPEG) <= limit {
		total += len(list[n].JPEG)
		n++
	}
	return list[:n]
}

// writePictures answers a pull. A page that has gone away is no error.
func writePictures(w http.ResponseWriter, pictures []picture, now time.Time) {
	heads := make([][]byte, len(pictures))
	total := 0
	for i, p := range pictures {
		heads[i], _ = json.Marshal(head{p.key, p.Seq, max(0, now.Sub(p.At).Milliseconds())}) // strings and numbers always marshal
		total += 4 + len(heads[i]) + 4 + len(p.JPEG)
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Length", strconv.Itoa(total))
	w.WriteHeader(http.StatusOK)
	for i, p := range pictures {
		prefix := binary.BigEndian.AppendUint32(nil, uint32(len(heads[i])))
		prefix = append(prefix, heads[i]...)
		prefix = binary.BigEndian.AppendUint32(prefix, uint32(len(p.JPEG)))
		if _, err := w.Write(prefix); err != nil {
			return
		}
		if _, err := w.Write(p.JPEG); err != nil {
			return
		}
	}
}

var (
	errWant = errors.New("want must be <key>:<lastSeq>, separated by commas")
	errFull = errors.New("full must be keys, separated by commas")
)

// parseWants reads the parameters want and full. Keys are percent-encoded inside
// them; each parameter as a whole may be encoded once more.
func parseWants(rawQuery string) ([]want, error) {
	query, err := url.ParseQuery(rawQuery)
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
