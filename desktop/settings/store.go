package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"pigrid/desktop/wholefile"
)

// maxFile bounds what is read; a sane file is a few kilobytes.
const maxFile = 8 << 20

// Path returns where the settings of this user are.
func Path() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("no folder for settings: %w", err)
	}
	return filepath.Join(dir, "pigrid", "settings.json"), nil
}

// Store is the settings file. It is safe for concurrent use.
type Store struct {
	path string

	mu    sync.Mutex
	now   Settings
	saved []byte
}

// Open reads the settings at path; with the empty path nothing is ever read or
// written. It always returns a usable Store: a missing
// file means the defaults, and a file that cannot be used is kept aside under
// the name <path>.bad and replaced by the defaults at the next save. The error
// is one sentence for people saying so.
func Open(path string) (*Store, error) {
	s := &Store{path: path, now: Settings{}.valid()}
	if path == "" {
		return s, nil
	}
	data, err := read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err == nil {
		var parsed Settings
		if parsed, err = Parse(data); err == nil {
			s.now, s.saved = parsed, data
			return s, nil
		}
	}
	aside, moveErr := keepAside(path)
	if moveErr != nil {
		// Saving would destroy what could not be moved away.
		s.path = ""
		return s, fmt.Errorf("the settings in %s cannot be used (%w) and could not be kept aside (%w): changes are not saved", path, err, moveErr)
	}
	return s, fmt.Errorf("the settings in %s cannot be used (%w): they are kept as %s, and PiGrid starts with none", path, err, aside)
}

func read(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxFile || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("it is no file of at most %d bytes", maxFile)
	}
	return os.ReadFile(path)
}

// keepAside renames a file to the first of NAME.bad, NAME.bad.2, … that is free.
func keepAside(path string) (string, error) {
	for n := 1; ; n++ {
		aside := path + ".bad"
		if n > 1 {
			aside = fmt.Sprintf("%s.bad.%d", path, n)
		}
		if _, err := os.Lstat(aside); errors.Is(err, fs.ErrNotExist) {
			return aside, os.Rename(path, aside)
		} else if err != nil || n == 100 {
			return "", fmt.Errorf("no free name beside it: %w", errors.Join(err, fs.ErrExist))
		}
	}
}

// Get returns the settings.
func (s *Store) Get() Settings {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// Save makes the settings what change makes of them and writes them when they
// differ from what the file holds. The slices change gets must not be changed
// in place. After an error the Store keeps the change and the file its old content.
func (s *Store) Save(change func(Settings) Settings) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = change(s.now).valid()
	data, err := json.MarshalIndent(s.now, "", "  ")
	if err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	data = append(data, '\n')
	if s.path == "" || string(data) == string(s.saved) {
		return nil
	}
	if err := wholefile.Replace(s.path, data); err != nil {
		return fmt.Errorf("the settings are not saved: %w", err)
	}
	s.saved = data
	return nil
}
