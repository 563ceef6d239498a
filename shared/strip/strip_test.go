package strip

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"testing"
)

// picture draws a striped picture with a strip and sends it through JPEG.
func picture(t *testing.T, w, h int, m Mark) *image.Gray {
	t.Helper()
	img := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	for i := range img.Y {
		img.Y[i] = byte(i / 40 % 256) // stripes: something to trip over
	}
	Draw(img, m)
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, img, &jpeg.Options{Quality: 70}); err != nil {
		t.Fatal(err)
	}
	out, err := jpeg.Decode(&buf)
	if err != nil {
		t.Fatal(err)
	}
	y := out.(*image.YCbCr)
	return &image.Gray{Pix: y.Y, Stride: y.YStride, Rect: y.Rect}
}

// place scales src into a box of dst, averaging what falls into one pixel, as a
// browser does when it draws a tile.
func place(dst *image.Gray, box image.Rectangle, src *image.Gray) {
	b := src.Bounds()
	for y := range box.Dy() {
		for x := range box.Dx() {
			x0, x1 := x*b.Dx()/box.Dx(), max((x+1)*b.Dx()/box.Dx(), x*b.Dx()/box.Dx()+1)
			y0, y1 := y*b.Dy()/box.Dy(), max((y+1)*b.Dy()/box.Dy(), y*b.Dy()/box.Dy()+1)
			sum := 0
			for sy := y0; sy < y1; sy++ {
				for sx := x0; sx < x1; sx++ {
					sum += int(src.Pix[sy*src.Stride+sx])
				}
			}
			dst.SetGray(box.Min.X+x, box.Min.Y+y, color.Gray{byte(sum / ((x1 - x0) * (y1 - y0)))})
		}
	}
}

func TestFindAtEveryScale(t *testing.T) {
	m := Mark{Camera: 201, Frame: 0xABCDEF}
	src := picture(t, 640, 480, m)
	for i, width := range []int{154, 172, 230, 449, 640, 1211} {
		screen := image.NewGray(image.Rect(0, 0, 1280, 720))
		if i%2 == 1 { // a page may be white
			for i := range screen.Pix {
				screen.Pix[i] = 250
			}
		}
		place(screen, image.Rect(13, 17, 13+width, 17+width*3/4).Intersect(screen.Rect), src)
		found := Find(screen)
		if len(found) != 1 || found[0].Mark != m {
			t.Errorf("%d px wide: found %v, want %v once", width, found, m)
		}
	}
}

func TestFindManyOnOneScreen(t *testing.T) {
	screen := image.NewGray(image.Rect(0, 0, 1280, 800))
	want := map[Mark]bool{}
	for i := range 16 {
		m := Mark{Camera: uint8(i), Frame: uint32(1000 * i)}
		want[m] = true
		at := image.Pt(i%4*318, i/4*195)
		place(screen, image.Rect(0, 0, 240, 180).Add(at), picture(t, 640, 480, m))
	}
	found := Find(screen)
	for _, f := range found {
		delete(want, f.Mark)
	}
	if len(found) != 16 || len(want) != 0 {
		t.Errorf("found %d strips, missing %v", len(found), want)
	}
}

func TestFindNothingInNoise(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 640, 480))
	rnd := rand.New(rand.NewPCG(3, 4))
	for i := range img.Pix {
		img.Pix[i] = byte(rnd.UintN(256))
	}
	if found := Find(img); len(found) != 0 {
		t.Errorf("found %v in noise", found)
	}
}

func TestChecksumRejectsAFlippedCell(t *testing.T) {
	img := image.NewYCbCr(image.Rect(0, 0, cells*10, 64), image.YCbCrSubsampleRatio420)
	Draw(img, Mark{Camera: 1, Frame: 77})
	cell := startCells + 20
	for y := range 64 {
		for x := cell * 10; x < cell*10+10; x++ {
			img.Y[y*img.YStride+x] = 255 - img.Y[y*img.YStride+x]
		}
	}
	if found := Find(img); len(found) != 0 {
		t.Errorf("a strip with one wrong cell was read as %v", found)
	}
}

// TestStripsSideBySideAreNotReadAsOneBetween: in these numbers, found by trying,
// the cells of two strips together look like a third.
func TestStripsSideBySideAreNotReadAsOneBetween(t *testing.T) {
	const width, gap = 338, 4
	for _, n := range []uint32{7213, 17509, 23845, 37556, 38217} {
		row := make([]bool, 5*(width+gap)+220)
		for c := range uint32(5) {
			bits := Mark{Camera: uint8(1 + 5*(n%4) + c), Frame: n + c/2}.bits()
			for x := range width {
				row[110+int(c)*(width+gap)+x] = bits[x*cells/width]
			}
		}
		if found := scanRow(row); len(found) != 5 {
			t.Errorf("%d: %v", n, found)
		}
	}
}
