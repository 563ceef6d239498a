package identity

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// open returns the ids remembered in dir and fails on any error.
func open(t *testing.T, dir string) *CameraIDs {
	t.Helper()
	c, err := OpenCameraIDs(dir)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// expect checks the id of one camera and that it was kept.
func expect(t *testing.T, c *CameraIDs, model, path, want string) {
	t.Helper()
	if id, err := c.ID(model, path); err != nil || id != want {
		t.Errorf("%s at %s is %s, want %s; error %v", model, path, id, want, err)
	}
}

func TestCameraIDs(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	c := open(t, dir)
	expect(t, c, "imx708", "/base/i2c@80000/imx708@1a", "imx708")
	expect(t, c, "imx708", "/base/i2c@88000/imx708@1a", "imx708-2")
	expect(t, c, "imx708_wide_NoIR", "/base/x", "imx708-wide-noir")
	expect(t, c, "imx708", "/base/i2c@80000/imx708@1a", "imx708")

	again := open(t, dir) // other order, other model name: the connector counts
	expect(t, again, "imx708", "/base/i2c@88000/imx708@1a", "imx708-2")
	expect(t, again, "imx708_wide", "/base/i2c@80000/imx708@1a", "imx708")
	expect(t, again, "imx708", "/base/new", "imx708-3")
	expect(t, open(t, dir), "imx708", "/base/new", "imx708-3")
}

// TestOddModels: every id that was given out is known again.
func TestOddModels(t *testing.T) {
	for _, test := range []struct{ model, first, second string }{
		{strings.Repeat("a", 31) + "_b", strings.Repeat("a", 31), strings.Repeat("a", 31) + "-2"},
		{strings.Repeat("B", 40), strings.Repeat("b", 32), strings.Repeat("b", 32) + "-2"},
		{"Ä_ ", "sensor", "sensor-2"},
		{"camera", "camera-2", "camera-3"},
	} {
		dir := t.TempDir()
		expect(t, open(t, dir), test.model, "one", test.first)
		expect(t, open(t, dir), test.model, "two", test.second)
		expect(t, open(t, dir), test.model, "one", test.first)
	}
}

func TestNothingKept(t *testing.T) {
	expect(t, open(t, ""), "imx708", "/base", "imx708")
}

// TestBadFile: what can be read counts, what cannot is kept aside.
func TestBadFile(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "imx219",
		"{":                             "imx219",
		"[]":                            "imx219",
		`{"a": 3}`:                      "imx219",
		`{"/base/b": "IMX 219"}`:        "imx219",
		`{"/base/b": "camera"}`:         "imx219",
		`{"a": "imx219", "b":"-"}`:      "imx219-2",
		`{"/base/b": "door", "c":""}`:   "door",
		`{"a":"imx219","/base/b":"x/"}`: "imx219-2",
		`{"a":"x","/base/b":"x"}`:       "x",
	} {
		dir := t.TempDir()
		path := write(t, dir, camerasFile, text)
		c, err := OpenCameraIDs(dir)
		sentence(t, err, "the saved camera ids cannot be read", path, "cameras.json.bad")
		expect(t, c, "imx219", "/base/b", want)
		kept, err := os.ReadFile(path + badSuffix)
		if want == "imx219" || want == "imx219-2" { // something new was written
			if err != nil || string(kept) != text {
				t.Errorf("%s: kept %q, error %v", text, kept, err)
			}
			expect(t, open(t, dir), "imx219", "/base/b", want)
		} else if old, _ := os.ReadFile(path); string(old) != text {
			t.Errorf("%s became %s for no reason", text, old)
		}
	}
}

// TestNotKept: a folder that is no use costs the memory, not the camera.
func TestNotKept(t *testing.T) {
	c, err := OpenCameraIDs(write(t, t.TempDir(), "file", ""))
	sentence(t, err, "the saved camera ids cannot be read")
	if id, err := c.ID("imx708", "/base"); id != "imx708" || err == nil {
		t.Errorf("%s, error %v", id, err)
	}
	expect(t, c, "imx708", "/base", "imx708")
}

// TestBadFileStays: when it cannot be put aside, it is not overwritten either.
func TestBadFileStays(t *testing.T) {
	dir := t.TempDir()
	path := write(t, dir, camerasFile, "{")
	if err := os.MkdirAll(filepath.Join(path+badSuffix, "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	c, _ := OpenCameraIDs(dir)
	if id, err := c.ID("imx708", "/base"); id != "imx708" || err == nil {
		t.Errorf("%s, error %v", id, err)
	}
	if kept, _ := os.ReadFile(path); string(kept) != "{" {
		t.Errorf("now it holds %q", kept)
	}
}

func TestCameraIDsAtOnce(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir)
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			if _, err := c.ID("imx708", string(rune('a'+i%8))); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	data, err := os.ReadFile(filepath.Join(dir, camerasFile))
	kept := map[string]string{}
	if err != nil || json.Unmarshal(data, &kept) != nil || len(kept) != 8 {
		t.Errorf("kept %s, error %v", data, err)
	}
}

// TestRememberedIDsThatAreNoFile: what would never end to be read, or only when
// somebody writes, is kept aside like all that is not understood.
func TestRememberedIDsThatAreNoFile(t *testing.T) {
	for name, put := range map[string]func(path string) error{
		"pipe":    func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"endless": func(path string) error { return os.Symlink("/dev/zero", path) },
		"large":   func(path string) error { return os.WriteFile(path, make([]byte, maxFile+1), 0o600) },
		"folder":  func(path string) error { return os.Mkdir(path, 0o700) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := put(filepath.Join(dir, camerasFile)); err != nil {
				t.Fatal(err)
			}
			c, err := OpenCameraIDs(dir)
			if err == nil || !strings.Contains(err.Error(), "cannot be read") {
				t.Errorf("error %v", err)
			}
			expect(t, c, "imx708", "/base/x", "imx708")
			expect(t, open(t, dir), "imx708", "/base/x", "imx708")
			if _, err := os.Lstat(filepath.Join(dir, camerasFile+badSuffix)); err != nil {
				t.Error(err)
			}
			dir = t.TempDir()
			if err := put(filepath.Join(dir, idFile)); err != nil {
				t.Fatal(err)
			}
			if id, err := StoredID(thisMachine, dir); err == nil {
				t.Errorf("the id of the agent is %q", id)
			}
		})
	}
}
