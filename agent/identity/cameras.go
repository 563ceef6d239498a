package identity

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"

	"pigrid/agent/smallfile"
)

const (
	// camerasFile remembers which camera id belongs to which sensor path.
	camerasFile = "cameras.json"
	// badSuffix marks a camerasFile that could not be read, kept for people.
	badSuffix = ".bad"
	// maxFile bounds what is read of any file here, in bytes; a thousand cameras
	// take a tenth.
	maxFile = 1 << 20
)

// CameraIDs gives cameras short ids that are easy to type: the sensor's model,
// with a number behind it for the second of its kind. A camera keeps its id
// for as long as it stays at its connector. It is safe for concurrent use.
type CameraIDs struct {
	path string // "" keeps nothing

	mu    sync.Mutex
	known map[string]string // sensor path -> id
	bad   bool              // what is at path was not understood and must not be lost
	owed  bool              // not all that is known could be kept
}

// OpenCameraIDs reads the ids remembered in dir; the empty dir keeps none. The
// error is a sentence about a file that cannot be read; the CameraIDs are good
// all the same and know what could be read. The file is kept as
// cameras.json.bad before it is written again.
func OpenCameraIDs(dir string) (*CameraIDs, error) {
	c := &CameraIDs{known: map[string]string{}}
	if dir == "" {
		return c, nil
	}
	c.path = filepath.Join(dir, camerasFile)
	data, err := smallfile.Read(c.path, maxFile)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err == nil {
		c.known, err = parseCameras(data)
	}
	if err != nil {
		c.bad = true
		return c, fmt.Errorf("the saved camera ids cannot be read, so cameras may get new ones; see %s, which will be kept as %s: %w",
			c.path, camerasFile+badSuffix, err)
	}
	return c, nil
}

// parseCameras returns all entries that are right, even with an error.
func parseCameras(data []byte) (map[string]string, error) {
	known := map[string]string{}
	read := map[string]string{}
	if err := json.Unmarshal(data, &read); err != nil {
		return known, err
	}
	var err error
	taken := map[string]bool{}
	for _, path := range slices.Sorted(maps.Keys(read)) {
		id := read[path]
		if !validCameraID(id) || taken[id] {
			err = fmt.Errorf("%q of %q is not a camera id of its own", id, path)
			continue
		}
		taken[id] = true
		known[path] = id
	}
	return known, err
}

// ID returns the id of the camera of a model at a sensor path. The error says
// that a new id could not be kept, see [NotKept]; the id is good all the same.
func (c *CameraIDs) ID(model, path string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if id, ok := c.known[path]; ok {
		return id, nil
	}
	taken := map[string]bool{reservedID: true}
	for _, id := range c.known {
		taken[id] = true
	}
	base := cleanID(model)
	id := base
	for n := 2; taken[id]; n++ {
		id = base + "-" + strconv.Itoa(n)
	}
	c.known[path] = id
	return id, c.save()
}

// Keep tries again to keep ids that could not be kept, and reports whether there
// were any.
func (c *CameraIDs) Keep() (owed bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.owed {
		return false, nil
	}
	return true, c.save()
}

func (c *CameraIDs) save() error {
	if c.path == "" {
		return nil
	}
	c.owed = true
	if err := c.write(); err != nil {
		return notKept("the ids of cameras", c.path, err)
	}
	c.owed = false
	return nil
}

func (c *CameraIDs) write() error {
	if c.bad {
		if err := os.Rename(c.path, c.path+badSuffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		c.bad = false
	}
	data, err := json.MarshalIndent(c.known, "", "  ")
	if err != nil {
		return err
	}
	return store(c.path, string(data))
}
