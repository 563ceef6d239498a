package mkv

import (
	"context"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// TestVLCPlaysIt: VLC draws pictures of both sizes, in time.
func TestVLCPlaysIt(t *testing.T) {
	t.Parallel()
	path, err := exec.LookPath("cvlc")
	if err != nil {
		t.Skip("VLC is not installed")
	}
	f := film(t, 64, 48, regular(30, 100)...)
	for i := 15; i < 30; i++ {
		f.Frames[i].JPEG = shot(t, 128, 96, i)
	}
	dir, err := os.MkdirTemp("", "pigrid-vlc") // t.TempDir is closed to others
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o777); err != nil { //nolint:gosec // VLC may run as nobody
		t.Fatal(err)
	}
	file, err := os.Create(filepath.Join(dir, "film.mkv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := Write(file, f); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "-I", "dummy", "--no-audio", "--vout", "dummy", "--video-filter", "scene",
		"--scene-format", "jpg", "--scene-ratio", "1", "--scene-path", dir, "--play-and-exit", file.Name())
	cmd.Env = append(os.Environ(), "HOME="+dir)
	if os.Getuid() == 0 { // VLC refuses to be root
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: nobody(t)}
	}
	begin := time.Now()
	out, err := cmd.CombinedOutput()
	if took := time.Since(begin); err != nil || took < 2500*time.Millisecond {
		t.Errorf("took %v: %v", took, err)
	}
	drawn, err := filepath.Glob(filepath.Join(dir, "*.jpg")) // a slow computer leaves some out
	if err != nil || len(drawn) <= 15 {
		t.Errorf("it drew %d pictures, %v\n%s", len(drawn), err, out)
	}
}

func nobody(t *testing.T) *syscall.Credential {
	t.Helper()
	who, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	uid, err := strconv.ParseUint(who.Uid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	gid, err := strconv.ParseUint(who.Gid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}
