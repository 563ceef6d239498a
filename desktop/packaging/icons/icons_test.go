package icons

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/png"
	"maps"
	"os"
	"os/exec"
	"slices"
	"testing"
)

// TestWindows: the file is what Windows takes for an icon, with a picture for
// every size that it shows.
func TestWindows(t *testing.T) {
	var sizes []int
	for _, p := range ico(t) {
		sizes = append(sizes, p.Bounds().Dx())
	}
	if want := []int{16, 20, 24, 32, 40, 48, 64, 128, 256}; !slices.Equal(sizes, want) {
		t.Errorf("sizes %v, want %v", sizes, want)
	}
}

// TestMac: the file is what macOS takes for an icon, with a picture for every size
// that the Finder and the Dock show, also on Retina screens.
func TestMac(t *testing.T) {
	want := map[string]int{"ic11": 32, "ic12": 64, "ic07": 128, "ic13": 256, "ic08": 256, "ic14": 512, "ic09": 512, "ic10": 1024}
	got := map[string]int{}
	for name, p := range icns(t) {
		got[name] = p.Bounds().Dx()
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("pictures %v, want %v", got, want)
	}
}

// TestCurrent: every picture is the drawing as it is now. Other versions of
// librsvg may round a colour at an edge differently.
func TestCurrent(t *testing.T) {
	if _, err := exec.LookPath("rsvg-convert"); err != nil {
		t.Skip("rsvg-convert is not installed")
	}
	svg := read(t, "../pigrid.svg") // here, so that Go knows what the test depends on
	pictures := map[string]image.Image{"window": decode(t, Window())}
	for i, p := range ico(t) {
		pictures[fmt.Sprint("ico ", i)] = p
	}
	maps.Copy(pictures, icns(t))
	drawn := map[int]image.Image{}
	for name, p := range pictures {
		size := p.Bounds().Dx()
		if drawn[size] == nil {
			cmd := exec.Command("rsvg-convert", "-w", fmt.Sprint(size), "-h", fmt.Sprint(size))
			cmd.Stdin = bytes.NewReader(svg)
			out, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			drawn[size] = decode(t, out)
		}
		if d := difference(p, drawn[size]); d > 2 {
			t.Errorf("%s is not what pigrid.svg shows (off by %.1f of 255 on average): run make icons", name, d)
		}
	}
}

// ico reads the pictures of the Windows file, and checks its structure.
func ico(t *testing.T) []image.Image {
	t.Helper()
	data := read(t, "pigrid.ico")
	head := binary.LittleEndian
	if !bytes.HasPrefix(data, []byte{0, 0, 1, 0}) {
		t.Fatalf("it begins with % x", data[:4])
	}
	var list []image.Image
	end := 6 + 16*int(head.Uint16(data[4:]))
	for i := range int(head.Uint16(data[4:])) {
		e := data[6+16*i:]
		size, offset := int(head.Uint32(e[8:])), int(head.Uint32(e[12:]))
		if offset != end || offset+size > len(data) {
			t.Fatalf("picture %d is at %d to %d of %d, the last one ended at %d", i, offset, offset+size, len(data), end)
		}
		end = offset + size
		p := decode(t, data[offset:end])
		w, h := e[0]-1, e[1]-1 // 0 stands for 256
		if p.Bounds() != image.Rect(0, 0, int(w)+1, int(h)+1) {
			t.Errorf("picture %d is said to be %d by %d and is %v", i, e[0], e[1], p.Bounds())
		}
		list = append(list, p)
	}
	if end != len(data) {
		t.Errorf("%d bytes belong to nothing", len(data)-end)
	}
	return list
}

// icns reads the pictures of the macOS file by their names, and checks its
// structure.
func icns(t *testing.T) map[string]image.Image {
	t.Helper()
	data := read(t, "pigrid.icns")
	head := binary.BigEndian
	if string(data[:4]) != "icns" || int(head.Uint32(data[4:])) != len(data) {
		t.Fatalf("it begins with %q and is %d bytes long", data[:8], len(data))
	}
	list := map[string]image.Image{}
	for rest := data[8:]; len(rest) > 0; {
		n := int(head.Uint32(rest[4:]))
		list[string(rest[:4])] = decode(t, rest[8:n])
		rest = rest[n:]
	}
	return list
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func decode(t *testing.T, data []byte) image.Image {
	t.Helper()
	p, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// difference is how far the colours of two pictures are apart, of 255, as the mean
// over all pixels and channels.
func difference(a, b image.Image) float64 {
	p, q := a.(*image.NRGBA).Pix, b.(*image.NRGBA).Pix
	if len(p) != len(q) {
		return 255
	}
	sum := 0
	for i := range p {
		sum += max(int(p[i])-int(q[i]), int(q[i])-int(p[i]))
	}
	return float64(sum) / float64(len(p))
}
