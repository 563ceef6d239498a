package jpegscale

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"strings"
	"testing"
)

// planes scales a JPEG and returns its samples before they are encoded.
func planes(t testing.TB, src []byte, factor int) (all []samples) {
	t.Helper()
	var s Scaler
	d := &s.in
	if err := d.open(src, factor); err != nil {
		t.Fatal(err)
	}
	for i := range d.comps {
		w, h := Scaled(d.width, factor), Scaled(d.height, factor)
		if i > 0 {
			w, h = ceil(w, 2), ceil(h, 2)
		}
		all = append(all, samples{w: w, h: h})
	}
	for range d.strips {
		if err := d.strip(); err != nil {
			t.Fatal(err)
		}
		for i := range all {
			lines := 8
			if d.comps == 3 && i == 0 {
				lines = 16
			}
			for y := range min(lines, all[i].h-len(all[i].pix)/all[i].w) {
				all[i].pix = append(all[i].pix, d.comp[i].plane.at(0, y)[:all[i].w]...)
			}
		}
	}
	if err := d.close(); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestSamplesAreLibjpegs: what is encoded is, for every component, what libjpeg makes
// of it when it decodes a picture at that scale.
func TestSamplesAreLibjpegs(t *testing.T) {
	worst := 100.0
	for _, src := range sources(t) {
		var comps [][]byte
		for _, factor := range []int{2, 4, 8} {
			for comp, got := range planes(t, src.jpeg, factor) {
				if comp == len(comps) {
					comps = append(comps, oneComponent(t, src.jpeg, comp))
				}
				want := libjpegSamples(t, comps[comp], factor)
				if comp > 0 {
					want = want.halved(chromaShare(t, src.jpeg))
				}
				db := psnr(got, want)
				worst = min(worst, db)
				if db < 40 {
					t.Errorf("%s, 1/%d, component %d: %.1f dB to libjpeg, %dx%d and %dx%d", src.name, factor, comp, db, got.w, got.h, want.w, want.h)
				}
			}
		}
	}
	t.Logf("worst: %.1f dB", worst)
}

// chromaShare is how many chroma samples of a JPEG become one in 4:2:0.
func chromaShare(t testing.TB, src []byte) (across, down int) {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	switch img.(*image.YCbCr).SubsampleRatio {
	case image.YCbCrSubsampleRatio420:
		return 1, 1
	case image.YCbCrSubsampleRatio422:
		return 1, 2
	}
	return 2, 2
}

// lumaOf is the luma, or the grey, of a JPEG as Go decodes it.
func lumaOf(t testing.TB, src []byte) samples {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	s := samples{w: img.Bounds().Dx(), h: img.Bounds().Dy()}
	for y := range s.h {
		switch img := img.(type) {
		case *image.YCbCr:
			s.pix = append(s.pix, img.Y[y*img.YStride:][:s.w]...)
		case *image.Gray:
			s.pix = append(s.pix, img.Pix[y*img.Stride:][:s.w]...)
		}
	}
	return s
}

// TestOutputIsNearLibjpegs: at quality 90 the luma that comes out is that of libjpeg.
// Where no picture of that quality can be so near, as of noise alone, it is as near as
// what libjpeg encodes.
func TestOutputIsNearLibjpegs(t *testing.T) {
	for _, src := range sources(t) {
		if !strings.Contains(src.name, "q90") && src.name != "recorded 3" {
			continue
		}
		luma := oneComponent(t, src.jpeg, 0)
		for _, factor := range []int{2, 4, 8} {
			var s Scaler
			out, err := s.Scale(nil, src.jpeg, factor)
			if err != nil {
				t.Errorf("%s: %v", src.name, err)
				continue
			}
			want := libjpegSamples(t, luma, factor)
			pgm := fmt.Appendf(nil, "P5\n%d %d\n255\n%s", want.w, want.h, want.pix)
			best := psnr(lumaOf(t, run(t, pgm, "cjpeg", "-quality", "90")), want)
			if db := psnr(lumaOf(t, out), want); db < min(40, best-0.5) {
				t.Errorf("%s, 1/%d: %.1f dB to libjpeg, whose own is %.1f", src.name, factor, db, best)
			}
		}
	}
}

// TestEveryoneReadsTheOutput: it is a baseline JPEG of 4:2:0, or grey, without warnings.
func TestEveryoneReadsTheOutput(t *testing.T) {
	var s Scaler
	var out []byte
	for _, src := range sources(t) {
		for _, factor := range []int{2, 4, 8} {
			var err error
			if out, err = s.Scale(out[:0], src.jpeg, factor); err != nil {
				t.Fatalf("%s: %v", src.name, err)
			}
			said := run(t, out, "djpeg", "-verbose", "-outfile", "/dev/null")
			if len(said) > 0 {
				t.Errorf("%s, 1/%d: djpeg says %s", src.name, factor, said)
			}
			img, err := jpeg.Decode(bytes.NewReader(out))
			if err != nil {
				t.Fatalf("%s, 1/%d: %v", src.name, factor, err)
			}
			full, err := jpeg.DecodeConfig(bytes.NewReader(src.jpeg))
			if err != nil {
				t.Fatal(err)
			}
			want := image.Pt(Scaled(full.Width, factor), Scaled(full.Height, factor))
			if got := img.Bounds().Max; got != want {
				t.Errorf("%s, 1/%d: %v, want %v", src.name, factor, got, want)
			}
			if c, ok := img.(*image.YCbCr); ok == strings.Contains(src.name, "grey") || ok && c.SubsampleRatio != image.YCbCrSubsampleRatio420 {
				t.Errorf("%s, 1/%d: came out as %T", src.name, factor, img)
			}
		}
	}
}

func TestFactor(t *testing.T) {
	for _, tt := range []struct{ width, want, factor int }{
		{640, 641, 1},
		{640, 321, 1},
		{640, 320, 2},
		{640, 161, 2},
		{640, 160, 4},
		{640, 80, 8},
		{640, 1, 8},
		{641, 321, 2},
		{641, 81, 8},
		{1920, 320, 4},
		{1, 1, 8},
		{1, 2, 1},
		{65535, 1 << 30, 1},
	} {
		if got := Factor(tt.width, tt.want); got != tt.factor {
			t.Errorf("Factor(%d, %d) = %d, want %d", tt.width, tt.want, got, tt.factor)
		}
	}
}

// TestScaleAppends: what stood in dst stays, also when there is an error.
func TestScaleAppends(t *testing.T) {
	src := encoded(t, scene(64, 48, 3), 80)
	var s Scaler
	alone, err := s.Scale(nil, src, 2)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Scale([]byte("before"), src, 2)
	if err != nil || string(got) != "before"+string(alone) {
		t.Errorf("%q… %v", got[:min(len(got), 12)], err)
	}
	for _, bad := range [][]byte{nil, src[:len(src)/2], src[:len(src)-2]} {
		if got, err := s.Scale([]byte("before"), bad, 2); string(got) != "before" || !errors.Is(err, ErrDamaged) {
			t.Errorf("%d of %d bytes: %q, %v", len(bad), len(src), got, err)
		}
	}
	for _, factor := range []int{-2, 0, 1, 3, 16} {
		if _, err := s.Scale(nil, src, factor); err == nil {
			t.Errorf("factor %d is taken", factor)
		}
	}
}

// TestScalesWithoutAllocating: one picture after the other costs no memory.
func TestScalesWithoutAllocating(t *testing.T) {
	a, b := encoded(t, scene(320, 240, 5), 80), encoded(t, scene(160, 120, 5), 60)
	var s Scaler
	var out []byte
	scale := func() {
		for _, src := range [][]byte{a, b} {
			for _, factor := range []int{2, 4, 8} {
				var err error
				if out, err = s.Scale(out[:0], src, factor); err != nil {
					t.Fatal(err)
				}
			}
		}
		if _, err := s.Scale(out[:0], a[:len(a)/2], 2); err == nil {
			t.Fatal("half a picture was taken")
		}
	}
	scale()
	if n := testing.AllocsPerRun(10, scale); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestAScalerForgets: what a picture is like does not depend on those before it.
func TestAScalerForgets(t *testing.T) {
	var s Scaler
	for _, src := range [][]byte{encoded(t, scene(320, 240, 5), 80), encoded(t, image.NewGray(image.Rect(0, 0, 99, 77)), 30), encoded(t, scene(65, 33, 5), 10)} {
		for _, factor := range []int{8, 2, 4} {
			var fresh Scaler
			want, err := fresh.Scale(nil, src, factor)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := s.Scale(nil, src, factor); err != nil || !bytes.Equal(got, want) {
				t.Errorf("1/%d differs: %v", factor, err)
			}
		}
	}
}

func ExampleScaler() {
	var b bytes.Buffer
	_ = jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 640, 480)), nil)
	var s Scaler
	small, err := s.Scale(nil, b.Bytes(), Factor(640, 300))
	if err != nil {
		fmt.Println(err)
		return
	}
	size, _ := jpeg.DecodeConfig(bytes.NewReader(small))
	fmt.Println(size.Width, size.Height)
	// Output: 320 240
}
