package identity

import (
	"encoding/json"
	"testing"
)

// FuzzCameras: whatever stands in cameras.json, every id that is used is valid,
// belongs to one camera and is read back as it was written.
func FuzzCameras(f *testing.F) {
	f.Add([]byte(`{"/base/soc/i2c0mux/i2c@1/imx708@1a": "imx708"}`), "imx708")
	f.Fuzz(func(t *testing.T, data []byte, model string) {
		known, _ := parseCameras(data)
		c := &CameraIDs{known: known}
		for _, path := range []string{"one", "two"} {
			if _, err := c.ID(model, path); err != nil {
				t.Fatal(err)
			}
		}
		taken := map[string]bool{}
		for path, id := range c.known {
			if !validCameraID(id) || taken[id] {
				t.Errorf("%q at %q", id, path)
			}
			taken[id] = true
		}
		written, err := json.Marshal(c.known)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := parseCameras(written); err != nil || len(again) != len(c.known) {
			t.Errorf("read back %v, error %v", again, err)
		}
	})
}

// FuzzID: an id file holds a UUID or nothing.
func FuzzID(f *testing.F) {
	f.Add([]byte("ce42b307-9def-8db6-a8fc-0bee0b66ac21\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		id, ok := parseID(data)
		if ok != ValidID(id) || ok && len(id) != 36 {
			t.Errorf("%q, %v", id, ok)
		}
		if again, still := parseID([]byte(id + "\n")); still != ok || ok && again != id {
			t.Errorf("%q is read back as %q", id, again)
		}
	})
}
