package camera

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

func TestHolderNamesTheOtherProgram(t *testing.T) {
	proc := t.TempDir()
	add := func(pid, name string, files ...string) {
		fds := filepath.Join(proc, pid, "fd")
		if err := os.MkdirAll(fds, 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(proc, pid, "comm"), name+"\n")
		for i, f := range files {
			if err := os.Symlink(f, filepath.Join(fds, string(rune('0'+i)))); err != nil {
				t.Fatal(err)
			}
		}
	}
	add("self", "not a process", "/dev/video0")
	add(strconv.Itoa(os.Getpid()), "pigrid-agent", "/dev/video0")
	if err := os.MkdirAll(filepath.Join(proc, "33", "fd"), 0o755); err != nil { // one that ends just now has no name any more
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/video0", filepath.Join(proc, "33", "fd", "0")); err != nil {
		t.Fatal(err)
	}
	add("12", "bash", "/dev/null", "/dev/pts/0")
	if got := holder(proc, ""); got != "" {
		t.Errorf("nobody has a camera, got %q", got)
	}
	add("77", "rpicam-vid", "/dev/media0")
	write(t, filepath.Join(proc, "77", "stat"), fmt.Sprintf("77 (rpicam-vid) S %d 77 77 0", os.Getpid()))
	add("78", "ffmpeg) x", "/dev/video0")
	write(t, filepath.Join(proc, "78", "stat"), "78 (ffmpeg) x) S 1 77 77 0")
	if got := holder(proc, ""); got != "" {
		t.Errorf("only our own child and what it started have a camera, got %q", got)
	}
	add("345", "motion\x1b[31m", "/dev/null", "/dev/video0")
	if got, want := holder(proc, ""), "motion[31m (process 345)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if err := os.RemoveAll(filepath.Join(proc, "345")); err != nil {
		t.Fatal(err)
	}
	add("346", "python3", "/dev/null", "/dev/media3")
	if got, want := holder(proc, ""), "python3 (process 346)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	add("347", "ffplay", "/dev/video2")
	for device, want := range map[string]string{"/dev/video2": "ffplay (process 347)", "/dev/video4": ""} {
		if got := holder(proc, device); got != want {
			t.Errorf("%s is held by %q, want %q", device, got, want)
		}
	}
	if got := holder(filepath.Join(proc, "nowhere"), ""); got != "" {
		t.Errorf("without /proc, got %q", got)
	}
}
