package settings

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pigrid/desktop/wholefile"
)

const newerFile = `{"version": 9, "cameras": {"new": "shape"}, "households": [{"id": "h1", "name": "Home"}], "declined": 7,
	"agents": [{"id": "a", "spki": "0101010101010101010101010101010101010101010101010101010101010101", "household": "h1", "key": 2}]}`

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// savedExample returns where the example was saved.
func savedExample(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "settings.json")
	s, err := Open(path)
	if err == nil {
		err = s.Save(func(Settings) Settings { return example() })
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// TestNothingIsLostWithTheFile: whose public key is not known any more would be believed
// without one.
func TestNothingIsLostWithTheFile(t *testing.T) {
	for name, spoil := range map[string]func(path string) error{
		"cut":      func(path string) error { return os.Truncate(path, 40) },
		"empty":    func(path string) error { return os.Truncate(path, 0) },
		"zeros":    func(path string) error { return os.WriteFile(path, make([]byte, 4096), 0o600) },
		"gone":     os.Remove,
		"a folder": func(path string) error { return errors.Join(os.Remove(path), os.Mkdir(path, 0o700)) },
	} {
		t.Run(name, func(t *testing.T) {
			path := savedExample(t)
			if err := spoil(path); err != nil {
				t.Fatal(err)
			}
			for range 2 { // the second start finds the file of the first
				s, err := Open(path)
				if !reflect.DeepEqual(s.Get(), example()) {
					t.Errorf("PiGrid knows %+v, error %v", s.Get(), err)
				}
				if err := s.Save(func(s Settings) Settings { return s }); err != nil {
					t.Error(err)
				}
			}
			if _, err := Open(path); err != nil {
				t.Errorf("at the third start: %v", err)
			}
			if _, err := os.Lstat(path + ".bad"); name != "gone" && err != nil {
				t.Errorf("what was found is not kept: %v", err)
			}
		})
	}
}

func TestTheFirstStartAfterALossSaysSo(t *testing.T) {
	path := savedExample(t)
	write(t, path, "{")
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), "copy") || strings.Contains(err.Error(), "\n") {
		t.Errorf("a broken file: %v", err)
	}
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), wholefile.CopyOf(path)) {
		t.Errorf("a file that is gone: %v", err)
	}
}

// TestTheCopyIsNeverOlder: also when it could not be written for a while.
func TestTheCopyIsNeverOlder(t *testing.T) {
	path := savedExample(t)
	s, _ := Open(path)
	spare := wholefile.CopyOf(path)
	if err := errors.Join(os.Remove(spare), os.MkdirAll(filepath.Join(spare, "in the way"), 0o700)); err != nil {
		t.Fatal(err)
	}
	rename := func(s Settings) Settings {
		s.Households = []Household{{ID: "h1", Name: "Cabin"}}
		return s
	}
	if err := s.Save(rename); err != nil {
		t.Errorf("saved without its copy: %v", err)
	}
	if err := os.RemoveAll(spare); err != nil {
		t.Fatal(err)
	}
	if err := s.Save(rename); err != nil {
		t.Error(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if s, _ := Open(path); s.Get().Households[0].Name != "Cabin" {
		t.Errorf("the copy has %+v", s.Get().Households)
	}
}

// TestTheCopyOfADamagedFileIsMade: an older PiGrid, or a full disk, left none.
func TestTheCopyOfADamagedFileIsMade(t *testing.T) {
	path := savedExample(t)
	write(t, wholefile.CopyOf(path), "{")
	s, err := Open(path)
	if err != nil {
		t.Errorf("with a good file: %v", err)
	}
	if err := s.Save(func(s Settings) Settings { return s }); err != nil {
		t.Error(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if s, _ := Open(path); !reflect.DeepEqual(s.Get(), example()) {
		t.Errorf("the copy has %+v", s.Get())
	}
}

func TestBothAreKeptAside(t *testing.T) {
	for name, left := range map[string][]string{"file and copy": {"", ".bak"}, "copy": {".bak"}} {
		t.Run(name, func(t *testing.T) {
			path := savedExample(t)
			_ = os.Remove(path)
			for _, end := range left {
				write(t, path+end, "{"+end)
			}
			s, err := Open(path)
			if err == nil || len(s.Get().Cameras) != 0 {
				t.Errorf("%+v, %v", s.Get(), err)
			}
			if err := s.Save(func(Settings) Settings { return example() }); err != nil {
				t.Error(err)
			}
			for _, end := range left {
				if data, _ := os.ReadFile(path + end + ".bad"); string(data) != "{"+end {
					t.Errorf("of settings.json%s is kept %q", end, data)
				}
			}
		})
	}
}

// TestNewerSettingsStay: they are neither moved nor written over, and public keys in
// them are believed: else an older PiGrid would ask locked agents without encryption.
func TestNewerSettingsStay(t *testing.T) {
	for name, which := range map[string]string{"file": "", "copy of a broken file": ".bak", "copy": ".bak"} {
		t.Run(name, func(t *testing.T) {
			path := savedExample(t)
			_ = os.Remove(wholefile.CopyOf(path))
			switch name {
			case "copy":
				_ = os.Remove(path)
			case "copy of a broken file":
				write(t, path, "{")
			}
			write(t, path+which, newerFile)
			s, err := Open(path)
			if err == nil || !strings.Contains(err.Error(), "newer PiGrid") || !strings.Contains(err.Error(), path+which) {
				t.Errorf("says %v", err)
			}
			got := s.Get()
			if len(got.Agents) != 1 || got.Agents[0].Key != 2 || len(got.Households) != 1 || len(got.Cameras) != 0 {
				t.Errorf("PiGrid knows %+v", got)
			}
			if err := s.Save(func(Settings) Settings { return example() }); !errors.Is(err, ErrRefused) || len(s.Get().Cameras) != 2 {
				t.Errorf("saving: %v", err)
			}
			if data, _ := os.ReadFile(path + which); string(data) != newerFile {
				t.Errorf("the file is %s", data)
			}
			if list, _ := filepath.Glob(path + "*.bad"); len(list) != 0 {
				t.Errorf("moved to %v", list)
			}
		})
	}
}
