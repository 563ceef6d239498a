package keep

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestUserDir(t *testing.T) {
	const name = "XDG_PICTURES_DIR"
	for text, want := range map[string]string{
		"": "",
		"# a comment\nXDG_MUSIC_DIR=\"$HOME/Musik\"\nXDG_PICTURES_DIR=\"$HOME/Bilder\"\n": "/home/me/Bilder",
		`XDG_PICTURES_DIR="$HOME/"`:               "/home/me",
		`XDG_PICTURES_DIR="$HOME"`:                "/home/me",
		`XDG_PICTURES_DIR="/data/My \"best\" \$"`: `/data/My "best" $`,
		`XDG_PICTURES_DIR="$HOMER/x"`:             "",
		`XDG_PICTURES_DIR="Bilder"`:               "",
		`XDG_PICTURES_DIR=/data`:                  "",
		`XDG_PICTURES_DIR="/data`:                 "",
		`#XDG_PICTURES_DIR="/data"`:               "",
		`XDG_PICTURES_DIR="/a/../b/"`:             "/b",
	} {
		if got := userDir([]byte(text), name, "/home/me"); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func FuzzUserDir(f *testing.F) {
	f.Add([]byte("XDG_PICTURES_DIR=\"$HOME/Bilder\"\n"))
	f.Add([]byte("XDG_PICTURES_DIR=\"/\\\\\\$\\\"\"\n\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got := userDir(data, "XDG_PICTURES_DIR", "/home/me")
		if got != "" && (!filepath.IsAbs(got) || filepath.Clean(got) != got || strings.ContainsRune(got, 0)) {
			t.Errorf("got %q", got)
		}
	})
}

func TestUsualFolder(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, "config"))
	if got, err := Usual(); err != nil || got != filepath.Join(home, "Pictures", "PiGrid") {
		t.Errorf("got %s, %v", got, err)
	}
	if err := os.Mkdir(filepath.Join(home, "config"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, "config", "user-dirs.dirs"), []byte(`XDG_PICTURES_DIR="$HOME/Bilder"`), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := (Where{}).folder()
	if want := filepath.Join(home, "Bilder", "PiGrid"); err != nil || got != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	if info, err := os.Stat(got); err != nil || !info.IsDir() {
		t.Errorf("it was not made: %v", err)
	}
}
