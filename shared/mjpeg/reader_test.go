package mjpeg

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

const anyType = "multipart/x-mixed-replace; boundary=x"

// readAll returns all frames of a stream and the error that ended it.
func readAll(t testing.TB, r io.Reader, contentType string) ([]Frame, error) {
	t.Helper()
	rd, err := NewReader(r, contentType)
	if err != nil {
		return nil, err
	}
	var all []Frame
	for {
		f, err := rd.Next()
		if err != nil {
			return all, err
		}
		all = append(all, f)
	}
}

func TestPartsAreStandardMultipart(t *testing.T) {
	a, b := picture(t, 1), picture(t, 2)
	at := time.Unix(1700000000, 42_000)
	stream := []byte(Opening)
	for _, jpeg := range [][]byte{a, b} {
		stream = append(stream, NewPart(jpeg, at, false).Standard...)
	}
	_, params, err := mime.ParseMediaType(ContentType)
	if err != nil {
		t.Fatal(err)
	}
	std := multipart.NewReader(bytes.NewReader(stream), params["boundary"])
	for i, want := range [][]byte{a, b} {
		p, err := std.NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		body := make([]byte, len(want))
		if _, err := io.ReadFull(p, body); err != nil || !bytes.Equal(body, want) {
			t.Errorf("part %d is not the JPEG (%v)", i, err)
		}
		if n := p.Header.Get("Content-Length"); n != strconv.Itoa(len(want)) {
			t.Errorf("part %d: Content-Length %s, want %d", i, n, len(want))
		}
		if got := p.Header.Get(TimestampHeader); got != "1700000000.000042" {
			t.Errorf("part %d: timestamp %s", i, got)
		}
		if p.Header.Get("Content-Type") != "image/jpeg" {
			t.Errorf("part %d: type %s", i, p.Header.Get("Content-Type"))
		}
	}
}

func TestReaderReadsWhatWeSend(t *testing.T) {
	a, b := picture(t, 1), picture(t, 2)
	at := time.Unix(1700000000, 0)
	for _, advance := range []bool{false, true} {
		stream := []byte(Opening)
		for i, jpeg := range [][]byte{a, b, a} {
			p := NewPart(jpeg, at, i == 1)
			if advance {
				stream = append(append(stream, p.AdvanceHeader()...), p.Again...)
			} else {
				stream = append(stream, p.Standard...)
			}
		}
		for _, r := range []io.Reader{bytes.NewReader(stream), iotest.OneByteReader(bytes.NewReader(stream))} {
			got, err := readAll(t, r, ContentType)
			if !errors.Is(err, io.EOF) || len(got) != 3 || !bytes.Equal(got[1].JPEG, b) {
				t.Fatalf("advance %v: %d frames, %v", advance, len(got), err)
			}
			if !got[1].Placeholder || got[0].Placeholder || got[2].Placeholder {
				t.Error("the placeholder mark is lost or made up")
			}
		}
	}
}

func TestReaderLivesWithOtherCameras(t *testing.T) {
	a, b := picture(t, 1), picture(t, 2)
	exif := withThumbnail(t, a, b)
	part := func(eol, boundary string, header string, jpeg []byte) string {
		return boundary + eol + header + eol + string(jpeg) + eol
	}
	length := func(jpeg []byte) string { return fmt.Sprintf("Content-Length: %d\r\n", len(jpeg)) }
	tests := []struct {
		name, contentType, stream string
		want                      [][]byte
	}{
		{"LF only", anyType, part("\n", "--x", "Content-Type: image/jpeg\n", a) + part("\n", "--x", "", b) + "--x\n", [][]byte{a, b}},
		{"boundary with dashes", `multipart/x-mixed-replace;boundary=--x`, part("\r\n", "--x", length(a), a) + part("\r\n", "--x", length(b), b), [][]byte{a, b}},
		{"quoted boundary", `multipart/x-mixed-replace; boundary="a b"`, part("\r\n", "--a b", length(a), a), [][]byte{a}},
		{"unquoted blanks", `multipart/x-mixed-replace; boundary=a b`, part("\r\n", "--a b", length(a), a), [][]byte{a}},
		{"no boundary said", `multipart/x-mixed-replace`, part("\r\n", "--whatever", length(a), a), [][]byte{a}},
		{"no lengths", anyType, part("\r\n", "--x", "", a) + part("\r\n", "--x", "", exif) + part("\r\n", "--x", "", b), [][]byte{a, exif, b}},
		{"no first boundary", anyType, length(a) + "\r\n" + string(a) + part("\r\n", "\r\n--x", length(b), b), [][]byte{a, b}},
		{"empty part", anyType, part("\r\n", "--x", "", nil) + part("\r\n", "--x", length(a), a), [][]byte{a}},
		{"not a JPEG in between", anyType, part("\r\n", "--x", "", []byte("GIF89a\xff\xd8\n\xff\xff")) + part("\r\n", "--x", length(a), a), [][]byte{a}},
		{"truncated part", anyType, part("\r\n", "--x", length(a[:100]), a[:100]) + part("\r\n", "--x", length(b), b), [][]byte{b}},
		{"truncated, no length", anyType, part("\r\n", "--x", "", a[:len(a)-20]) + part("\r\n", "--x", "", b), [][]byte{b}},
		{"padding behind EOI", anyType, part("\r\n", "--x", fmt.Sprintf("Content-Length: %d\r\n", len(a)+8), append(bytes.Clone(a), make([]byte, 8)...)) + part("\r\n", "--x", length(b), b), [][]byte{a, b}},
		{"absurd length", anyType, part("\r\n", "--x", "Content-Length: 99999999999\r\n", a) + part("\r\n", "--x", "Content-Length: -5\r\n", b), [][]byte{a, b}},
		{"closing boundary", anyType, part("\r\n", "--x", length(a), a) + "--x--\r\n" + part("\r\n", "--x", length(b), b), [][]byte{a}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, r := range []io.Reader{strings.NewReader(tt.stream), iotest.OneByteReader(strings.NewReader(tt.stream))} {
				got, err := readAll(t, r, tt.contentType)
				if !errors.Is(err, io.EOF) {
					t.Errorf("ended with %v", err)
				}
				if len(got) != len(tt.want) {
					t.Fatalf("got %d frames, want %d", len(got), len(tt.want))
				}
				for i := range got {
					if !bytes.Equal(got[i].JPEG, tt.want[i]) {
						t.Errorf("frame %d is not the one sent", i)
					}
				}
			}
		})
	}
}

// TestReaderBelievesTheJPEGNotTheLength: cameras that count wrong still send
// whole pictures, one after the other.
func TestReaderBelievesTheJPEGNotTheLength(t *testing.T) {
	a, b := picture(t, 1), picture(t, 2)
	for _, wrong := range []int{-len(a) + 1, -len(a) / 2, -3, -2, -1, 1, 2, 40, 100_000} {
		part := func(jpeg []byte) string {
			return fmt.Sprintf("--x\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n", len(jpeg)+wrong, jpeg)
		}
		for name, r := range map[string]io.Reader{
			"at once":      strings.NewReader(part(a) + part(b) + part(a)),
			"byte by byte": iotest.OneByteReader(strings.NewReader(part(a) + part(b) + part(a))),
		} {
			got, err := readAll(t, r, anyType)
			if !errors.Is(err, io.EOF) || len(got) != 3 || !bytes.Equal(got[0].JPEG, a) || !bytes.Equal(got[1].JPEG, b) {
				t.Errorf("length wrong by %d, %s: %d frames, %v", wrong, name, len(got), err)
			}
		}
	}
}

// TestReaderWaitsForNoOtherPart: a part that is longer than it claims is read
// when its last byte is there, although the next part is not.
func TestReaderWaitsForNoOtherPart(t *testing.T) {
	a := picture(t, 1)
	src, camera := io.Pipe()
	go func() { _, _ = fmt.Fprintf(camera, "--x\r\nContent-Length: %d\r\n\r\n%s", len(a)-1, a) }() // and nothing more
	defer src.Close()
	r, err := NewReader(src, anyType)
	if err != nil {
		t.Fatal(err)
	}
	if f, err := r.Next(); err != nil || !bytes.Equal(f.JPEG, a) {
		t.Errorf("%d bytes, %v", len(f.JPEG), err)
	}
}

// TestReaderKeepsAHeaderThatATornPictureSwallowed: the next picture keeps its
// own header, and with it the mark that nobody took it.
func TestReaderKeepsAHeaderThatATornPictureSwallowed(t *testing.T) {
	a, b := picture(t, 1), picture(t, 2)
	for _, cut := range []int{len(a) - 1, len(a) - 2, len(a) - 50} {
		for _, length := range []string{"", fmt.Sprintf("Content-Length: %d\r\n", len(a)+500)} {
			stream := "--x\r\n" + length + "\r\n" + string(a[:cut]) + "\r\n--x\r\n" + PlaceholderHeader + ": 1\r\n\r\n" + string(b) + "\r\n--x\r\n\r\n" + string(a)
			got, err := readAll(t, strings.NewReader(stream), anyType)
			if !errors.Is(err, io.EOF) || len(got) != 2 || !bytes.Equal(got[0].JPEG, b) {
				t.Fatalf("cut at %d: %d frames, %v", cut, len(got), err)
			}
			if !got[0].Placeholder || got[1].Placeholder {
				t.Errorf("cut at %d: placeholder %v, then %v", cut, got[0].Placeholder, got[1].Placeholder)
			}
		}
	}
}

func TestReaderKeepsThePartsHeadersApart(t *testing.T) {
	a := picture(t, 1)
	stream := "--x\r\n" + PlaceholderHeader + ": 1\r\nContent-Length: 3\r\n\r\n\r\n--x\r\n\r\n" + string(a)
	got, _ := readAll(t, strings.NewReader(stream), anyType)
	if len(got) != 1 || got[0].Placeholder || len(got[0].Header) != 0 {
		t.Errorf("the second part has the first one's header: %v", got)
	}
}

func TestPartBytes(t *testing.T) {
	p := NewPart([]byte("JPEG"), time.Unix(12, 34000), true)
	if got, want := string(p.Standard), "Content-Type: image/jpeg\r\nContent-Length: 4\r\nX-Timestamp: 12.000034\r\nX-PiGrid-Placeholder: 1\r\n\r\nJPEG\r\n--pigridframe\r\n"; got != want {
		t.Errorf("standard part\n%q, want\n%q", got, want)
	}
	if got, want := string(p.Advance), "JPEG\r\n--pigridframe\r\nContent-Type: image/jpeg\r\nX-PiGrid-Placeholder: 1\r\n\r\n"; got != want {
		t.Errorf("advance part\n%q, want\n%q", got, want)
	}
}

func TestReaderRefuses(t *testing.T) {
	a := picture(t, 1)
	for name, tt := range map[string]struct {
		contentType, stream string
		want                error
	}{
		"another type":     {"text/html", "<html>", ErrNotStream},
		"no type":          {"", "", ErrNotStream},
		"endless text":     {anyType, strings.Repeat("no picture\n", 200_000), ErrNotStream},
		"an endless line":  {anyType, strings.Repeat("x", 2<<20), ErrNotStream},
		"endless headers":  {anyType, "--x\r\n" + strings.Repeat("A: b\r\n", 300_000), ErrNotStream},
		"ends in a JPEG":   {anyType, "--x\r\n\r\n" + string(a[:200]), io.ErrUnexpectedEOF},
		"empty":            {anyType, "", io.EOF},
		"only empty parts": {anyType, strings.Repeat("--x\r\n\r\n\xff\xd8\xff\xd9\r\n", 200_000), ErrNotStream},
	} {
		if _, err := readAll(t, strings.NewReader(tt.stream), tt.contentType); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}

func TestSize(t *testing.T) {
	a := picture(t, 3)
	for name, tt := range map[string]struct {
		jpeg []byte
		w, h int
		ok   bool
	}{
		"plain":       {a, 35, 24, true},
		"thumbnail":   {withThumbnail(t, a, picture(t, 1)), 35, 24, true},
		"truncated":   {a[:100], 0, 0, false},
		"nothing":     {nil, 0, 0, false},
		"zero length": {[]byte{0xFF, 0xD8, 0xFF, 0xE0, 0, 0, 0, 0, 0, 0, 0, 0}, 0, 0, false},
	} {
		if w, h, ok := Size(tt.jpeg); w != tt.w || h != tt.h || ok != tt.ok {
			t.Errorf("%s: %d x %d, %v", name, w, h, ok)
		}
	}
}

// FuzzReader checks that no stream makes the Reader loop, grow or hand out
// anything but one picture, SOI to EOI.
func FuzzReader(f *testing.F) {
	a := picture(f, 1)
	p := NewPart(a, time.Unix(1, 0), true)
	f.Add(append([]byte(Opening), p.Standard...), ContentType)
	f.Add(append(append([]byte(Opening), p.AdvanceHeader()...), p.Advance...), ContentType)
	f.Add([]byte("--x\nContent-Length: 3\n\n\xff\xd8\xff"), anyType)
	f.Add(fmt.Appendf(nil, "--x\r\nContent-Length: %d\r\n\r\n%s\r\n--x\r\n\r\n%s\x00%s", len(a)-2, a, a[:2], a[2:]), anyType)
	f.Add([]byte("--x--"), `multipart/mixed; boundary="--x"`)
	f.Fuzz(func(t *testing.T, in []byte, contentType string) {
		all, err := readAll(t, bytes.NewReader(in), contentType)
		if err == nil {
			t.Fatal("a stream that ends must end with an error")
		}
		total := 0
		for _, frame := range all {
			total += len(frame.JPEG)
			if !bytes.HasPrefix(frame.JPEG, soi) || !bytes.HasSuffix(frame.JPEG, []byte{0xFF, markerEOI}) {
				t.Fatal("a frame is not SOI to EOI")
			}
			mustDecode(t, frame.JPEG)
		}
		if total > len(in) {
			t.Fatal("more came out than went in")
		}
	})
}

// A megabyte of beginnings was copied 64 KiB at a time, and took 15 s to read.
func TestReaderReadsBeginningsOfPicturesCheaply(t *testing.T) {
	want := picture(t, 1)
	body := slices.Concat([]byte("--x\r\n\r\n"), bytes.Repeat([]byte("\xff\xd8\x00"), 330_000), want)
	r, err := NewReader(bytes.NewReader(body), anyType)
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f, err := r.Next()
	runtime.ReadMemStats(&after)
	if err != nil || !bytes.Equal(f.JPEG, want) || f.Between != len(body)-len(want) {
		t.Errorf("%d bytes between, %v", f.Between, err)
	}
	if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 64 {
		t.Errorf("%d MiB of memory for one of bytes", took)
	}
}
