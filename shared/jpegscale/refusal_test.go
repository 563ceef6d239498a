package jpegscale

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"slices"
	"strings"
	"testing"

	"pigrid/shared/mjpeg"
)

// change returns a JPEG with one segment changed: replaced by what f returns.
func change(t testing.TB, src []byte, marker byte, f func(segment []byte) []byte) []byte {
	t.Helper()
	for s := range mjpeg.Segments(src) {
		if s.Marker == marker {
			return slices.Concat(src[:s.At], f(bytes.Clone(src[s.At:s.End])), src[s.End:])
		}
	}
	t.Fatalf("no segment %x", marker)
	return nil
}

func set(at int, to byte) func([]byte) []byte {
	return func(s []byte) []byte { s[at] = to; return s }
}

func drop([]byte) []byte { return nil }

func before(segment ...byte) func([]byte) []byte {
	return func(s []byte) []byte { return append(segment, s...) }
}

// TestRefuses: what is not scaled is refused, and the error says which kind it is.
func TestRefuses(t *testing.T) {
	src := encoded(t, scene(64, 48, 3), 80)
	adobe := append([]byte{0xFF, markerAPP14, 0, 14}, "Adobe\x00\x64\x00\x00\x00\x00\x00"...)
	for name, tt := range map[string]struct {
		jpeg []byte
		want error
		says string
	}{
		"progressive":         {change(t, src, markerSOF0, set(1, 0xC2)), ErrCannot, "not baseline"},
		"arithmetic":          {change(t, src, markerSOF0, set(1, 0xC9)), ErrCannot, "not baseline"},
		"DNL":                 {change(t, src, markerSOF0, before(0xFF, 0xDC, 0, 4, 0, 48)), ErrCannot, "not baseline"},
		"12 bits":             {change(t, src, markerSOF0, set(4, 12)), ErrCannot, "more than 8 bits"},
		"16-bit quantisation": {change(t, src, markerDQT, set(4, 0x10)), ErrCannot, "more than 8 bits"},
		"RGB by ids":          {change(t, change(t, src, markerSOF0, rgb(10, 3)), markerSOS, rgb(5, 2)), ErrCannot, "YCbCr"},
		"RGB by Adobe":        {change(t, src, markerDQT, before(adobe...)), ErrCannot, "YCbCr"},
		"two components":      {change(t, src, markerSOF0, func(s []byte) []byte { s[3], s[9] = 14, 2; return s[:16] }), ErrCannot, "YCbCr"},
		"CMYK":                {change(t, src, markerSOF0, func(s []byte) []byte { s[3], s[9] = 20, 4; return append(s, 4, 0x11, 0) }), ErrCannot, "YCbCr"},
		"4:4:0":               {change(t, src, markerSOF0, set(11, 0x12)), ErrCannot, "sampling"},
		"4:1:1":               {change(t, src, markerSOF0, set(11, 0x41)), ErrCannot, "sampling"},
		"chroma of 2x2":       {change(t, src, markerSOF0, set(14, 0x22)), ErrCannot, "sampling"},
		"huge":                {change(t, src, markerSOF0, func(s []byte) []byte { copy(s[5:], "\xff\xff\xff\xff"); return s }), ErrCannot, "too many pixels"},
		"third table":         {change(t, src, markerDHT, set(4, 2)), ErrCannot, "two Huffman tables"},
		"one component":       {change(t, src, markerSOS, func(s []byte) []byte { s[3], s[4] = 8, 1; return append(s[:7], s[11:]...) }), ErrCannot, "more than one scan"},
		"DC of 12 bits":       {change(t, src, markerDHT, set(32, 12)), ErrCannot, "8 bits a sample"},
		"second scan":         {append(src[:len(src)-2:len(src)-2], 0xFF, markerSOS, 0xFF, markerEOI), ErrCannot, "more than one scan"},
		"no quantisation":     {change(t, src, markerDQT, drop), ErrDamaged, "quantisation"},
		"quantisation by 0":   {change(t, src, markerDQT, set(9, 0)), ErrDamaged, "segment"},
		"short quantisation":  {change(t, src, markerDQT, func(s []byte) []byte { s[3]--; return s[:len(s)-1] }), ErrDamaged, "segment"},
		"too many codes":      {change(t, src, markerDHT, set(5, 3)), ErrDamaged, "wrong"},
		"codes that overlap":  {change(t, src, markerDHT, func(s []byte) []byte { s[5], s[7] = 5, 0; return s }), ErrDamaged, "Huffman"},
		"no frame":            {change(t, src, markerSOF0, drop), ErrDamaged, "no scan"},
		"no scan":             {src[:200], ErrDamaged, "no scan"},
		"same ids":            {change(t, src, markerSOF0, set(13, 1)), ErrDamaged, "segment"},
		"unknown component":   {change(t, src, markerSOS, set(5, 9)), ErrDamaged, "segment"},
		"restart markers":     {change(t, src, markerSOF0, before(0xFF, markerDRI, 0, 4, 0, 2)), ErrDamaged, "restart"},
		"bad restarts":        {change(t, src, markerSOF0, before(0xFF, markerDRI, 0, 3, 0)), ErrDamaged, "segment"},
		"a marker in data":    {slices.Concat(src[:len(src)-200], []byte{0xFF, 0xE0}, src[len(src)-200:]), ErrDamaged, "ends too early"},
		"cut off":             {append(src[:len(src)-200:len(src)-200], 0xFF, markerEOI), ErrDamaged, "ends too early"},
		"no end":              {src[:len(src)-2], ErrDamaged, "ends too early"},
		"nothing":             {nil, ErrDamaged, "segment"},
		"text":                {[]byte("no picture at all"), ErrDamaged, "segment"},
	} {
		var s Scaler
		out, err := s.Scale(nil, tt.jpeg, 2)
		if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.says) || out != nil {
			t.Errorf("%s: %d bytes, %v", name, len(out), err)
		}
		// A Scaler goes on after whatever it was given.
		if _, err := s.Scale(nil, src, 2); err != nil {
			t.Errorf("after %s: %v", name, err)
		}
	}
}

func rgb(first, step int) func([]byte) []byte {
	return func(s []byte) []byte {
		s[first], s[first+step], s[first+2*step] = 'R', 'G', 'B'
		return s
	}
}

// TestTakesWhatCamerasSend: the same picture comes out whatever stands around it.
func TestTakesWhatCamerasSend(t *testing.T) {
	src := encoded(t, scene(64, 48, 3), 80)
	var s Scaler
	want, err := s.Scale(nil, src, 2)
	if err != nil {
		t.Fatal(err)
	}
	adobe := append([]byte{0xFF, markerAPP14, 0, 14}, "Adobe\x00\x64\x00\x00\x00\x00\x01"...)
	text := append([]byte{0xFF, markerCOM, 0, 7}, "hello"...)
	end := len(src) - 2
	bare := src
	for bytes.Contains(bare[:len(bare)-2], []byte{0xFF, markerDHT}) {
		bare = change(t, bare, markerDHT, drop)
	}
	for name, jpeg := range map[string][]byte{
		"as it is":               src,
		"no Huffman tables":      bare,
		"Adobe's YCbCr":          change(t, src, markerDQT, before(adobe...)),
		"a comment":              change(t, src, markerSOF0, before(text...)),
		"fill bytes":             change(t, src, markerSOF0, before(0xFF, 0xFF)),
		"stray bytes":            change(t, src, markerSOF0, before(0, 1, 2)),
		"extended":               change(t, src, markerSOF0, set(1, markerSOF1)),
		"fill before the end":    slices.Concat(src[:end], []byte{0xFF}, src[end:]),
		"bytes before the end":   slices.Concat(src[:end], make([]byte, 30), src[end:]),
		"restart before end":     slices.Concat(src[:end], []byte{0xFF, markerRST0}, src[end:]),
		"something after it":     append(bytes.Clone(src), "and more"...),
		"restarts never reached": change(t, src, markerSOF0, before(0xFF, markerDRI, 0, 4, 0xFF, 0xFF)),
	} {
		if got, err := s.Scale(nil, jpeg, 2); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, want %d, %v", name, len(got), len(want), err)
		}
	}
}

// TestDamageIsRefusedOrScaled: whatever bytes change, there is a picture of the right
// size or an error.
func TestDamageIsRefusedOrScaled(t *testing.T) {
	src := encoded(t, scene(40, 24, 3), 80)
	var s Scaler
	refused := 0
	for at := range src {
		for _, to := range []byte{0, 0xFF, src[at] ^ 0x10} {
			b := bytes.Clone(src)
			b[at] = to
			if out, err := s.Scale(nil, b, 2); err != nil {
				refused++
			} else {
				mustBeScaled(t, b, out, 2)
			}
		}
	}
	if refused == 0 {
		t.Error("nothing is refused")
	}
}

// TestOrientationStays: a picture that is shown turned is so in every size.
func TestOrientationStays(t *testing.T) {
	src := encoded(t, scene(64, 48, 3), 80)
	var s Scaler
	for o := byte(1); o <= 8; o++ {
		for _, order := range []string{"MM\x00*\x00\x00\x00\x08", "II*\x00\x08\x00\x00\x00"} {
			out, err := s.Scale(nil, change(t, src, markerDQT, before(exif(order, o)...)), 2)
			if err != nil {
				t.Fatal(err)
			}
			var got byte
			for seg := range mjpeg.Segments(out) {
				if seg.Marker == markerAPP1 {
					got = orientation(out[seg.At+4 : seg.End])
				}
			}
			if got != o && (o != upright || got != 0) {
				t.Errorf("%.2s %d: %d", order, o, got)
			}
			if _, err := jpeg.Decode(bytes.NewReader(out)); err != nil {
				t.Error(err)
			}
		}
	}
}

// exif is an APP1 segment with an orientation behind another entry, a thumbnail's
// place and some bytes.
func exif(order string, o byte) []byte {
	short := func(v byte) []byte {
		if order[0] == 'I' {
			return []byte{v, 0}
		}
		return []byte{0, v}
	}
	tag := func(hi, lo byte) []byte {
		if order[0] == 'I' {
			return []byte{lo, hi}
		}
		return []byte{hi, lo}
	}
	body := slices.Concat([]byte(exifHeader), []byte(order), short(2),
		tag(1, 0x0F), short(2), make([]byte, 8),
		tag(1, 0x12), short(3), make([]byte, 4), short(o), make([]byte, 2),
		make([]byte, 4), []byte("a thumbnail"))
	return append([]byte{0xFF, markerAPP1, 0, byte(len(body) + 2)}, body...)
}

func TestOrientationOfBrokenEXIF(t *testing.T) {
	whole := exif("MM\x00*\x00\x00\x00\x08", 6)[4:]
	if o := orientation(whole); o != 6 {
		t.Fatalf("of a whole one: %d", o)
	}
	for n := range len(exifHeader) + 8 + 2 + 2*entrySize {
		if o := orientation(whole[:n]); o != 0 {
			t.Errorf("%d bytes: %d", n, o)
		}
	}
	far := bytes.Clone(whole)
	copy(far[len(exifHeader)+4:], "\xff\xff\xff\xff")
	if o := orientation(far); o != 0 {
		t.Errorf("far away: %d", o)
	}
	if o := orientation(exif("MM\x00*\x00\x00\x00\x08", 9)[4:]); o != 0 {
		t.Errorf("9: %d", o)
	}
}

// mustBeScaled checks that Go reads both pictures, and that the sizes are right.
func mustBeScaled(t testing.TB, src, out []byte, factor int) {
	t.Helper()
	// The standard's Huffman tables are understood; Go wants them in the picture.
	var tables []byte
	for class := range standard {
		for number, spec := range standard[class] {
			tables = append(tables, 0xFF, markerDHT, 0, byte(19+len(spec.values)), byte(class<<4|number))
			tables = append(append(tables, spec.counts[:]...), spec.values...)
		}
	}
	full, err := jpeg.Decode(bytes.NewReader(slices.Concat(src[:2], tables, src[2:])))
	if err != nil {
		t.Fatalf("Go does not read what was scaled: %v", err)
	}
	small, err := jpeg.Decode(bytes.NewReader(out))
	if err != nil {
		t.Fatalf("Go does not read what came out: %v", err)
	}
	want := image.Pt(Scaled(full.Bounds().Dx(), factor), Scaled(full.Bounds().Dy(), factor))
	if got := small.Bounds().Max; got != want {
		t.Fatalf("%v of %v, want %v", got, full.Bounds().Max, want)
	}
}
