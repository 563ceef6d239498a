package identity

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// camerasFile remembers which camera id belongs to which sensor path.
const camerasFile = "cameras.json"

// CameraIDs gives cameras short ids that are easy to type: the sensor's model,
// with a number behind it for the second of its kind. A camera keeps its id
// for as long as it stays at its connector. It is safe for concurrent use.
type CameraIDs struct {
	dir string // "" keeps nothing

	mu    sync.Mutex
	known map[string]string // sensor path -> id
}

// OpenCameraIDs reads the ids remembered in dir. An unreadable file is reported
// and replaced at the next change; ids are then given out anew.
func OpenCameraIDs(dir string) (*CameraIDs, error) {
	c := &CameraIDs{dir: dir, known: map[string]string{}}
	if dir == "" {
		return c, nil
	}
	data, err := os.ReadFile(filepath.Join(dir, camerasFile))
	if os.IsNotExist(err) {
		return c, nil
	}
	if err == nil {
		err = c.parse(data)
	}
	if err != nil {
		return c, fmt.Errorf("the remembered camera ids cannot be read, cameras may get new ids: %w", err)
	}
	return c, nil
}

func (c *CameraIDs) parse(data []byte) error {
	known := map[string]string{}
	if err := json.Unmarshal(data, &known); err != nil {
		return err
	}
	taken := map[string]bool{}
	for path, id := range known {
		if id == "" || id != cleanID(id) || taken[id] {
			return fmt.Errorf("%q is not an id of its own", id)
		}
		taken[id] = true
		c.known[path] = id
	}
	return nil
}

// ID returns the id of the camera of a model at a sensor path. The error says
// that a new id could not be kept; the id is good all the same.
func (c *CameraIDs) ID(model, path string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if id, ok := c.known[path]; ok {
		return id, nil
	}
	taken := map[string]bool{}
	for _, id := range c.known {
		taken[id] = true
	}
	base := cleanID(model)
	id := base
	for n := 2; taken[id]; n++ {
		id = fmt.Sprintf("%s-%d", base, n)
	}
	c.known[path] = id
	return id, c.save()
}

func (c *CameraIDs) save() error {
	if c.dir == "" {
		return nil
	}
	data, err := json.MarshalIndent(c.known, "", "  ")
	if err != nil {
		return err
	}
	return store(c.dir, filepath.Join(c.dir, camerasFile), string(data))
}

// cleanID turns text into an id: lower-case letters, digits and dashes.
func cleanID(text string) string {
	id := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, text)
	id = strings.Trim(id, "-")
	if id == "" {
		return "sensor"
	}
	return id[:min(len(id), 32)]
}
