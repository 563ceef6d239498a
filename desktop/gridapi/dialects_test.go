package gridapi

import (
	"context"
	"crypto/md5" //nolint:gosec // what the cameras ask for
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// dialect is how one program or camera speaks MJPEG over HTTP.
type dialect struct {
	name string
	path string // with query
	kind string // Content-Type
	open string // before the first part
	head string // of a part
	tail string
}

// dialects are the answers of known programs and cameras, as their sources and
// manuals show them, and what else is seen in the wild.
var dialects = []dialect{
	{"mjpg-streamer", "/?action=stream", "multipart/x-mixed-replace;boundary=boundarydonotcross", "--boundarydonotcross\r\n", "Content-Type: image/jpeg\r\nContent-Length: LENGTH\r\nX-Timestamp: 1700000000.000000\r\n\r\n", "\r\n--boundarydonotcross\r\n"},
	{"µStreamer", "/stream", "multipart/x-mixed-replace;boundary=boundarydonotcross", "--boundarydonotcross\r\n", "Content-Type: image/jpeg\r\nContent-Length: LENGTH\r\nX-Timestamp: 1700000000.000000\r\n\r\n", "\r\n--boundarydonotcross\r\n"},
	{"OctoPrint", "/webcam/?action=stream", "multipart/x-mixed-replace;boundary=boundarydonotcross", "--boundarydonotcross\r\n", "Content-Type: image/jpeg\r\nContent-Length: LENGTH\r\n\r\n", "\r\n--boundarydonotcross\r\n"},
	{"ESP32-CAM", "/stream", "multipart/x-mixed-replace;boundary=123456789000000000000987654321", "\r\n--123456789000000000000987654321\r\n", "Content-Type: image/jpeg\r\nContent-Length: LENGTH\r\nX-Timestamp: 12.345678\r\n\r\n", "\r\n--123456789000000000000987654321\r\n"},
	{"Axis", "/axis-cgi/mjpg/video.cgi", "multipart/x-mixed-replace; boundary=myboundary", "--myboundary\r\n", "Content-Type: image/jpeg\r\nContent-Length: LENGTH\r\n\r\n", "\r\n--myboundary\r\n"},
	{"Axis, older", "/mjpg/video.mjpg", "multipart/x-mixed-replace;boundary=<myboundary>", "--<myboundary>\r\n", "Content-Type: image/jpeg\r\nContent-Length: LENGTH\r\n\r\n", "\r\n--<myboundary>\r\n"},
	{"motion", "/", "multipart/x-mixed-replace; boundary=BoundaryString", "--BoundaryString\r\n", "Content-type: image/jpeg\r\nContent-Length:  LENGTH\r\n\r\n", "\r\n--BoundaryString\r\n"},
	{"IP Webcam", "/video", "multipart/x-mixed-replace;boundary=Ba4oTvQMY8ew04N8dcnM", "\r\n--Ba4oTvQMY8ew04N8dcnM\r\n", "Content-type: image/jpeg\r\n\r\n", "\r\n--Ba4oTvQMY8ew04N8dcnM\r\n"},
	{"dashes in the boundary", "/video", "multipart/x-mixed-replace;boundary=--ipcamera", "--ipcamera\r\n", "Content-Type: image/jpeg\r\nContent-Length: LENGTH\r\n\r\n", "\r\n--ipcamera\r\n"},
	{"quotes around the boundary", "/video", `multipart/x-mixed-replace; boundary="--a b"`, "--a b\r\n", "Content-Type: image/jpeg\r\nContent-Length: LENGTH\r\n\r\n", "\r\n--a b\r\n"},
	{"LF only", "/video", "multipart/x-mixed-replace; boundary=x", "--x\n", "Content-Type: image/jpeg\nContent-Length: LENGTH\n\n", "\n--x\n"},
	{"no boundary is told", "/video", "multipart/x-mixed-replace", "--x\r\n", "Content-Type: image/jpeg\r\n\r\n", "\r\n--x\r\n"},
	{"image/jpg", "/video", "multipart/x-mixed-replace; boundary=x", "--x\r\n", "Content-Type: image/jpg\r\nContent-Length: LENGTH\r\n\r\n", "\r\n--x\r\n"},
}

// foreignCamera serves one viewer at a time and counts.
type foreignCamera struct {
	dialect
	addr     string
	jpeg     []byte
	user     string // "" lets anybody in
	password string
	digest   bool // it asks for Digest, not for Basic
	busy     bool // refuse everybody
	guests   guests

	mu      sync.Mutex
	asked   []string // every request
	told    []string // every Authorization
	streams int      // that were opened
	silent  bool     // sends nothing more
}

// newForeign starts a camera on a free port.
func newForeign(t *testing.T, d dialect, change ...func(*foreignCamera)) *foreignCamera {
	t.Helper()
	c := &foreignCamera{dialect: d, jpeg: testJPEG(t)}
	for _, ch := range change {
		ch(c)
	}
	s := httptest.NewUnstartedServer(http.HandlerFunc(c.serve))
	s.Config.ConnContext = func(ctx context.Context, conn net.Conn) context.Context {
		return context.WithValue(ctx, guestKey{}, conn)
	}
	s.Start()
	c.addr = strings.TrimPrefix(s.URL, "http://")
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return c
}

// guestKey is under which a request's context holds its connection.
type guestKey struct{}

func (c *foreignCamera) serve(w http.ResponseWriter, r *http.Request) {
	c.note(r)
	conn := r.Context().Value(guestKey{}).(net.Conn)
	defer c.guests.leave(conn)
	if !c.guests.enter(conn) {
		http.Error(w, "one viewer at a time", http.StatusServiceUnavailable)
		return
	}
	switch {
	case !c.letsIn(r):
		w.Header().Set("WWW-Authenticate", `Basic realm="camera"`)
		if c.digest {
			w.Header().Set("WWW-Authenticate", `Digest realm="AXIS_ACCC8E", nonce="0004d", algorithm=MD5, qop="auth"`)
		}
		http.Error(w, "who are you?", http.StatusUnauthorized)
	case r.URL.RequestURI() != c.path:
		http.Error(w, "<html>not here</html>", http.StatusNotFound)
	case c.busy:
		http.Error(w, "somebody else looks", http.StatusServiceUnavailable)
	default:
		c.stream(w, r)
	}
}

// letsIn checks the password; by Digest as RFC 7616, section 3.4.1 says.
func (c *foreignCamera) letsIn(r *http.Request) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.user == "" {
		return true
	}
	if !c.digest {
		user, password, _ := r.BasicAuth()
		return user == c.user && password == c.password
	}
	said := map[string]string{}
	for _, m := range regexp.MustCompile(`(\w+)="?([^",]*)`).FindAllStringSubmatch(strings.TrimPrefix(r.Header.Get("Authorization"), "Digest "), -1) {
		said[m[1]] = m[2]
	}
	hash := func(parts ...string) string { return fmt.Sprintf("%x", md5.Sum([]byte(strings.Join(parts, ":")))) }
	want := hash(hash(c.user, "AXIS_ACCC8E", c.password), "0004d", said["nc"], said["cnonce"], "auth", hash("GET", r.URL.RequestURI()))
	return said["username"] == c.user && said["nonce"] == "0004d" && said["uri"] == r.URL.RequestURI() && said["response"] == want
}

func (c *foreignCamera) note(r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = append(c.asked, r.URL.RequestURI())
	c.told = append(c.told, r.Header.Get("Authorization"))
}

func (c *foreignCamera) stream(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	c.streams++
	c.mu.Unlock()
	w.Header().Set("Content-Type", c.kind)
	if c.head == "" { // a single picture
		_, _ = w.Write(c.jpeg)
		return
	}
	_, _ = fmt.Fprint(w, c.open)
	w.(http.Flusher).Flush()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		c.mu.Lock()
		silent := c.silent
		c.mu.Unlock()
		if !silent {
			head := strings.ReplaceAll(c.head, "LENGTH", strconv.Itoa(len(c.jpeg)))
			_, _ = fmt.Fprintf(w, "%s%s%s", head, c.jpeg, c.tail)
			w.(http.Flusher).Flush()
		}
		select {
		case <-tick.C:
		case <-r.Context().Done():
			return
		}
	}
}

// numbers of what the camera saw.
func (c *foreignCamera) saw() (asked []string, most, streams, open int) {
	open, most = c.guests.count()
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.asked...), most, c.streams, open
}
