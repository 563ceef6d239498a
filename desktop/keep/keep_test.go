package keep

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"go.uber.org/goleak"

	"pigrid/desktop/recent"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 11, 30, 12, 34, 56, 789, time.Local)

func TestNames(t *testing.T) {
	for _, c := range []struct{ pattern, camera, want string }{
		{"", "Porch", "Porch 2026-11-30 12.34.56"},
		{"", "Küche 2", "Küche 2 2026-11-30 12.34.56"},
		{"", "", "Camera 2026-11-30 12.34.56"},
		{"", "../../etc/passwd", "-..-etc-passwd 2026-11-30 12.34.56"},
		{"", `a<b>c:d"e/f\g|h?i*j`, "a-b-c-d-e-f-g-h-i-j 2026-11-30 12.34.56"},
		{"", "a\x00b\nc\td\u202egpj.exe\u200b", "ab c dgpj.exe 2026-11-30 12.34.56"},
		{"", ".hidden. ", "hidden 2026-11-30 12.34.56"},
		{"", "\xff\xfe", "-- 2026-11-30 12.34.56"},
		{"", "{time}", "{time} 2026-11-30 12.34.56"},
		{"{camera}", "con", "Camera con"},
		{"{camera}", "NUL.old", "Camera NUL.old"},
		{"{camera}", "Lpt1", "Camera Lpt1"},
		{"{camera}", "COM²", "Camera COM²"},
		{"{camera}", "Console", "Console"},
		{"{camera}", "COM10", "COM10"},
		{"{date}/{camera}.", "Porch", "2026-11-30-Porch"},
		{" . ", "Porch", "Camera"},
		{"{camera}", strings.Repeat("ü", 100), strings.Repeat("ü", 30)},
	} {
		if got := nameOf(c.pattern, c.camera, noon); got != c.want {
			t.Errorf("%q, %q: %q, want %q", c.pattern, c.camera, got, c.want)
		}
	}
}

func FuzzName(f *testing.F) {
	f.Add("{camera} {date} {time}", "Porch")
	f.Add("{camera}", "aux.\u202e")
	f.Add(" .{time}/..", "COM1")
	f.Fuzz(func(t *testing.T, pattern, camera string) {
		name := nameOf(pattern, camera, noon)
		bad := strings.ContainsAny(name, "<>:\"/\\|?*\x00\n\r\t") || strings.Trim(name, " ") != name
		if name == "" || bad || name[0] == '.' || name[len(name)-1] == '.' || isDevice(name) || !utf8.ValidString(name) || len(name) > maxName+len(unnamed)+1 {
			t.Errorf("%q, %q: %q", pattern, camera, name)
		}
	})
}

func shot(camera, jpeg string, at time.Time) Shot {
	return Shot{camera, recent.Picture{JPEG: []byte(jpeg), At: at}}
}

func saver(dir string) *Saver { return New(func() Where { return Where{Folder: dir} }) }

func TestSnapshots(t *testing.T) {
	dir := t.TempDir()
	s := saver(dir)
	r := s.Snapshots([]Shot{shot("Porch", "one", noon), shot("Garage", "two", noon), shot("Porch", "three", noon)})
	want := map[string]string{
		"Porch 2026-11-30 12.34.56.jpg": "one", "Garage 2026-11-30 12.34.56.jpg": "two", "Porch 2026-11-30 12.34.56 (2).jpg": "three",
	}
	if r.Code != NoCode || len(r.Paths) != 3 || r.Folder != dir {
		t.Errorf("got %+v", r)
	}
	for name, text := range want {
		path := filepath.Join(dir, name)
		if data, err := os.ReadFile(path); err != nil || string(data) != text {
			t.Errorf("%s: %q, %v", name, data, err)
		}
		if !slices.Contains(r.Paths, path) || !s.Saved(path) {
			t.Errorf("%s is not in %v", path, r.Paths)
		}
	}
	if s.Saved("/etc/passwd") {
		t.Error("it saved what it did not")
	}
}

// TestWhatWasSavedBeforeAFailureStays: pictures before the one that failed are there and
// named.
func TestWhatWasSavedBeforeAFailureStays(t *testing.T) {
	dir := t.TempDir()
	pattern := "{camera}"
	s := New(func() Where { return Where{Folder: dir, Name: pattern} })
	for n := 1; n <= maxNames; n++ {
		if n == 1 {
			write(t, filepath.Join(dir, "Full.jpg"))
		} else {
			write(t, filepath.Join(dir, fmt.Sprintf("Full (%d).jpg", n)))
		}
	}
	r := s.Snapshots([]Shot{shot("Porch", "one", noon), shot("Full", "two", noon), shot("Garage", "three", noon)})
	if r.Code != Failed || !slices.Equal(r.Paths, []string{filepath.Join(dir, "Porch.jpg")}) || r.Detail == "" {
		t.Errorf("got %+v", r)
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) != maxNames+1 {
		t.Errorf("%d files, %v", len(list), err)
	}
}

func write(t *testing.T, path string) {
	t.Helper()
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestFolders(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	write(t, file)
	for _, gone := range []string{filepath.Join(dir, "gone"), file, filepath.Join(file, "below")} {
		if r := saver(gone).Snapshots([]Shot{shot("Porch", "one", noon)}); r.Code != NoFolder || r.Folder != gone || len(r.Paths) != 0 {
			t.Errorf("%s: %+v", gone, r)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "gone")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a folder that a person chose was made")
	}
}

func TestCodes(t *testing.T) {
	for err, want := range map[error]Code{
		syscall.ENOSPC: DiskFull, syscall.EDQUOT: DiskFull, syscall.EACCES: NotOurs, syscall.EPERM: NotOurs,
		syscall.EROFS: NotOurs, syscall.ENOENT: NoFolder, syscall.ENOTDIR: NoFolder, syscall.EIO: Failed, fs.ErrExist: Failed,
	} {
		if got := codeOf(fmt.Errorf("saving: %w", &fs.PathError{Op: "write", Path: "/x", Err: err})); got != want {
			t.Errorf("%v is %q, want %q", err, got, want)
		}
	}
}

func TestClip(t *testing.T) {
	dir := t.TempDir()
	var list []recent.Picture
	for i := range 20 {
		var b bytes.Buffer
		if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 64-i, 48)), nil); err != nil {
			t.Fatal(err)
		}
		list = append(list, recent.Picture{JPEG: b.Bytes(), At: noon.Add(time.Duration(i) * 100 * time.Millisecond)})
	}
	s := saver(dir)
	r, length := s.Clip("Porch", func() []recent.Picture { return list })
	path := filepath.Join(dir, "Porch 2026-11-30 12.34.56.mkv")
	if r.Code != NoCode || !slices.Equal(r.Paths, []string{path}) || length != 2*time.Second || !s.Saved(path) {
		t.Fatalf("got %+v, %v", r, length)
	}
	if data, err := os.ReadFile(path); err != nil || !bytes.HasPrefix(data, []byte{0x1A, 0x45, 0xDF, 0xA3}) || !bytes.Contains(data, list[19].JPEG) {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	r, _ = s.Clip("Porch", func() []recent.Picture { return nil })
	if r.Code != NoPicture || len(r.Paths) != 0 {
		t.Errorf("of nothing: %+v", r)
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) != 1 {
		t.Errorf("%d files, %v", len(list), err)
	}
}

// TestADriveThatHangs: others wait for some seconds, and say so.
func TestADriveThatHangs(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s, goOn, done := saver(dir), make(chan struct{}), make(chan Result)
		go func() {
			r, _ := s.Clip("Porch", func() []recent.Picture { <-goOn; return nil })
			done <- r
		}()
		synctest.Wait()
		begin := time.Now()
		if r := s.Snapshots([]Shot{shot("Porch", "one", noon)}); r.Code != Busy || time.Since(begin) != patience {
			t.Errorf("got %+v after %v", r, time.Since(begin))
		}
		close(goOn)
		<-done
		if r := s.Snapshots([]Shot{shot("Porch", "one", noon)}); r.Code != NoCode {
			t.Errorf("got %+v", r)
		}
	})
}
