package identity

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// fullCard returns a folder on a file system of its own without room, and what
// makes room there.
func fullCard(t *testing.T) (dir string, makeRoom func()) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root can mount")
	}
	dir = t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("no file system of its own here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 1<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("it is not full: %v", err)
	}
	return dir, func() {
		if err := os.Remove(ballast); err != nil {
			t.Error(err)
		}
	}
}

// TestFullCard: ids are given all the same, nothing half is left, and all is kept
// as soon as there is room.
func TestFullCard(t *testing.T) {
	dir, makeRoom := fullCard(t)
	id, err := StoredID(thisMachine, dir)
	sentence(t, err, "no room", "the agent's id", dir, "full")
	if again, _ := StoredID(thisMachine, dir); !ValidID(id) || again != id {
		t.Errorf("%q, at the next start %q", id, again)
	}
	if other, _ := StoredID(thisMachine, filepath.Join(dir, "other")); other == id {
		t.Error("two agents of this machine have one id")
	}
	c := open(t, dir)
	for _, path := range []string{"a", "b"} {
		_, err := c.ID("imx708", path)
		sentence(t, err, "no room", "ids of cameras", dir, "full")
		if e, ok := errors.AsType[*NotKept](err); !ok || !strings.Contains(e.Hint(), "df -h") {
			t.Errorf("what to do about %v?", err)
		}
	}
	if owed, err := c.Keep(); !owed || !noRoom(err) {
		t.Errorf("kept without room: %v, %v", owed, err)
	}
	for _, folder := range []string{dir, filepath.Join(dir, "other")} {
		left, err := os.ReadDir(folder)
		if err != nil {
			t.Error(err)
		}
		for _, f := range left {
			if !f.IsDir() && f.Name() != "ballast" {
				t.Errorf("half written: %s", f.Name())
			}
		}
	}
	makeRoom()
	if owed, err := c.Keep(); !owed || err != nil {
		t.Errorf("with room: %v, %v", owed, err)
	}
	if owed, err := c.Keep(); owed || err != nil {
		t.Errorf("kept twice: %v, %v", owed, err)
	}
	expect(t, open(t, dir), "other", "b", "imx708-2")
	if err := KeepID(dir, id); err != nil {
		t.Error(err)
	}
	if again, err := StoredID(thisMachine, dir); err != nil || again != id {
		t.Errorf("%s became %s, error %v", id, again, err)
	}
}

// TestFullCardKeepsWhatItHas: the file that was there stays whole.
func TestFullCardKeepsWhatItHas(t *testing.T) {
	dir, makeRoom := fullCard(t)
	makeRoom()
	expect(t, open(t, dir), "imx708", "a", "imx708")
	if err := os.WriteFile(filepath.Join(dir, "ballast"), make([]byte, 1<<20), 0o600); err == nil {
		t.Fatal("it is not full")
	}
	c := open(t, dir)
	if _, err := c.ID("imx219", "b"); !noRoom(err) {
		t.Errorf("error %v", err)
	}
	expect(t, open(t, dir), "imx708", "a", "imx708")
}
