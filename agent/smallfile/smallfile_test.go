package smallfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestRead(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for name, text := range map[string]string{"empty": "", "text": "text", "full": strings.Repeat("x", 10), "large": strings.Repeat("x", 11)} {
		if err := os.WriteFile(at(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(syscall.Mkfifo(at("pipe"), 0o600), os.Symlink("/dev/zero", at("endless")), os.Symlink("text", at("link"))); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]struct {
		text, err string
	}{
		"empty":   {"", ""},
		"text":    {"text", ""},
		"link":    {"text", ""},
		"full":    {strings.Repeat("x", 10), ""},
		"large":   {"", "is larger than 10 bytes"},
		"pipe":    {"", "is not a regular file"},
		"endless": {"", "is not a regular file"},
		".":       {"", "is not a regular file"},
	} {
		data, err := Read(at(name), 10)
		if want.err == "" && (err != nil || string(data) != want.text) || want.err != "" && (err == nil || !strings.Contains(err.Error(), want.err)) {
			t.Errorf("%s: %q, %v; want %+v", name, data, err, want)
		}
	}
	if _, err := Read(at("none"), 10); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("none: %v", err)
	}
}
