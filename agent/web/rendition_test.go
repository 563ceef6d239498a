package web

import (
	"bytes"
	"image"
	"image/jpeg"
	"io"
	"net/http"
	"testing"
	"time"

	"pigrid/shared/mjpeg"
)

// TestStreamsOfAllSizes: each viewer gets the size that it asks for, and the part's
// header says so where it is not the camera's. The status says who looks at what.
func TestStreamsOfAllSizes(t *testing.T) {
	s := newSite(t, Config{})
	defer publishing(s.hub, time.Second/30, func(n int) []byte { return picture(t, byte(n), 100) })()
	for _, tt := range []struct {
		query, header string
		size          image.Point
	}{
		{"", "", image.Pt(64, 48)},
		{"?width=64", "", image.Pt(64, 48)},
		{"?width=33", "", image.Pt(64, 48)},
		{"?width=32", "32x24", image.Pt(32, 24)},
		{"?width=16", "16x12", image.Pt(16, 12)},
		{"?width=1", "8x6", image.Pt(8, 6)},
		{"?width=20&fps=10", "32x24", image.Pt(32, 24)},
	} {
		answer := request(t.Context(), t, "GET", s.url+"/video"+tt.query)
		parts, err := mjpeg.NewReader(answer.Body, answer.Header.Get("Content-Type"))
		if err != nil {
			t.Fatal(tt.query, err)
		}
		for range 3 {
			f, err := parts.Next()
			if err != nil {
				t.Fatal(tt.query, err)
			}
			got, err := jpeg.DecodeConfig(bytes.NewReader(f.JPEG))
			if err != nil || image.Pt(got.Width, got.Height) != tt.size || f.Header.Get(mjpeg.SizeHeader) != tt.header {
				t.Errorf("%s: %dx%d, header %q, %v", tt.query, got.Width, got.Height, f.Header.Get(mjpeg.SizeHeader), err)
			}
		}
		if all := s.hub.Status(time.Now()).Scaled; (len(all) == 1) != (tt.header != "") || len(all) == 1 && (all[0].Width != tt.size.X || all[0].Frames == 0) {
			t.Errorf("%s: status %+v", tt.query, all)
		}
		_ = answer.Body.Close()
		eventually(t, "the viewer has left", func() bool { return s.viewers() == 0 })
	}
}

func TestSnapshotsOfAllSizes(t *testing.T) {
	s := newSite(t, Config{})
	live(t, s)
	for query, want := range map[string]string{"": "", "?width=64": "", "?width=32": "32x24", "?width=3": "8x6"} {
		answer := request(t.Context(), t, "GET", s.url+"/snapshot.jpg"+query)
		body, err := io.ReadAll(answer.Body)
		if err != nil || answer.Header.Get(mjpeg.SizeHeader) != want {
			t.Errorf("%s: %q, %v", query, answer.Header.Get(mjpeg.SizeHeader), err)
		}
		got, err := jpeg.DecodeConfig(bytes.NewReader(body))
		if err != nil || (got.Width < 64) != (want != "") {
			t.Errorf("%s: %d wide, %v", query, got.Width, err)
		}
	}
}

// TestWidthsThatAreNone are refused, with words, on every route that takes one.
func TestWidthsThatAreNone(t *testing.T) {
	s := newSite(t, Config{})
	live(t, s)
	for _, path := range []string{"/video", "/cameras/porch/video", "/stream", "/snapshot.jpg", "/cameras/porch/snapshot.jpg", "/snapshot"} {
		for _, width := range []string{"0", "-1", "abc", "1e9", "1000000000", "65536", "99999999999999999999", "32.5", "0x20", "+", "%20"} {
			for _, method := range []string{"GET", "HEAD"} {
				answer := request(t.Context(), t, method, s.url+path+"?width="+width)
				if answer.StatusCode != http.StatusBadRequest {
					t.Errorf("%s %s?width=%s: %s", method, path, width, answer.Status)
				}
			}
		}
	}
	if s.viewers() != 0 {
		t.Error("one that was refused watches")
	}
}
