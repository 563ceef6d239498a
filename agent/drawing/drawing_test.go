package drawing

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"os"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"pigrid/shared/api"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestNoPictureHasTheCamerasSizeAndWords(t *testing.T) {
	problem := api.Problem{Message: "No camera was found.", Hint: strings.Repeat("Check that the cable is seated at both ends. ", 4)}
	for _, size := range [][2]int{{640, 480}, {1920, 1080}, {320, 240}, {480, 640}, {0, 0}, {1 << 20, 1 << 20}} {
		data, err := NoPicture(size[0], size[1], "Küche", problem)
		if err != nil {
			t.Fatal(err)
		}
		img, err := jpeg.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		b := img.Bounds()
		if size[0] >= minSide && size[0] <= maxSide && (b.Dx() != size[0] || b.Dy() != size[1]) {
			t.Errorf("%v: the picture is %v", size, b)
		}
		if dir := os.Getenv("PIGRID_KEEP_PICTURES"); dir != "" && size[0] == 640 {
			if err := errors.Join(os.MkdirAll(dir, 0o755), os.WriteFile(dir+"/nopicture.jpg", data, 0o600)); err != nil {
				t.Error(err)
			}
		}
		bare, err := NoPicture(size[0], size[1], "Küche", api.Problem{})
		if err != nil || len(bare) >= len(data) {
			t.Errorf("%v: the words are not in the picture", size)
		}
	}
}

// drawn returns the luma of a picture without a picture.
func drawn(t *testing.T, name string, p api.Problem) *image.YCbCr {
	t.Helper()
	data, err := NoPicture(640, 480, name, p)
	if err != nil {
		t.Fatal(err)
	}
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img.(*image.YCbCr)
}

// bright returns the rectangle of what is written.
func bright(img *image.YCbCr) image.Rectangle {
	var r image.Rectangle
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			if img.Y[img.YOffset(x, y)] > 100 {
				r = r.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return r
}

// TestNoPictureSaysEverything: name, message and hint, each below the other, in
// the middle and not up to the border, however long.
func TestNoPictureSaysEverything(t *testing.T) {
	none := bright(drawn(t, "", api.Problem{}))
	name := bright(drawn(t, "Küche", api.Problem{}))
	message := bright(drawn(t, "Küche", api.Problem{Message: "No camera was found."}))
	hint := bright(drawn(t, "Küche", api.Problem{Message: "No camera was found.", Hint: "Check that its cable is seated."}))
	only := bright(drawn(t, "Küche", api.Problem{Hint: "Check that its cable is seated."}))
	if name.Dx() <= none.Dx() || message.Max.Y <= name.Max.Y || hint.Max.Y <= message.Max.Y || only.Max.Y <= name.Max.Y {
		t.Errorf("written: %v, with name %v, with message %v, with hint %v, hint only %v", none, name, message, hint, only)
	}
	long := strings.Repeat("Check that the cable is seated at both ends. ", 40)
	all := bright(drawn(t, strings.Repeat("Küche ", 40), api.Problem{Message: long, Hint: long}))
	for what, r := range map[string]image.Rectangle{"short": hint, "long": all} {
		if left, right := r.Min.X, 640-r.Max.X; left < 640/25 || right < 640/25 || max(left-right, right-left) > 640/20 {
			t.Errorf("%s words leave %d pixels on the left and %d on the right", what, left, right)
		}
		if r.Max.Y > 480-5 {
			t.Errorf("%s words reach down to row %d", what, r.Max.Y)
		}
	}
}

func TestWrap(t *testing.T) {
	w, err := NewWriter(20)
	if err != nil {
		t.Fatal(err)
	}
	text := "one two three four five six seven " + strings.Repeat("x", 200)
	lines := w.Wrap(text, 120)
	if len(lines) < 3 {
		t.Errorf("%q is not wrapped", lines)
	}
	for _, l := range lines {
		if w.width(l) > 120 {
			t.Errorf("%q is wider than its room", l)
		}
	}
	if !strings.HasPrefix(strings.Join(lines, " "), "one two three four five six seven x") {
		t.Errorf("words are lost: %q", lines)
	}
	if got := w.Wrap("", 100); len(got) != 0 {
		t.Errorf("nothing is %q", got)
	}
}
