//go:build linux

package e2e

import (
	"fmt"
	"image"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"pigrid/shared/strip"
)

const (
	headerHeight = 40 // CSS pixels, frontend/src/ui/Header.svelte
	// Its buttons are at its right end.
	headerButtons, buttonSize, buttonGap, headerPadding = 3, 32, 4, 8
)

// inside is where the content of the app's window is on the screen. xdotool would
// add the window manager's frame twice.
func (s *screen) inside(t *testing.T, window string) image.Rectangle {
	t.Helper()
	cmd := exec.Command("xwininfo", "-id", window)
	cmd.Env = append(os.Environ(), "DISPLAY="+s.display)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("xwininfo: %v", err)
	}
	at := map[string]int{}
	for line := range strings.Lines(string(out)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		at[name], _ = strconv.Atoi(strings.TrimSpace(value))
	}
	corner := image.Pt(at["Absolute upper-left X"], at["Absolute upper-left Y"])
	return image.Rectangle{corner, corner.Add(image.Pt(at["Width"], at["Height"]))}
}

// untidy says what of the page is cut or missing in its window, "" when it has laid
// itself out: so many whole tiles of 4:3, and the buttons of the header.
func untidy(shot *image.RGBA, window image.Rectangle, tiles int) string {
	below := window
	below.Min.Y += headerHeight
	found := strip.Find(shot)
	if len(found) != tiles {
		return fmt.Sprintf("%d tiles, not %d", len(found), tiles)
	}
	for _, f := range found {
		picture := image.Rect(f.Rect.Min.X, f.Rect.Min.Y, f.Rect.Max.X, f.Rect.Min.Y+f.Rect.Dx()*3/4)
		if !picture.In(below) {
			return fmt.Sprintf("camera %d is at %v, which reaches beyond %v", f.Camera, picture, below)
		}
	}
	for i := range headerButtons {
		right := window.Max.X - headerPadding - i*(buttonSize+buttonGap)
		button := image.Rect(right-buttonSize, window.Min.Y, right, window.Min.Y+headerHeight)
		if n := bright(shot, button); n < 10 {
			return fmt.Sprintf("button %d from the right has %d bright pixels", i+1, n)
		}
	}
	return ""
}

// bright counts the pixels of icons and words in a part of the dark page.
func bright(shot *image.RGBA, part image.Rectangle) (n int) {
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			if shot.RGBAAt(x, y).G > 100 {
				n++
			}
		}
	}
	return n
}
