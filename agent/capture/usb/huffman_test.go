package usb

import (
	"bytes"
	"image/jpeg"
	"slices"
	"testing"

	"pigrid/agent/capture/fakecam"
)

// TestTablesAreAddedWhereTheyAreMissing: the recorded frames use the standard
// tables, so they come back to the pixel.
func TestTablesAreAddedWhereTheyAreMissing(t *testing.T) {
	whole := fakecam.Frames()
	whole = whole[:bytes.Index(whole, []byte{0xFF, 0xD9})+2]
	want, err := jpeg.Decode(bytes.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	bare := fakecam.WithoutTables(whole)
	if _, err := jpeg.Decode(bytes.NewReader(bare)); err == nil {
		t.Fatal("the picture has its tables still")
	}
	dqt := bytes.Index(bare, []byte{0xFF, 0xDB})
	bare = slices.Concat(bare[:dqt], []byte{0}, bare[dqt:]) // stray bytes hinder nobody
	before := bytes.Clone(bare)
	got, err := jpeg.Decode(bytes.NewReader(withTables(bare)))
	if err != nil || !bytes.Equal(bare, before) {
		t.Fatalf("error %v, the original has changed %v", err, !bytes.Equal(bare, before))
	}
	for y := want.Bounds().Min.Y; y < want.Bounds().Max.Y; y++ {
		for x := want.Bounds().Min.X; x < want.Bounds().Max.X; x++ {
			if got.At(x, y) != want.At(x, y) {
				t.Fatalf("pixel %d,%d differs", x, y)
			}
		}
	}
	if again := withTables(whole); &again[0] != &whole[0] || len(again) != len(whole) {
		t.Error("a picture with tables was changed")
	}
}

func FuzzWithTables(f *testing.F) {
	whole := fakecam.Frames()[:700]
	f.Add(whole)
	f.Add(fakecam.WithoutTables(whole))
	f.Add([]byte{0xFF, 0xD8, 0xFF, 0xE0, 0, 0, 0xFF, 0xDA, 0, 2})
	f.Add([]byte{0xFF, 0xD8, 0xFF, 0xDA, 0, 2, 1})
	f.Add([]byte{0xFF, 0xD8, 0xFF, 0xE0, 0xFF, 0xFF})
	f.Add([]byte{})
	f.Add([]byte{0xFF})
	f.Add([]byte("no picture"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got := withTables(data)
		if tables := standardTables(); bytes.Equal(got, data) || len(got) == len(data)+len(tables) && slices.Contains(data, 0xDA) && bytes.Contains(got, tables) {
			return
		}
		t.Errorf("%x became %x", data, got)
	})
}
