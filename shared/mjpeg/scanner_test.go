package mjpeg

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"os"
	"testing"
	"testing/iotest"
	"time"
)

// recorded is what the real rpicam-vid wrote: ten frames of 640x480.
func recorded(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/s640_frames10.mjpeg")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// picture is a small valid JPEG; different seeds give different ones.
func picture(t testing.TB, seed int) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 32+seed%7, 24))
	rnd := rand.New(rand.NewPCG(uint64(seed), 7))
	for i := range img.Pix {
		img.Pix[i] = byte(rnd.UintN(256))
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withThumbnail puts a whole JPEG into an APP1 segment, as EXIF does.
func withThumbnail(t testing.TB, outer, thumbnail []byte) []byte {
	t.Helper()
	app1 := []byte{0xFF, 0xE1, 0, 0}
	app1 = append(app1, "Exif\x00\x00II*\x00"...)
	app1 = append(app1, thumbnail...)
	app1 = append(app1, "rest of the segment"...)
	binary.BigEndian.PutUint16(app1[2:], uint16(len(app1)-2))
	return bytes.Join([][]byte{outer[:2], app1, outer[2:]}, nil)
}

// scanAll returns copies of all frames in src.
func scanAll(t testing.TB, src io.Reader) ([][]byte, Counts) {
	t.Helper()
	s := NewScanner(src, nil)
	var all [][]byte
	for {
		f, _, err := s.Next()
		if errors.Is(err, io.EOF) {
			return all, s.Counts()
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, bytes.Clone(f))
	}
}

func TestScannerCutsRecordedBytes(t *testing.T) {
	data := recorded(t)
	readers := map[string]io.Reader{
		"at once":      bytes.NewReader(data),
		"byte by byte": iotest.OneByteReader(bytes.NewReader(data)),
		"halves":       iotest.HalfReader(bytes.NewReader(data)),
		"data and EOF": iotest.DataErrReader(bytes.NewReader(data)),
	}
	for name, r := range readers {
		all, counts := scanAll(t, r)
		if len(all) != 10 || counts.Broken != 0 || counts.Garbage != 0 {
			t.Errorf("%s: %d frames, %+v; want 10 and nothing else", name, len(all), counts)
		}
		if !bytes.Equal(bytes.Join(all, nil), data) {
			t.Errorf("%s: the frames are not the bytes of the camera", name)
		}
	}
}

func TestScanner(t *testing.T) {
	a, b, c := picture(t, 1), picture(t, 2), picture(t, 3)
	exif := withThumbnail(t, b, c)
	cut := func(f []byte, share float64) []byte { return f[:int(float64(len(f))*share)] }
	huge := append(bytes.Clone(a[:len(a)-2]), bytes.Repeat([]byte{0x55}, MaxFrame)...)
	tests := []struct {
		name string
		in   [][]byte
		want [][]byte
	}{
		{"nothing", nil, nil},
		{"garbage only", [][]byte{[]byte("no picture here")}, nil},
		{"one", [][]byte{a}, [][]byte{a}},
		{"back to back", [][]byte{a, b, c}, [][]byte{a, b, c}},
		{"garbage between", [][]byte{[]byte("banner\n"), a, []byte("\r\n--x\r\n"), b, {0, 0, 0}}, [][]byte{a, b}},
		{"thumbnail inside", [][]byte{a, exif, a}, [][]byte{a, exif, a}},
		{"cut in the scan", [][]byte{a, cut(b, .9), c}, [][]byte{a, c}},
		{"cut in the header", [][]byte{a, cut(b, .1), c, a}, [][]byte{a, c, a}},
		{"cut behind SOI", [][]byte{b[:2], a, c}, [][]byte{a, c}},
		{"cut behind the thumbnail", [][]byte{a, exif[:len(c)+30], a, b}, [][]byte{a, a, b}},
		{"cut inside the thumbnail", [][]byte{a, exif[:len(c)/2], a, b}, [][]byte{a, a, b}},
		{"head missing", [][]byte{a[10:], b}, [][]byte{b}},
		{"cut at the end", [][]byte{a, cut(b, .5)}, [][]byte{a}},
		{"SOI and EOI alone", [][]byte{{0xFF, 0xD8, 0xFF, 0xD9}, a}, [][]byte{a}},
		{"fill bytes", [][]byte{a[:2], {0xFF, 0xFF}, a[2:]}, [][]byte{bytes.Join([][]byte{a[:2], {0xFF, 0xFF}, a[2:]}, nil)}},
		{"larger than the limit", [][]byte{huge, b, c}, [][]byte{b, c}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, _ := scanAll(t, bytes.NewReader(bytes.Join(tt.in, nil)))
			if len(got) != len(tt.want) {
				t.Fatalf("got %d frames, want %d", len(got), len(tt.want))
			}
			for i := range got {
				if !bytes.Equal(got[i], tt.want[i]) {
					t.Errorf("frame %d is not the one sent", i)
				}
			}
		})
	}
}

func TestScannerReturnsAFrameWithoutWaitingForTheNext(t *testing.T) {
	r, w := io.Pipe()
	a := picture(t, 1)
	go func() { _, _ = w.Write(a) }() // and nothing more
	f, _, err := NewScanner(r, nil).Next()
	if err != nil || !bytes.Equal(f, a) {
		t.Fatalf("got %d bytes, %v", len(f), err)
	}
	_ = r.Close()
}

func TestScannerTellsWhenTheFirstByteCame(t *testing.T) {
	a := picture(t, 1)
	start := time.Unix(1000, 0)
	reads := 0
	now := func() time.Time { reads++; return start.Add(time.Duration(reads) * time.Second) }
	src := io.MultiReader(bytes.NewReader([]byte("banner")), bytes.NewReader(a[:50]), bytes.NewReader(a[50:]))
	_, at, err := NewScanner(src, now).Next()
	if want := start.Add(2 * time.Second); err != nil || !at.Equal(want) {
		t.Errorf("got %v, %v; want %v, the time of the second read", at, err, want)
	}
}

func TestScannerReportsTheSourcesError(t *testing.T) {
	broken := errors.New("broken pipe")
	src := io.MultiReader(bytes.NewReader(picture(t, 1)), iotest.ErrReader(broken))
	s := NewScanner(src, nil)
	if _, _, err := s.Next(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Next(); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
}

func TestScannerGivesMemoryBackAfterAHugeFrame(t *testing.T) {
	a := picture(t, 1)
	huge := append(bytes.Clone(a[:len(a)-2]), bytes.Repeat([]byte{0x55}, MaxFrame)...)
	in := append(huge, bytes.Repeat(a, 2000)...)
	s := NewScanner(bytes.NewReader(in), nil)
	n := 0
	for ; ; n++ {
		if _, _, err := s.Next(); err != nil {
			break
		}
	}
	if n != 2000 || cap(s.buf) > 4*firstBuffer {
		t.Errorf("%d frames, %d bytes of buffer left; want 2000 and at most %d", n, cap(s.buf), 4*firstBuffer)
	}
}

// endless is an entropy-coded segment that never ends. It sees how much room
// there is to read it into.
type endless struct{ room *int }

func (e endless) Read(p []byte) (int, error) {
	*e.room = max(*e.room, len(p))
	for i := range p {
		p[i] = 0x55
	}
	return len(p), nil
}

func TestScannerGivesUpAFrameWithoutEnd(t *testing.T) {
	a := picture(t, 1)
	room := 0
	src := io.MultiReader(bytes.NewReader(a[:len(a)-2]), io.LimitReader(endless{&room}, 3*MaxFrame), bytes.NewReader(a))
	s := NewScanner(src, nil)
	f, _, err := s.Next()
	if err != nil || !bytes.Equal(f, a) || s.Counts().Garbage < 3*MaxFrame {
		t.Errorf("%d bytes, %v, %+v", len(f), err, s.Counts())
	}
	if room > 2*mostBesides {
		t.Errorf("%d bytes of room for so small a picture", room)
	}
}

// TestScannerLimits: a large picture may be large, a small one may not.
func TestScannerLimits(t *testing.T) {
	a := picture(t, 1)
	sof := bytes.Index(a, []byte{0xFF, 0xC0})
	sized := func(width, height, bytesMore int) []byte {
		f := bytes.Clone(a[:len(a)-2])
		copy(f[sof+5:], []byte{byte(height >> 8), byte(height), byte(width >> 8), byte(width)})
		return append(append(f, bytes.Repeat([]byte{0x55}, bytesMore)...), 0xFF, markerEOI)
	}
	for _, tt := range []struct {
		width, height, bytes int
		ok                   bool
	}{
		{640, 480, 3 << 20, true},
		{640, 480, 4 << 20, false},
		{9152, 6944, 31 << 20, true},
		{9152, 6944, MaxFrame, false},
		{0, 0, 1 << 10, false}, // libjpeg decodes none
	} {
		f := sized(tt.width, tt.height, tt.bytes)
		for name, src := range map[string]io.Reader{"at once": bytes.NewReader(append(f, a...)), "in pieces": io.MultiReader(bytes.NewReader(f), bytes.NewReader(a))} {
			got, counts := scanAll(t, src)
			if whole := len(got) == 2 && bytes.Equal(got[0], f); whole != tt.ok || !bytes.Equal(got[len(got)-1], a) {
				t.Errorf("%dx%d with %d bytes, %s: %d frames, %+v", tt.width, tt.height, len(f), name, len(got), counts)
			}
		}
	}
}

// FuzzScanner checks what viewers rely on: whatever comes in, frames are whole,
// in order and not made up, and cutting the input differently changes nothing.
// Where djpeg is installed, libjpeg judges what is whole.
func FuzzScanner(f *testing.F) {
	a, b := picture(f, 1), picture(f, 2)
	sof := bytes.Index(a, []byte{0xFF, 0xC0})
	f.Add(bytes.Join([][]byte{a[:sof], {0}, a[sof:]}, nil), uint16(9))
	f.Add(bytes.Join([][]byte{a[:2], []byte("stray\xff\x00"), a[2:sof], {0xFF, 0xFF, 0}, a[sof:]}, nil), uint16(1))
	f.Add(bytes.Join([][]byte{a[:sof-3], b}, nil), uint16(1))
	f.Add(append(bytes.Clone(a), b...), uint16(7))
	f.Add(append(a[:len(a)/2:len(a)/2], b...), uint16(1))
	f.Add(withThumbnail(f, a, b), uint16(100))
	f.Add([]byte{0xFF, 0xD8, 0xFF, 0xE0, 0, 1, 0xFF, 0xD8, 0xFF}, uint16(3))
	f.Fuzz(func(t *testing.T, in []byte, step uint16) {
		all, counts := scanAll(t, bytes.NewReader(in))
		rest, total := in, 0
		for _, frame := range all {
			if !bytes.HasPrefix(frame, soi) || !bytes.HasSuffix(frame, []byte{0xFF, markerEOI}) {
				t.Fatal("a frame is not SOI to EOI")
			}
			i := bytes.Index(rest, frame)
			if i < 0 {
				t.Fatal("a frame was made up or came out of order")
			}
			rest = rest[i+len(frame):]
			total += len(frame)
			mustDecode(t, frame)
		}
		if uint64(total)+counts.Garbage != uint64(len(in)) {
			t.Fatalf("%d bytes in, %d in frames, %d garbage", len(in), total, counts.Garbage)
		}
		again, _ := scanAll(t, &stepReader{in, max(1, int(step%4096))})
		if !bytes.Equal(bytes.Join(again, nil), bytes.Join(all, nil)) {
			t.Fatal("other reads, other frames")
		}
		mustPass(t, in)
	})
}

// stepReader returns at most step bytes a read.
type stepReader struct {
	data []byte
	step int
}

func (r *stepReader) Read(p []byte) (int, error) {
	if len(r.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.data[:min(r.step, len(r.data))])
	r.data = r.data[n:]
	return n, nil
}

func BenchmarkScanner(b *testing.B) {
	data := recorded(b)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		scanAll(b, bytes.NewReader(data))
	}
}
