//go:build linux

package e2e

import (
	"bufio"
	"bytes"
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
	server  *process
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
	// Without -noreset it begins anew when its last client goes, as xdotool does
	// while a window manager is about to start, which then ends.
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1920x1080x24", "-fbdir", dir, "-nolisten", "tcp", "-noreset")
	cmd.ExtraFiles = []*os.File{w}
	server := startProcess(t, cmd)
	_ = w.Close()
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb did not start: %v", err)
	}
	return &screen{server: server, display: ":" + strings.TrimSpace(number), file: filepath.Join(dir, "Xvfb_screen0")}
}

// keepWhenFailed leaves a picture of the screen when the test failed. Whoever
// has just started a program asks for it: the picture must be taken before that
// program ends, or it is black.
func (s *screen) keepWhenFailed(t *testing.T) {
	t.Cleanup(func() {
		if t.Failed() {
			s.write(t, os.TempDir(), "pigrid-e2e-*.png")
		}
	})
}

// save leaves a picture of the screen where PIGRID_KEEP_PICTURES says.
func (s *screen) save(t *testing.T, name string) {
	t.Helper()
	if dir := os.Getenv("PIGRID_KEEP_PICTURES"); dir != "" {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		s.write(t, dir, name+".png")
	}
}

// write makes a PNG of the screen; a star in the name makes it a new file.
func (s *screen) write(t *testing.T, dir, name string) {
	open := func() (*os.File, error) { return os.Create(filepath.Join(dir, name)) }
	if strings.Contains(name, "*") {
		open = func() (*os.File, error) { return os.CreateTemp(dir, name) }
	}
	f, err := open()
	if err != nil {
		t.Error(err)
		return
	}
	defer f.Close()
	t.Logf("the screen is in %s", f.Name())
	if err := png.Encode(f, s.shot(t)); err != nil {
		t.Error(err)
	}
}

// writePNG makes, or overwrites, a PNG of the screen.
func (s *screen) writePNG(t *testing.T, file string) {
	t.Helper()
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, s.shot(t)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func readPNG(t *testing.T, file string) image.Image {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// shot returns what is on the screen now.
func (s *screen) shot(t *testing.T) *image.RGBA {
	t.Helper()
	data, err := os.ReadFile(s.file)
	if err != nil {
		t.Fatal(err)
	}
	x, err := parseXWD(data)
	if err != nil {
		t.Fatal(err)
	}
	return x.part(data, image.Rect(0, 0, x.width, x.height))
}

var errXWD = errors.New("not a 32-bit XWD file")

// xwd is where the pixels are in the window dump that Xvfb keeps its screen in.
type xwd struct {
	width, height int
	at, line      int // bytes: where the first row begins, and how long a row is
}

// parseXWD reads the head of a dump: 25 big-endian words, the window's name,
// colour map entries of 12 bytes, then the pixels as blue, green, red, unused.
func parseXWD(data []byte) (xwd, error) {
	const words = 25
	if len(data) < 4*words {
		return xwd{}, errXWD
	}
	var h [words]int
	for i := range h {
		h[i] = int(binary.BigEndian.Uint32(data[4*i:]))
	}
	size, bits, colours := h[0], h[11], h[19]
	x := xwd{width: h[4], height: h[5], at: size + 12*colours, line: h[12]}
	if bits != 32 || x.line < 4*x.width || len(data) < x.at+x.line*x.height {
		return xwd{}, fmt.Errorf("%w: %d bits, %dx%d, %d bytes", errXWD, bits, x.width, x.height, len(data))
	}
	return x, nil
}

// part copies a part of the screen.
func (d xwd) part(data []byte, r image.Rectangle) *image.RGBA {
	r = r.Intersect(image.Rect(0, 0, d.width, d.height))
	img := image.NewRGBA(r)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := data[d.at+y*d.line:]
		for x := r.Min.X; x < r.Max.X; x++ {
			p := img.Pix[img.PixOffset(x, y):]
			p[0], p[1], p[2], p[3] = row[4*x+2], row[4*x+1], row[4*x], 255
		}
	}
	return img
}

// xdotool plays a person with mouse and keyboard; it returns what it prints.
func (s *screen) xdotool(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command("xdotool", args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+s.display)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("xdotool %v: %v", args, err)
	}
	return strings.TrimSpace(string(out))
}

// window is the X id of the app's window, which must be visible.
func (s *screen) window(t *testing.T) string {
	t.Helper()
	return s.xdotool(t, "search", "--onlyvisible", "--name", "^PiGrid$")
}
