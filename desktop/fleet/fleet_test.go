//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image/jpeg"
	"io"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pigrid/shared/api"
	"pigrid/shared/jpegscale"
	"pigrid/shared/mjpeg"
	"pigrid/shared/strip"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestPictures(t *testing.T) {
	s := newStrips(usualWidth, usualHeight)
	for _, camera := range []uint8{1, 64, 250} {
		c := newScene(camera, s)
		for _, n := range []uint32{0, 1, 77, 1<<24 - 1} {
			data := c.frame(n, 1)
			img, err := jpeg.Decode(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			found := strip.Find(img)
			if len(found) != 1 || found[0].Mark != (strip.Mark{Camera: camera, Frame: n}) {
				t.Errorf("camera %d, frame %d: %v", camera, n, found)
			}
			if b := img.Bounds(); b.Dx() != usualWidth || b.Dy() != usualHeight || len(data) < 30_000 || len(data) > 60_000 {
				t.Errorf("%v, %d bytes", b, len(data))
			}
		}
	}
}

// Smaller pictures are those of a real agent: of its sizes, with the same strip, and in
// about as few bytes. Rigid ones look the same, and nobody scales them.
func TestSmallerPictures(t *testing.T) {
	for _, size := range [][2]int{{usualWidth, usualHeight}, {1920, 1080}} {
		s := newStrips(size[0], size[1])
		c := newScene(7, s)
		full := c.frame(77, 1)
		for factor := 1; factor <= 8; factor *= 2 {
			data := c.frame(77, factor)
			img, err := jpeg.Decode(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			b := img.Bounds()
			if b.Dx() != jpegscale.Scaled(size[0], factor) || b.Dy() != jpegscale.Scaled(size[1], factor) {
				t.Errorf("%v divided by %d is %v", size, factor, b)
			}
			if found := strip.Find(img); b.Dx() >= 160 && (len(found) != 1 || found[0].Mark != (strip.Mark{Camera: 7, Frame: 77})) {
				t.Errorf("%v divided by %d shows %v", size, factor, found)
			}
			if factor == 1 {
				continue
			}
			made, err := new(jpegscale.Scaler).Scale(nil, full, factor)
			if ratio := float64(len(data)) / float64(len(made)); err != nil || ratio < 0.8 || ratio > 1.5 {
				t.Errorf("%v divided by %d has %d bytes, a real one %d: %v", size, factor, len(data), len(made), err)
			}
		}
		s.rigid.Store(true)
		stiff := c.frame(77, 1)
		if _, err := new(jpegscale.Scaler).Scale(nil, stiff, 2); !errors.Is(err, jpegscale.ErrCannot) {
			t.Errorf("it is scaled: %v", err)
		}
		if _, _, err := mjpeg.NewScanner(bytes.NewReader(stiff), nil).Next(); err != nil {
			t.Error(err)
		}
	}
}

// Pictures that are too large are valid ones: they are refused for their size
// and for nothing else.
func TestOversizePictures(t *testing.T) {
	s := newStrips(usualWidth, usualHeight)
	for f, side := range map[fault]int{huge: hugeSide, large: largeSide, bulky: bulkySide, scans: largeSide} {
		data, _, err := mjpeg.NewScanner(bytes.NewReader(s.oversize(f)), nil).Next()
		if err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		c, err := jpeg.DecodeConfig(bytes.NewReader(data))
		if err != nil || c.Width != side || c.Height != side {
			t.Errorf("%s: %dx%d, %v", f, c.Width, c.Height, err)
		}
		if size := len(data); f == bulky && (size < bulkySize || size > mjpeg.MaxFrame) || f != bulky && size > 2<<20 {
			t.Errorf("%s: %d bytes", f, size)
		}
	}
	for _, small := range [][]byte{grey(64, 0), scanned(64, 3)} {
		img, err := jpeg.Decode(bytes.NewReader(small))
		if err != nil || img.Bounds().Dx() != 64 {
			t.Errorf("cannot be decoded: %v", err)
		}
	}
	if n := bytes.Count(s.oversize(scans), []byte{0xFF, 0xDA}); n != manyScans {
		t.Errorf("%d scans", n)
	}
}

func TestSpacing(t *testing.T) {
	a := &agent{interval: time.Second / 30}
	for _, want := range []struct {
		asked float64
		fault fault
		list  []uint32
	}{
		{0, none, []uint32{1, 2, 3, 4, 5, 6}},
		{60, none, []uint32{1, 2, 3, 4, 5, 6}},
		{10, none, []uint32{3, 6, 9, 12, 15, 18}},
		{20, none, []uint32{1, 3, 4, 6, 7, 9}},
		{7, none, []uint32{4, 8, 12, 17, 21, 25}},
		{10, slow, []uint32{6, 12, 18, 24, 30, 36}},
		{0, placeholder, []uint32{30, 60, 90, 120, 150, 180}},
	} {
		s := stream{agent: a, asked: wish{fps: want.asked}}
		var got []uint32
		for n := uint32(0); len(got) < len(want.list); {
			n = s.next(n, want.fault)
			got = append(got, n)
		}
		if !slices.Equal(got, want.list) {
			t.Errorf("at %v (%s): %v, want %v", want.asked, want.fault, got, want.list)
		}
	}
}

// fleet runs the whole program and returns the URL of its control.
func fleet(t *testing.T, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- run(ctx, args, w); _ = w.Close() }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	var said struct{ Control string }
	if err := json.NewDecoder(r).Decode(&said); err != nil {
		t.Fatal(err)
	}
	return "http://" + said.Control
}

func client() *http.Client {
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 5 * time.Second}
}

func rows(t *testing.T, url string) []row {
	t.Helper()
	resp, err := client().Get(url + "/agents")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var list []row
	if err := json.NewDecoder(resp.Body).Decode(&list); err != nil {
		t.Fatal(err)
	}
	return list
}

func setFault(t *testing.T, url string, number int, f fault) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPut, fmt.Sprintf("%s/agents/%d/fault?name=%s", url, number, f), nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatal(resp.Status)
	}
}

// seen is what a viewer of a stream, who waits for 5 frames at most, and a
// question for the status come to.
func seen(addr, query string) string {
	var b strings.Builder
	c := client()
	c.Timeout = time.Second
	for _, path := range []string{"/video" + query, api.StatusPath} {
		resp, err := c.Get("http://" + addr + path)
		if err != nil {
			fmt.Fprint(&b, cause(err), " ")
			continue
		}
		fmt.Fprint(&b, resp.StatusCode, " ")
		if path == api.StatusPath {
			var s api.Status
			if json.NewDecoder(resp.Body).Decode(&s) == nil && len(s.Cameras) == 1 {
				fmt.Fprintf(&b, "api %d %s", s.API, s.Cameras[0].State)
			}
		} else if reader, err := mjpeg.NewReader(resp.Body, resp.Header.Get("Content-Type")); err == nil {
			fmt.Fprint(&b, watch(reader))
		}
		_ = resp.Body.Close()
	}
	return strings.TrimSpace(b.String())
}

func watch(r *mjpeg.Reader) string {
	for n := range 5 {
		f, err := r.Next()
		if err != nil {
			return fmt.Sprintf("%d frames, %s; ", n, cause(err))
		}
		if f.Placeholder {
			return "placeholder; "
		}
	}
	return fmt.Sprintf("5 frames, %d broken; ", r.Broken())
}

func cause(err error) string {
	if errors.Is(err, syscall.EPIPE) {
		return "reset" // it came before all of the request was sent
	}
	for _, words := range []string{"reset", "refused", "Timeout", "unexpected EOF", "not an MJPEG", "EOF"} {
		if strings.Contains(err.Error(), words) {
			return words
		}
	}
	return err.Error()
}

func TestFaults(t *testing.T) {
	url := fleet(t, "-n", "2", "-fps", "30")
	addr := rows(t, url)[0].Addr
	for _, want := range []struct {
		fault fault
		seen  string
	}{
		{none, "200 5 frames, 0 broken; 200 api 1 live"},
		{stall, "200 0 frames, Timeout; 200 api 1 live"},
		{hang, "Timeout Timeout"},
		{reset, "reset reset"},
		{refuse, "refused refused"},
		{truncate, "200 5 frames, 2 broken; 200 api 1 live"},
		{garbage, "200 0 frames, not an MJPEG; 200 api 1 live"},
		{unauthed, "401 401"},
		{forbidden, "403 403"},
		{wrongHost, "421 421"},
		{busy, "503 200 api 1 live"},
		{failed, "200 0 frames, Timeout; 200 api 1 failed"},
		{placeholder, "200 placeholder; 200 api 1 failed"},
		{newer, "200 5 frames, 0 broken; 200 api 2 live"},
		{other, "200 200"},
		{late, "200 5 frames, 0 broken; 200 api 1 live"},
		{none, "200 5 frames, 0 broken; 200 api 1 live"},
	} {
		setFault(t, url, 1, want.fault)
		if got := seen(addr, ""); got != want.seen {
			t.Errorf("%s: %q, want %q", want.fault, got, want.seen)
		}
		if got := seen(rows(t, url)[1].Addr, ""); got != "200 5 frames, 0 broken; 200 api 1 live" {
			t.Errorf("%s of the other: %q", want.fault, got)
		}
	}
}

func TestOpenStreamsFail(t *testing.T) {
	url := fleet(t, "-n", "1", "-fps", "30")
	addr := rows(t, url)[0].Addr
	for f, want := range map[fault]string{
		reset: "reset", refuse: "EOF", cut: "unexpected EOF", forbidden: "EOF", stall: "Timeout", hang: "Timeout", failed: "Timeout",
	} {
		setFault(t, url, 1, none)
		c := client()
		c.Timeout = time.Second
		resp, err := c.Get("http://" + addr + "/video")
		if err != nil {
			t.Fatal(err)
		}
		reader, err := mjpeg.NewReader(resp.Body, resp.Header.Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		for n := 0; err == nil; n++ {
			if _, err = reader.Next(); n == 2 {
				setFault(t, url, 1, f)
			}
		}
		// A stream that is closed in the middle of a frame ends unexpectedly.
		if got := cause(err); got != want && (want != "EOF" || got != "unexpected EOF") {
			t.Errorf("%s: %v, want %s", f, err, want)
		}
		_ = resp.Body.Close()
	}
}

func TestBulkyPicturesArriveWhole(t *testing.T) {
	url := fleet(t, "-n", "1", "-fps", "30")
	setFault(t, url, 1, bulky)
	c := client()
	c.Timeout = time.Minute
	resp, err := c.Get("http://" + rows(t, url)[0].Addr + "/video")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	reader, err := mjpeg.NewReader(resp.Body, resp.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		f, err := reader.Next()
		if err != nil || len(f.JPEG) < bulkySize || reader.Broken() > 0 {
			t.Fatalf("%d bytes, %d broken: %v", len(f.JPEG), reader.Broken(), err)
		}
	}
}

func TestControlCounts(t *testing.T) {
	url := fleet(t, "-n", "1", "-fps", "30")
	a := rows(t, url)[0]
	resp, err := client().Get("http://" + a.Addr + "/video?fps=10")
	if err != nil {
		t.Fatal(err)
	}
	reader, err := mjpeg.NewReader(resp.Body, resp.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	for last := uint32(0); last < 10; {
		f, err := reader.Next()
		if err != nil {
			t.Fatal(err)
		}
		img, err := jpeg.Decode(bytes.NewReader(f.JPEG))
		if err != nil {
			t.Fatal(err)
		}
		n := strip.Find(img)[0].Frame
		taken := float64(a.BeginUS)/1e6 + float64(n)*float64(a.IntervalNS)/1e9
		stamp, err := strconv.ParseFloat(f.Header.Get(mjpeg.TimestampHeader), 64)
		if err != nil || math.Abs(stamp-taken) > 1e-5 || n <= last {
			t.Errorf("after frame %d frame %d, taken at %f, says %f (%v)", last, n, taken, stamp, err)
		}
		last = n
	}
	now := rows(t, url)[0]
	if now.Viewers != 1 || now.Dials != 1 || len(now.Asked) != 1 || now.Asked[0] != 10 || now.Bytes < 2*30_000 {
		t.Errorf("%+v", now)
	}
	_ = resp.Body.Close()
	for begin := time.Now(); rows(t, url)[0].Viewers > 0; {
		if time.Since(begin) > 10*time.Second {
			t.Fatal("the viewer is still counted")
		}
	}
}

func TestBadFlags(t *testing.T) {
	for _, args := range [][]string{{"-n", "0"}, {"-n", "251"}, {"-fps", "0"}, {"-fps", "NaN"}} {
		if err := run(t.Context(), args, io.Discard); err == nil {
			t.Errorf("%v were taken", args)
		}
	}
}
