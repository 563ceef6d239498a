package drawing

import (
	"bytes"
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
			_ = os.WriteFile(dir+"/nopicture.jpg", data, 0o600)
		}
		bare, err := NoPicture(size[0], size[1], "Küche", api.Problem{})
		if err != nil || len(bare) >= len(data) {
			t.Errorf("%v: the words are not in the picture", size)
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
