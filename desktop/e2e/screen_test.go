//go:build linux

package e2e

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// screen is an X server without a monitor.
type screen struct {
	display string // like ":99"
	file    string // what is on it, in the XWD format
}

// newScreen starts an X server on a free display.
func newScreen(t *testing.T) *screen {
	t.Helper()
	dir := t.TempDir()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1920x1080x24", "-fbdir", dir, "-nolisten", "tcp")
	cmd.ExtraFiles = []*os.File{w}
	startProcess(t, cmd)
	_ = w.Close()
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb did not start: %v", err)
	}
	s := &screen{display: ":" + strings.TrimSpace(number), file: filepath.Join(dir, "Xvfb_screen0")}
	t.Cleanup(func() { s.keep(t) })
	return s
}

// keep leaves a picture of the screen when the test failed.
func (s *screen) keep(t *testing.T) {
	if !t.Failed() {
		return
	}
	f, err := os.CreateTemp("", "pigrid-e2e-*.png")
	if err != nil {
		t.Log(err)
		return
	}
	defer f.Close()
	t.Logf("the screen is in %s: %v", f.Name(), png.Encode(f, s.shot(t)))
}

// shot returns what is on the screen now.
func (s *screen) shot(t *testing.T) *image.RGBA {
	t.Helper()
	data, err := os.ReadFile(s.file)
	if err != nil {
		t.Fatal(err)
	}
	img, err := decodeXWD(data)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

var errXWD = errors.New("not a 32-bit XWD file")

// decodeXWD reads the window dump that Xvfb keeps its screen in: 25 big-endian
// words, the window's name, colour map entries of 12 bytes, then the pixels as
// blue, green, red, unused.
func decodeXWD(data []byte) (*image.RGBA, error) {
	const words = 25
	if len(data) < 4*words {
		return nil, errXWD
	}
	var h [words]int
	for i := range h {
		h[i] = int(binary.BigEndian.Uint32(data[4*i:]))
	}
	size, width, height, bits, line, colours := h[0], h[4], h[5], h[11], h[12], h[19]
	at := size + 12*colours
	if bits != 32 || line < 4*width || len(data) < at+line*height {
		return nil, fmt.Errorf("%w: %d bits, %dx%d, %d bytes", errXWD, bits, width, height, len(data))
	}
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		row := data[at+y*line:]
		for x := range width {
			p := img.Pix[y*img.Stride+4*x:]
			p[0], p[1], p[2], p[3] = row[4*x+2], row[4*x+1], row[4*x], 255
		}
	}
	return img, nil
}
