package settings

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"pigrid/desktop/wholefile"
)

// ErrRefused is wrapped by the error of each Save when the file must not be written over.
var ErrRefused = errors.New("the settings are not saved")

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

	// refused is why nothing is saved: a file that must not be written over. Nil for none.
	refused error

	mu     sync.Mutex
	now    Settings
	saved  []byte // what the file holds
	copied []byte // what its copy holds
}

// Get returns the settings.
func (s *Store) Get() Settings {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// Save makes the settings what change makes of them and writes them when they
// differ from what the file holds, and then its copy. The slices change gets must not be
// changed in place. After an error the Store keeps the change and the file its old
// content. A copy that cannot be written is tried again with the next Save.
func (s *Store) Save(change func(Settings) Settings) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = change(s.now).valid()
	data, err := json.MarshalIndent(s.now, "", "  ")
	if err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	data = append(data, '\n')
	switch {
	case s.path == "":
		return nil
	case s.refused != nil:
		return s.refused
	}
	if !bytes.Equal(data, s.saved) {
		if err := wholefile.Replace(s.path, data); err != nil {
			return fmt.Errorf("the settings are not saved: %w", err)
		}
		s.saved = data
	}
	if !bytes.Equal(data, s.copied) && wholefile.Replace(wholefile.CopyOf(s.path), data) == nil {
		s.copied = data
	}
	return nil
}
