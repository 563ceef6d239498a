//go:build linux

package e2e

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"pigrid/shared/strip"
)

// A camera without an agent, added as a person does it, in every engine: what is
// said when it does not let one in, its picture, and what its tile says when it
// falls silent, goes and comes back. It serves a single viewer, as many do.
func TestCameraByURL(t *testing.T) {
	f := startFleet(t, 1, 5)
	url := servePage(t, f)
	for i, e := range engines(t) {
		t.Run(e.name, func(t *testing.T) {
			c := startWebcam(t, fmt.Sprintf("127.77.1.%d", i+1), uint8(100+i))
			w := &watch{browser: e.open(t, url), well: map[string]bool{}}
			until(t, 20*time.Second, "the page is there", func() bool { return len(w.tiles(t)) > 0 })

			w.add(t, c.addr)
			w.untilSaid(t, `needs a user name and a password`)
			w.add(t, "http://root:typo@"+c.addr)
			w.untilSaid(t, `does not accept these`)
			w.add(t, "http://root:s3cret@"+c.addr)
			w.untilShown(t, c, wellLabel)
			c.set(func(c *webcam) { c.silent = true })
			w.untilTold(t, c, trouble{status: `^No new picture for \d+ s$`, label: "no new picture", sight: frozen})
			c.set(func(c *webcam) { c.silent = false })
			w.untilShown(t, c, wellLabel)
			c.stop()
			w.untilTold(t, c, trouble{
				status: offline, label: "offline since", sight: dimmed,
				notice: `^\S+ is on \(\S+\), but its camera program isn't running\. Start the program, or switch the camera off and on\.$`,
			})
			w.save(t, "camera-by-url-"+e.name)
			c.start(t)
			w.untilShown(t, c, wellLabel)
			c.set(func(c *webcam) {
				if c.most != 1 {
					t.Errorf("%d viewers at once", c.most)
				}
			})
		})
	}
}

// add types an address into the dialog and presses Enter; it opens it when it is
// not open.
func (b *browser) add(t *testing.T, address string) {
	t.Helper()
	b.run(t, `if (!document.querySelector("#address")) document.querySelector('[aria-label="Add a camera by address"]').click()`, nil)
	var field map[string]string
	b.call(t, http.MethodPost, b.session+"/element", map[string]any{"using": "css selector", "value": "#address"}, &field)
	for _, id := range field {
		element := b.session + "/element/" + id
		b.call(t, http.MethodPost, element+"/clear", map[string]any{}, nil)
		b.call(t, http.MethodPost, element+"/value", map[string]any{"text": address + "\uE007"}, nil)
	}
}

// untilSaid waits for the dialog's answer.
func (b *browser) untilSaid(t *testing.T, pattern string) {
	t.Helper()
	said := ""
	until(t, 30*time.Second, "the answer is "+pattern, func() bool {
		b.run(t, `return document.querySelector("#address-answer")?.innerText ?? ""`, &said)
		return regexp.MustCompile(pattern).MatchString(said) && !strings.Contains(said, "s3cret")
	})
}

// tileOf is the tile of a camera without an agent, which has the name of its host.
func (w *watch) tileOf(t *testing.T, c *webcam) tile {
	t.Helper()
	host, _, _ := net.SplitHostPort(c.addr)
	return w.look(t)[host]
}

// untilShown waits until the camera's picture moves and its label matches.
func (w *watch) untilShown(t *testing.T, c *webcam, label *regexp.Regexp) {
	t.Helper()
	until(t, 30*time.Second, "the camera's picture moves", func() bool {
		w.run(t, `document.activeElement?.blur()`, nil) // the buttons of a tile that has the focus cover its strip
		before, had := w.shown[c.number]
		is := w.tileOf(t, c)
		return had && w.shown[c.number] > before && label.MatchString(is.Label) && is.Notice == ""
	})
}

// untilTold waits until the camera's tile shows what it must.
func (w *watch) untilTold(t *testing.T, c *webcam, what trouble) {
	t.Helper()
	how := ""
	defer func() {
		if how != "" {
			t.Errorf("its tile %s", how)
		}
	}()
	until(t, 30*time.Second, "its tile says "+what.status, func() bool {
		before := w.shown
		how = what.judge(w.tileOf(t, c), c.number, before, w.shown)
		return how == ""
	})
}

// webcam speaks as mjpg-streamer does, asks for Basic authentication and serves
// a single viewer.
type webcam struct {
	addr   string
	number uint8 // on the strip of its pictures

	mu     sync.Mutex
	server *http.Server
	ended  chan struct{}
	frame  uint32
	silent bool // sends nothing more
	open   int
	most   int // viewers at once
}

// startWebcam starts one on this address of the loopback interface.
func startWebcam(t *testing.T, host string, number uint8) *webcam {
	t.Helper()
	c := &webcam{addr: host + ":0", number: number}
	c.start(t)
	t.Cleanup(c.stop)
	return c
}

func (c *webcam) set(change func(c *webcam)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(c)
}

// start listens, on the same port as before.
func (c *webcam) start(t *testing.T) {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", c.addr)
	if err != nil {
		t.Fatal(err)
	}
	c.set(func(c *webcam) {
		c.addr = l.Addr().String()
		c.server, c.ended = &http.Server{Handler: http.HandlerFunc(c.serve), ReadHeaderTimeout: time.Minute}, make(chan struct{})
		go func(s *http.Server, ended chan struct{}) { defer close(ended); _ = s.Serve(l) }(c.server, c.ended)
	})
}

// stop hangs up and leaves the port.
func (c *webcam) stop() {
	_ = c.server.Close()
	<-c.ended
}

func (c *webcam) serve(w http.ResponseWriter, r *http.Request) {
	if user, password, _ := r.BasicAuth(); user != "root" || password != "s3cret" {
		w.Header().Set("WWW-Authenticate", `Basic realm="camera"`)
		http.Error(w, "who are you?", http.StatusUnauthorized)
		return
	}
	if r.URL.RequestURI() != "/?action=stream" {
		http.NotFound(w, r)
		return
	}
	alone := false
	c.set(func(c *webcam) { c.open++; c.most = max(c.most, c.open); alone = c.open == 1 })
	defer c.set(func(c *webcam) { c.open-- })
	if !alone {
		http.Error(w, "one viewer at a time", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "multipart/x-mixed-replace;boundary=boundarydonotcross")
	_, err := io.WriteString(w, "--boundarydonotcross\r\n")
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for err == nil {
		if picture := c.next(); picture != nil {
			_, err = fmt.Fprintf(w, "Content-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n--boundarydonotcross\r\n", len(picture), picture)
			w.(http.Flusher).Flush()
		}
		select {
		case <-tick.C:
		case <-r.Context().Done():
			return
		}
	}
}

// next draws the next picture; nil while the camera is silent.
func (c *webcam) next() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.silent {
		return nil
	}
	c.frame++
	img := image.NewYCbCr(image.Rect(0, 0, 640, 480), image.YCbCrSubsampleRatio420)
	for _, plane := range [][]byte{img.Y, img.Cb, img.Cr} {
		copy(plane, bytes.Repeat([]byte{96 + c.number/4}, len(plane)))
	}
	strip.Draw(img, strip.Mark{Camera: c.number, Frame: c.frame})
	var b bytes.Buffer
	if jpeg.Encode(&b, img, nil) != nil {
		return nil
	}
	return b.Bytes()
}
