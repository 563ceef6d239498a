package jpegscale

import (
	"bytes"
	"errors"
	"image"
	"testing"
)

// FuzzScale: nothing makes a Scaler panic; what it takes Go's decoder takes, and what
// it makes has the right size.
func FuzzScale(f *testing.F) {
	for _, src := range [][]byte{
		encoded(f, scene(33, 17, 5), 75), encoded(f, scene(16, 16, 40), 95),
		encoded(f, image.NewGray(image.Rect(0, 0, 9, 20)), 50),
	} {
		for _, factor := range []byte{2, 4, 8} {
			f.Add(src, factor)
		}
	}
	var s Scaler // one for all: what came before must not matter
	f.Fuzz(func(t *testing.T, src []byte, factor byte) {
		out, err := s.Scale(nil, src, int(factor))
		if err != nil {
			if out != nil || !errors.Is(err, ErrCannot) && !errors.Is(err, ErrDamaged) && !errors.Is(err, errFactor) {
				t.Fatalf("%d bytes, %v", len(out), err)
			}
			return
		}
		if s.in.width*s.in.height > 1<<20 {
			return // to decode it whole takes long
		}
		mustBeScaled(t, src, out, int(factor))
		var fresh Scaler
		if again, err := fresh.Scale(nil, src, int(factor)); err != nil || !bytes.Equal(again, out) {
			t.Fatalf("another Scaler makes something else of it: %v", err)
		}
	})
}
