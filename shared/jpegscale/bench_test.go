package jpegscale

import (
	"bytes"
	"image"
	"image/jpeg"
	"testing"
)

// noisy is a frame as cameras send them in the evening: 640x480, about 51 KB.
func noisy(t testing.TB) []byte { return encoded(t, scene(640, 480, 8), 82) }

func BenchmarkScale(b *testing.B) {
	src := noisy(b)
	for name, factor := range map[string]int{"half": 2, "quarter": 4, "eighth": 8} {
		b.Run(name, func(b *testing.B) {
			var s Scaler
			var out []byte
			var err error
			b.SetBytes(int64(len(src)))
			b.ReportAllocs()
			for b.Loop() {
				if out, err = s.Scale(out[:0], src, factor); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(out)), "B/picture")
		})
	}
}

// BenchmarkStandard is what it is compared with: Go's decoder, the average of every
// four pixels, and Go's encoder.
func BenchmarkStandard(b *testing.B) {
	src := noisy(b)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	var out bytes.Buffer
	for b.Loop() {
		img, err := jpeg.Decode(bytes.NewReader(src))
		if err != nil {
			b.Fatal(err)
		}
		out.Reset()
		if err := jpeg.Encode(&out, halved(img.(*image.YCbCr)), &jpeg.Options{Quality: 75}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(out.Len()), "B/picture")
}

// halved averages every 2x2 samples of a 4:2:0 picture of even size.
func halved(in *image.YCbCr) *image.YCbCr {
	out := image.NewYCbCr(image.Rect(0, 0, in.Rect.Dx()/2, in.Rect.Dy()/2), image.YCbCrSubsampleRatio420)
	half := func(to []byte, stride int, from []byte, fromStride int) {
		for y := range len(to) / stride {
			a, b, o := from[2*y*fromStride:], from[(2*y+1)*fromStride:], to[y*stride:][:stride]
			for x := range o {
				o[x] = byte((int(a[2*x]) + int(a[2*x+1]) + int(b[2*x]) + int(b[2*x+1]) + 2) / 4)
			}
		}
	}
	half(out.Y, out.YStride, in.Y, in.YStride)
	half(out.Cb, out.CStride, in.Cb, in.CStride)
	half(out.Cr, out.CStride, in.Cr, in.CStride)
	return out
}
