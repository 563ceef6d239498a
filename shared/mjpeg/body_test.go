package mjpeg

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// readBody returns all frames of a body and the error that ended it.
func readBody(r io.Reader, contentType string) (all []Frame, err error) {
	b := NewBody(r, contentType)
	for {
		f, err := b.Next()
		if err != nil {
			return all, err
		}
		all = append(all, f)
	}
}

// TestBodyBelievesTheBytes: labels are missing or wrong, as real cameras send them.
func TestBodyBelievesTheBytes(t *testing.T) {
	a, b := string(picture(t, 1)), string(picture(t, 2))
	part := func(jpeg string) string { return "--x\r\nContent-Type: image/jpeg\r\n\r\n" + jpeg + "\r\n" }
	ffmpeg := "--ffmpeg\r\nContent-type: image/jpeg\r\nContent-length: "
	for name, tt := range map[string]struct {
		label, body string
		frames      int
	}{
		"parts":                           {"multipart/x-mixed-replace;boundary=x", part(a) + part(b), 2},
		"parts without a label":           {"", part(a) + part(b), 2},
		"parts as octets":                 {"application/octet-stream", part(a) + part(b), 2},
		"parts as a web page":             {"text/html; charset=utf-8", part(a) + part(b), 2},
		"parts as a picture":              {"image/jpeg", part(a) + part(b), 2},
		"parts after an empty line":       {"", "\r\n" + part(a) + part(b), 2},
		"parts, the first without its --": {"", "Content-Type: image/jpeg\r\n\r\n" + a + "\r\n" + part(b), 2},
		"in small letters":                {"", "content-type: image/jpeg\r\n\r\n" + a + "\r\n" + part(b), 2},
		"ffmpeg":                          {"application/octet-stream", ffmpeg + "9\r\n\r\n" + part(a), 1},
		"a picture":                       {"image/jpeg", a, 1},
		"a picture without a label":       {"", a, 1},
		"a picture as octets":             {"application/octet-stream", a, 1},
		"pictures":                        {"image/jpeg", a + b, 2},
		"pictures without a label":        {"", a + b + a, 3},
		"pictures as video":               {"video/x-motion-jpeg", a + b, 2},
		"pictures as parts":               {"multipart/x-mixed-replace;boundary=x", a + b, 2},
		"pictures with bytes between":     {"", a + "\r\n\r\n" + b, 2},
		"a picture after something else":  {"image/jpeg", "\x00\x00" + a, 1},
		"image/jpg":                       {"image/jpg;;", a, 1},
	} {
		for kind, src := range map[string]io.Reader{
			"at once": strings.NewReader(tt.body), "byte by byte": iotest.OneByteReader(strings.NewReader(tt.body)),
		} {
			all, err := readBody(src, tt.label)
			if !errors.Is(err, io.EOF) || len(all) != tt.frames {
				t.Errorf("%s, %s: %d frames, then %v", name, kind, len(all), err)
			}
			for _, f := range all {
				if jpeg := string(f.JPEG); jpeg != a && jpeg != b {
					t.Errorf("%s, %s: not what was sent", name, kind)
				}
			}
		}
	}
}

func TestBodyRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		label, body string
		words       string // in an error that wraps ErrNotStream; "" for the end
	}{
		"a web page":           {"text/html", "<!DOCTYPE html>", `"text/html"`},
		"a web page, no label": {"", "<html>", `type ""`},
		"a PNG":                {"image/png", "\x89PNG", "image/png"},
		"almost a JPEG":        {"", "\xff\xd9\xff", `type ""`},
		"almost a part":        {"", "-x", `type ""`},
		"blank":                {"", strings.Repeat(" ", 2*maxBlank) + "--x", `type ""`},
		"nothing":              {"image/jpeg", "", ""},
		"a picture cut off":    {"image/jpeg", string(picture(t, 1)[:100]), ""},
	} {
		all, err := readBody(strings.NewReader(tt.body), tt.label)
		if len(all) != 0 || errors.Is(err, ErrNotStream) != (tt.words != "") || !strings.Contains(err.Error(), tt.words) {
			t.Errorf("%s: %d frames, then %v", name, len(all), err)
		}
	}
	if _, err := readBody(endless{new(int)}, "image/jpeg"); !errors.Is(err, ErrNotStream) {
		t.Errorf("no picture without end: %v", err)
	}
}

// TestBodyWaitsForNoMoreThanItNeeds: a connection that stays open says no more.
func TestBodyWaitsForNoMoreThanItNeeds(t *testing.T) {
	a := picture(t, 1)
	for label, body := range map[string]string{"text/html": "<", "": string(a), "image/jpeg": string(a)} {
		r, w := io.Pipe()
		go func() { _, _ = w.Write([]byte(body)) }()
		if _, err := NewBody(r, label).Next(); (err == nil) != (len(body) > 1) {
			t.Errorf("%q: %v", label, err)
		}
		_ = r.Close()
	}
}

// FuzzBody checks that no body makes it loop, grow or hand out anything but SOI to
// EOI, and that a stream's frames need no label.
func FuzzBody(f *testing.F) {
	a := picture(f, 1)
	part := NewPart(a, time.Unix(1, 0), false)
	f.Add(append([]byte(Opening), part.Standard...), "application/octet-stream")
	f.Add(append(bytes.Clone(a), a...), "")
	f.Add([]byte("Content-Length: 3\n\n\xff\xd8\xff"), "image/jpeg")
	f.Add([]byte("\r\n--x--"), `multipart/mixed; boundary="--x"`)
	f.Fuzz(func(t *testing.T, in []byte, contentType string) {
		all, _ := readBody(bytes.NewReader(in), contentType)
		total := 0
		for _, frame := range all {
			total += len(frame.JPEG)
			if !bytes.HasPrefix(frame.JPEG, soi[:2]) || !bytes.HasSuffix(frame.JPEG, []byte{0xFF, markerEOI}) {
				t.Fatal("a frame is not SOI to EOI")
			}
		}
		if total > len(in) {
			t.Fatal("more came out than went in")
		}
		if bytes.HasPrefix(in, []byte("--")) {
			labelled, _ := readAll(t, bytes.NewReader(in), streamType)
			if bare, _ := readBody(bytes.NewReader(in), ""); len(bare) != len(labelled) {
				t.Fatalf("%d frames without a label, %d with one", len(bare), len(labelled))
			}
		}
	})
}

// Frames tell how many scans they have, whatever they come in.
func TestFramesTellTheirScans(t *testing.T) {
	one := picture(t, 1)
	sos, eoi := bytes.Index(one, []byte{0xFF, 0xDA}), len(one)-2
	scan := one[sos:eoi]
	seven := slices.Concat(one[:sos], bytes.Repeat(scan, 7), one[eoi:])
	for label, body := range map[string][]byte{
		"bare":  slices.Concat(one, seven, one),
		"parts": slices.Concat([]byte("--x\r\n\r\n"), one, []byte("\r\n--x\r\n\r\n"), seven, []byte("\r\n--x\r\n\r\n"), one),
	} {
		all, _ := readBody(bytes.NewReader(body), "")
		var scans []int
		for _, f := range all {
			scans = append(scans, f.Scans)
		}
		if !slices.Equal(scans, []int{1, 7, 1}) {
			t.Errorf("%s: %v", label, scans)
		}
	}
}
