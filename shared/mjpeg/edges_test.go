package mjpeg

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
)

// TestReaderHeaders: what stands between two pictures, line by line.
func TestReaderHeaders(t *testing.T) {
	a := string(picture(t, 1))
	long := strings.Repeat("x", 1100)
	many := ""
	for n := range 100 {
		many += fmt.Sprintf("X-%d: y\r\n", n)
	}
	for name, tt := range map[string]struct {
		between string
		headers int
		want    map[string]string
	}{
		"plain":              {"--x\r\nA: b\r\nContent-Type: image/jpeg\r\n\r\n", 2, map[string]string{"A": "b", "Content-Type": "image/jpeg"}},
		"LF only":            {"--x\nA: b\n\n", 1, map[string]string{"A": "b"}},
		"CR before CRLF":     {"--x\r\r\nA: b\r\r\n\r\n", 1, map[string]string{"A": "b"}},
		"no line":            {"--x\r\nno header\r\n\r\n", 0, nil},
		"a name with blanks": {"--x\r\nno header: but a sentence\r\nA: b\r\n\r\n", 1, map[string]string{"A": "b"}},
		"a long line":        {"--x\r\nA: " + long + "\r\nB: c\r\n\r\n", 1, map[string]string{"B": "c"}},
		"a very long line":   {"--x\r\nA: " + strings.Repeat("x", 64<<10) + "B: c\r\nC: d\r\n\r\n", 1, map[string]string{"C": "d"}},
		"many":               {"--x\r\n" + many + "\r\n", maxHeaderLines, nil},
		"another mark":       {"--x\r\n" + PlaceholderHeader + ": 0\r\n\r\n", 1, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := readAll(t, strings.NewReader(tt.between+a+"\r\n"), anyType)
			if !errors.Is(err, io.EOF) || len(got) != 1 {
				t.Fatalf("%d frames, %v", len(got), err)
			}
			if len(got[0].Header) != tt.headers || got[0].Placeholder {
				t.Errorf("headers %v, placeholder %v", got[0].Header, got[0].Placeholder)
			}
			for name, want := range tt.want {
				if value := got[0].Header.Get(name); value != want {
					t.Errorf("%s is %q, want %q", name, value, want)
				}
			}
		})
	}
}

// TestReaderClosing: the line that ends a stream is known however the boundary
// is written, and is no boundary of another part.
func TestReaderClosing(t *testing.T) {
	a := string(picture(t, 1))
	for _, contentType := range []string{
		"multipart/x-mixed-replace; boundary=x", "multipart/x-mixed-replace; boundary=--x", `Multipart/X-Mixed-Replace; boundary="x"`,
	} {
		for _, closing := range []string{"--x--\r\n", "----x--\r\n", "--x--\n"} {
			got, err := readAll(t, strings.NewReader("--x\r\n\r\n"+a+"\r\n"+closing+"--x\r\n\r\n"+a), contentType)
			if len(got) != 1 || !errors.Is(err, io.EOF) {
				t.Errorf("%s, %q: %d frames, %v", contentType, closing, len(got), err)
			}
		}
	}
	for _, odd := range []string{"MULTIPART/x-mixed-replace;boundary=a b", "Multipart/X-Mixed-Replace boundary=x"} {
		if _, err := NewReader(nil, odd); err != nil {
			t.Error(err)
		}
	}
}

func TestReaderCountsBrokenParts(t *testing.T) {
	a := string(picture(t, 1))
	r, err := NewReader(strings.NewReader("--x\r\nContent-Length: 100\r\n\r\n"+a[:100]+"\r\n--x\r\n\r\n"+a), anyType)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Next(); err != nil || r.Broken() != 1 {
		t.Errorf("%d broken parts, %v", r.Broken(), err)
	}
}

// TestReaderGivesUpOnBrokenPictures, however much of the stream they are.
func TestReaderGivesUpOnBrokenPictures(t *testing.T) {
	const size = 60_000
	a := picture(t, 1)
	part := fmt.Sprintf("--x\r\nContent-Length: %d\r\n\r\n%s%s", size, a[:len(a)-2], bytes.Repeat([]byte{0x55}, size-len(a)+2))
	if got, err := readAll(t, strings.NewReader(strings.Repeat(part, 3*maxBetween/size)), anyType); !errors.Is(err, ErrNotStream) {
		t.Errorf("%d frames, %v", len(got), err)
	}
}

// TestReaderTakesNoMoreThanAPictureNeeds: a small picture that never ends.
func TestReaderTakesNoMoreThanAPictureNeeds(t *testing.T) {
	a := picture(t, 1)
	src := io.MultiReader(strings.NewReader("--x\r\n\r\n"), bytes.NewReader(a[:len(a)-2]), io.LimitReader(endless{new(int)}, MaxFrame))
	r, err := NewReader(src, anyType)
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err = r.Next()
	runtime.ReadMemStats(&after)
	if cost := after.TotalAlloc - before.TotalAlloc; !errors.Is(err, ErrNotStream) || cost > 8*mostBesides {
		t.Errorf("%v, and it cost %d bytes", err, cost)
	}
}

// TestReaderBelievesNoLength: a length is a hint, and reserves little.
func TestReaderBelievesNoLength(t *testing.T) {
	a := string(picture(t, 1))
	for _, length := range []string{"-1", "-99999999999999999999", "0", "x", fmt.Sprint(MaxFrame), fmt.Sprint(MaxFrame + 1), "99999999999"} {
		r, err := NewReader(strings.NewReader("--x\r\nContent-Length: "+length+"\r\n\r\n"+a+"\r\n"), anyType)
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		f, err := r.Next()
		runtime.ReadMemStats(&after)
		if err != nil || string(f.JPEG) != a || r.Broken() != 0 {
			t.Errorf("length %s: %d bytes, %d broken, %v", length, len(f.JPEG), r.Broken(), err)
		}
		if cost := after.TotalAlloc - before.TotalAlloc; cost > 2*maxHint {
			t.Errorf("length %s: it cost %d bytes", length, cost)
		}
	}
}

// segments builds a JPEG from parts of a real one.
func segments(t *testing.T) (head, frame, rest []byte) {
	t.Helper()
	a := picture(t, 1)
	sof := bytes.Index(a, []byte{0xFF, 0xC0})
	end := sof + 2 + int(a[sof+2])<<8 + int(a[sof+3])
	return a[:sof], a[sof:end], a[end:]
}

// TestWhatIsAJPEG: Scanner and Reader agree on what a whole picture is.
func TestWhatIsAJPEG(t *testing.T) {
	head, frame, rest := segments(t)
	scan, eoi := rest[:len(rest)-2], rest[len(rest)-2:]
	cat := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	sos := bytes.Index(scan, []byte{0xFF, markerSOS})
	thumbnail := withThumbnail(t, head[:2], picture(t, 2))[2:]
	for name, tt := range map[string]struct {
		jpeg []byte
		ok   bool
	}{
		"a picture":                    {cat(head, frame, rest), true},
		"restart markers":              {cat(head, frame, scan, []byte{0xFF, 0xD0, 0x12, 0xFF, 0xD7, 0x34}, eoi), true},
		"stuffed bytes":                {cat(head, frame, scan, []byte{0xFF, 0, 0xFF, 0}, eoi), true},
		"fill bytes before EOI":        {cat(head, frame, scan, []byte{0xFF, 0xFF, 0xFF}, eoi), true},
		"TEM between segments":         {cat(head, []byte{0xFF, markerTEM}, frame, rest), true},
		"RST between segments":         {cat(head, []byte{0xFF, 0xD3}, frame, rest), true},
		"no frame header":              {cat(head, rest), false},
		"no scan":                      {cat(head, frame, scan[:sos], eoi), false},
		"a segment of length 0":        {cat(head, []byte{0xFF, 0xE1, 0, 0}, frame, rest), false},
		"a segment of length 1":        {cat(head, []byte{0xFF, 0xE1, 0, 1}, frame, rest), false},
		"a reserved marker":            {cat(head, []byte{0xFF, 0x02, 0, 2}, frame, rest), false},
		"another SOI":                  {cat(head, []byte{0xFF, markerSOI, 0, 2}, frame, rest), false},
		"a lossless picture":           {cat(head, []byte{0xFF, 0xC3}, frame[2:], rest), false},
		"a segment of JPEG-LS":         {cat(head, []byte{0xFF, 0xF8, 0, 2}, frame, rest), false},
		"two frame headers":            {cat(head, frame, frame, rest), false},
		"a scan before its header":     {cat(head, scan, frame, rest), false},
		"no height":                    {cat(head, frame[:5], []byte{0, 0}, frame[7:], rest), false},
		"a byte after SOI":             {cat(head[:2], []byte{0x00}, head[2:], frame, rest), true},
		"a byte between two segments":  {cat(head, []byte{0x00}, frame, rest), true},
		"bytes before every segment":   {cat(head, []byte{0xFF, 0, 1}, frame, []byte("stray"), scan[:sos], []byte{0xFF, 0xFF, 0}, scan[sos:], eoi), true},
		"a thumbnail and a byte":       {cat(head[:2], thumbnail, []byte{0}, head[2:], frame, rest), true},
		"stray bytes without end":      {cat(head, bytes.Repeat([]byte{0}, mostBesides), frame, rest), false},
		"two scans":                    {cat(head, frame, scan, scan[sos:], eoi), true},
		"Huffman tables after the SOF": {cat(head, frame, []byte{0xFF, 0xC4, 0, 2}, rest), true},
	} {
		t.Run(name, func(t *testing.T) {
			all, _ := scanAll(t, bytes.NewReader(tt.jpeg))
			if whole := len(all) == 1 && bytes.Equal(all[0], tt.jpeg); whole != tt.ok {
				t.Errorf("the Scanner takes it: %v", whole)
			}
			got, _ := readAll(t, strings.NewReader("--x\r\n\r\n"+string(tt.jpeg)+"\r\n--x--\r\n"), anyType)
			if whole := len(got) == 1 && bytes.Equal(got[0].JPEG, tt.jpeg); whole != tt.ok {
				t.Errorf("the Reader takes it: %v", whole)
			}
		})
	}
}

// TestScannerCostsLinearTime: of hostile bytes that begin a picture over and
// over, each with a segment that leads into the same dead end, not every
// beginning is tried.
func TestScannerCostsLinearTime(t *testing.T) {
	const beginnings, segment = 20_000, 0x8000
	a := picture(t, 1)
	hostile := bytes.Repeat([]byte{0xFF, 0xD8, 0xFF, 0xE0, segment >> 8, 0}, beginnings)
	all, counts := scanAll(t, bytes.NewReader(bytes.Join([][]byte{hostile, make([]byte, 2*segment), a}, nil)))
	if len(all) != 1 || counts.Broken > beginnings/10 {
		t.Errorf("%d frames, %+v", len(all), counts)
	}
}

// TestScannerKeepsTheFrameAfterATornOne: cameras write a frame at a time, so it
// ends where a read does. One that was torn inside a segment swallows the
// beginning of the next, which is believed only when a third follows it.
func TestScannerKeepsTheFrameAfterATornOne(t *testing.T) {
	a, b, c := picture(t, 1), picture(t, 2), picture(t, 3)
	got, counts := scanAll(t, io.MultiReader(bytes.NewReader(a[:40]), bytes.NewReader(b), bytes.NewReader(c)))
	if len(got) != 2 || !bytes.Equal(got[0], b) || !bytes.Equal(got[1], c) || counts.Broken != 1 {
		t.Errorf("%d frames, %+v", len(got), counts)
	}
}

// TestScannerForgetsItsDoubt: a frame that only follows a broken one is no
// thumbnail of it, wherever in the buffer both lie.
func TestScannerForgetsItsDoubt(t *testing.T) {
	head, _, _ := segments(t)
	a := picture(t, 1)
	first := bytes.Join([][]byte{make([]byte, firstBuffer-leastRead), head, make([]byte, 100)}, nil) // fills the buffer
	all, counts := scanAll(t, io.MultiReader(bytes.NewReader(first), bytes.NewReader(append(a, 0, 0, 0))))
	if len(all) != 1 || counts.Broken != 1 {
		t.Errorf("%d frames, %+v", len(all), counts)
	}
}

func TestScannerEndsWithASourceThatGivesNothing(t *testing.T) {
	s := NewScanner(nothing{}, nil)
	if _, _, err := s.Next(); !errors.Is(err, io.ErrNoProgress) {
		t.Error(err)
	}
	timeout := iotest.TimeoutReader(iotest.OneByteReader(bytes.NewReader(picture(t, 1))))
	if _, _, err := NewScanner(timeout, nil).Next(); !errors.Is(err, iotest.ErrTimeout) {
		t.Error(err)
	}
}

type nothing struct{}

func (nothing) Read([]byte) (int, error) { return 0, nil }

// TestStrayBytesGlueNothing: where bytes between segments are skipped, a torn
// picture and the one after it must not become one, wherever it was cut.
func TestStrayBytesGlueNothing(t *testing.T) {
	a, b, c := picture(t, 1), picture(t, 2), picture(t, 3)
	exif := withThumbnail(t, a, b)
	glued := 0
	for name, torn := range map[string][]byte{"plain": a, "with thumbnail": exif} {
		for cut := 2; cut < len(torn); cut++ {
			in := bytes.Join([][]byte{torn[:cut], c, b, c}, nil)
			all, _ := scanAll(t, bytes.NewReader(in))
			for _, f := range all {
				if !bytes.Equal(f, b) && !bytes.Equal(f, c) {
					glued++
					t.Logf("%s, cut at %d: a picture of %d bytes was made up", name, cut, len(f))
				}
			}
			if last := all[len(all)-1]; !bytes.Equal(last, c) {
				t.Errorf("%s, cut at %d: the last picture is lost", name, cut)
			}
		}
	}
	if glued > 0 {
		t.Errorf("%d pictures were made up", glued)
	}
}
