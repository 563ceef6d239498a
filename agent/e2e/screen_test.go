package e2e

import (
	"bufio"
	be "encoding/binary" // the package has a binary of its own
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"pigrid/shared/strip"
)

// screen is an X server without a monitor. What it shows is in a file, so that
// looking at it disturbs nobody.
type screen struct {
	display string // like ":99"
	pixels  *os.File
	offset  int64 // of the first pixel
	line    int   // bytes
	size    image.Point
	strip   image.Rectangle // where a strip was seen last
}

func newScreen(t *testing.T) *screen {
	t.Helper()
	dir := t.TempDir()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1280x1024x24", "-fbdir", dir, "-nolisten", "tcp", "-noreset")
	cmd.ExtraFiles = []*os.File{w}
	launch(t, cmd)
	_ = w.Close()
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb did not start: %v", err)
	}
	s := &screen{display: ":" + strings.TrimSpace(number)}
	if s.pixels, err = os.Open(filepath.Join(dir, "Xvfb_screen0")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.pixels.Close() })
	// A window dump (XWD): 25 big-endian words, the window's name, colours of 12
	// bytes each, then blue, green, red and an unused byte for each pixel.
	head := make([]byte, 25*4)
	if _, err := s.pixels.ReadAt(head, 0); err != nil {
		t.Fatal(err)
	}
	word := func(n int) int { return int(be.BigEndian.Uint32(head[4*n:])) }
	s.offset, s.line, s.size = int64(word(0)+12*word(19)), word(12), image.Pt(word(4), word(5))
	return s
}

// rows returns some rows of what is on the screen now.
func (s *screen) rows(t *testing.T, from, to int) *image.RGBA {
	t.Helper()
	data := make([]byte, (to-from)*s.line)
	if _, err := s.pixels.ReadAt(data, s.offset+int64(from*s.line)); err != nil {
		t.Fatal(err)
	}
	for i := 0; i+3 < len(data); i += 4 {
		data[i], data[i+2], data[i+3] = data[i+2], data[i], 255
	}
	return &image.RGBA{Pix: data, Stride: s.line, Rect: image.Rect(0, from, s.size.X, to)}
}

// frame returns the number of the test picture on the screen, if there is one.
func (s *screen) frame(t *testing.T) (n uint32, ok bool) {
	t.Helper()
	for _, where := range []image.Rectangle{s.strip, {Max: s.size}} {
		if where.Empty() {
			continue
		}
		if found := strip.Find(s.rows(t, where.Min.Y, where.Max.Y)); len(found) == 1 {
			s.strip = found[0].Rect
			return found[0].Frame, true
		}
		s.strip = image.Rectangle{} // look everywhere the next time
	}
	return 0, false
}

// launch starts a program that ends with the test, and its children with it.
func launch(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		group := -cmd.Process.Pid
		_ = syscall.Kill(group, syscall.SIGTERM)
		kill := time.AfterFunc(3*time.Second, func() { _ = syscall.Kill(group, syscall.SIGKILL) })
		_ = cmd.Wait()
		kill.Stop()
		_ = syscall.Kill(group, syscall.SIGKILL)
	})
}
