package reveal

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestTheFolderIsOpened: xdg-open is called with the folder, and may live on.
func TestTheFolderIsOpened(t *testing.T) {
	dir := t.TempDir()
	said := filepath.Join(dir, "said")
	script := "#!/bin/sh\nprintf %s \"$1\" >" + said + ".tmp && mv " + said + ".tmp " + said + "\n"
	if err := os.WriteFile(filepath.Join(dir, "xdg-open"), []byte(script), 0o700); err != nil { //nolint:gosec // it is run
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	if err := InFolder("/home/me/My Pictures/$(x) a.jpg"); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(20 * time.Second)
	for {
		got, err := os.ReadFile(said)
		if err == nil {
			if string(got) != "/home/me/My Pictures" {
				t.Errorf("got %q", got)
			}
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func TestNoFileManager(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if InFolder("/home/me/a.jpg") == nil {
		t.Error("no error")
	}
}
