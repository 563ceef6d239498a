// Package facts keeps what the owner says of an agent and its cameras: names, and how
// cameras are mounted.
package facts

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"sync"

	"pigrid/agent/smallfile"
	"pigrid/shared/api"
)

const (
	file = "facts.json"
	// badSuffix marks a file that could not be understood, kept for people.
	badSuffix  = ".bad"
	maxFile    = 64 << 10 // bytes
	maxCameras = 64
)

// Facts is what the owner says. It is safe for concurrent use.
type Facts struct {
	path string // empty keeps nothing

	mu    sync.Mutex
	known known
}

type known struct {
	Name    string                  `json:"name,omitempty"`
	Cameras map[string]api.Mounting `json:"cameras,omitempty"` // by id
}

// Open reads what is kept in dir; the empty dir keeps nothing. The error is a
// sentence about a file that cannot be used; the Facts are good all the same.
func Open(dir string) (*Facts, error) {
	f := &Facts{}
	if dir == "" {
		return f, nil
	}
	f.path = filepath.Join(dir, file)
	data, err := smallfile.Read(f.path, maxFile)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		return f, fmt.Errorf("the names that the app gave cannot be read, so cameras have their own names: %w", err)
	}
	if err := parse(data, &f.known); err != nil {
		f.known = known{}
		if err := os.Rename(f.path, f.path+badSuffix); err != nil {
			return f, fmt.Errorf("%s is damaged and cannot be renamed, so cameras have their own names: %w", f.path, err)
		}
		return f, fmt.Errorf("the names that the app gave are damaged, so cameras have their own names; the old content is kept in %s: %w", f.path+badSuffix, err)
	}
	return f, nil
}

func parse(data []byte, k *known) error {
	if err := json.Unmarshal(data, k); err != nil {
		return err
	}
	if k.Name != "" && !api.GoodName(k.Name) || len(k.Cameras) > maxCameras {
		return errors.New("it is not what an agent writes")
	}
	for _, m := range k.Cameras {
		if err := Check(m); err != nil {
			return err
		}
	}
	return nil
}

// Check says what is wrong with what somebody says of a camera.
func Check(m api.Mounting) error {
	switch {
	case m.Rotation != 0 && m.Rotation != 90 && m.Rotation != 180 && m.Rotation != 270:
		return fmt.Errorf("a picture can be turned by 0, 90, 180 or 270 degrees, not by %d", m.Rotation)
	case m.Name != "" && !api.GoodName(m.Name):
		return errName
	}
	return nil
}

var errName = fmt.Errorf("a name has 1 to %d bytes and no control characters", api.MaxName)

// Name returns the agent's name, own when its owner gave it none.
func (f *Facts) Name(own string) string {
	if f == nil {
		return own
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.known.Name != "" {
		return f.known.Name
	}
	return own
}

// Apply writes into c what the owner says of it.
func (f *Facts) Apply(c *api.Camera) {
	if f == nil {
		return
	}
	f.mu.Lock()
	m := f.known.Cameras[c.ID]
	f.mu.Unlock()
	if m.Name != "" {
		c.Name = m.Name
	}
	c.Rotation, c.Mirror = m.Rotation, m.Mirror
}

// SetName keeps a name of the agent; empty for its own. Nothing has changed when it
// fails.
func (f *Facts) SetName(name string) error {
	if name != "" && !api.GoodName(name) {
		return errName
	}
	return f.change(func(k *known) { k.Name = name })
}

// SetCamera keeps what the owner says of a camera. Nothing has changed when it fails.
func (f *Facts) SetCamera(id string, m api.Mounting) error {
	if err := Check(m); err != nil {
		return err
	}
	return f.change(func(k *known) {
		if k.Cameras[id] = m; m == (api.Mounting{}) {
			delete(k.Cameras, id)
		}
	})
}

// change stores what change makes of what is known, and then knows it.
func (f *Facts) change(change func(*known)) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	next := known{f.known.Name, maps.Clone(f.known.Cameras)}
	if next.Cameras == nil {
		next.Cameras = map[string]api.Mounting{}
	}
	change(&next)
	if len(next.Cameras) > maxCameras {
		return fmt.Errorf("an agent remembers the names of %d cameras", maxCameras)
	}
	if f.path != "" {
		data, err := json.MarshalIndent(next, "", "  ")
		if err != nil {
			return err
		}
		if err := smallfile.Write(f.path, append(data, '\n'), 0o600); err != nil {
			return &StoreError{err}
		}
	}
	f.known = next
	return nil
}

// StoreError says that what is right could not be saved.
type StoreError struct{ Err error }

// Error implements error.
func (e *StoreError) Error() string { return "it could not be saved: " + e.Err.Error() }

// Unwrap returns why not.
func (e *StoreError) Unwrap() error { return e.Err }
