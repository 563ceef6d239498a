package gridapi

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pigrid/desktop/cameras"
)

func TestWherePicturesAreSaved(t *testing.T) {
	t.Parallel()
	a := newAgent(t, idA, "Garage", "x")
	d := startDesk(t, "", nil)
	d.Add(a.addr)
	d.eventually(t, 5*time.Second, cameras.Key(idA, "x"), cameras.Live)
	dir := t.TempDir()
	first := d.set(t, "saving", Call{})
	if s := first.Saving; !first.OK || s == nil || s.Folder != "" || s.Name != "" || !strings.HasPrefix(s.Example, "Garage x 20") {
		t.Fatalf("at first %+v, %+v", first, first.Saving)
	}
	good := d.set(t, "setSaving", Call{Path: dir, Name: "{camera} {date}"})
	if s := good.Saving; !good.OK || s.Folder != dir || s.Name != "{camera} {date}" || !strings.HasPrefix(s.Example, "Garage x 20") {
		t.Fatalf("%+v, %+v", good, good.Saving)
	}
	for name, tt := range map[string]struct {
		command string
		c       Call
		code    string
		detail  string
	}{
		"a part that nobody knows": {"setSaving", Call{Path: dir, Name: "{room}"}, "unknown-part", "{room}"},
		"the same, tried":          {"tryName", Call{Name: "{room}"}, "unknown-part", "{room}"},
		"a folder in the name":     {"setSaving", Call{Path: dir, Name: "a/b"}, "separator", ""},
		"no folder":                {"setSaving", Call{Path: filepath.Join(dir, "gone")}, "no-folder", ""},
		"part of a path":           {"setSaving", Call{Path: "Pictures"}, "not-whole", ""},
	} {
		got := d.set(t, tt.command, tt.c)
		if got.OK || got.Code != tt.code || tt.detail != "" && got.Detail != tt.detail {
			t.Errorf("%s: %+v", name, got)
		}
		if s := d.set(t, "saving", Call{}).Saving; s.Folder != dir || s.Name != "{camera} {date}" {
			t.Errorf("%s changed it: %+v", name, s)
		}
	}
	if tried := d.set(t, "tryName", Call{Name: "x {camera}"}); !tried.OK || tried.Saving.Example != "x Garage x.jpg" {
		t.Errorf("tried: %+v", tried.Saving)
	}
	if saved := d.runSave("snapshot", Call{Key: cameras.Key(idA, "x")}); saved.Code != "" || saved.Folder != dir {
		t.Errorf("%+v", saved)
	}
	d.stop(t)
	again := startDesk(t, d.path, nil)
	if s := again.set(t, "saving", Call{}).Saving; s.Folder != dir || s.Name != "{camera} {date}" {
		t.Errorf("after a restart %+v", s)
	}
	if got := again.set(t, "setSaving", Call{}); !got.OK || got.Saving.Folder != "" || got.Saving.Name != "" {
		t.Errorf("back to the usual: %+v", got.Saving)
	}
}

func TestChooseFolder(t *testing.T) {
	t.Parallel()
	d := startDesk(t, "", nil)
	if got := d.set(t, "chooseFolder", Call{}); got.Code != savedNoWindow {
		t.Errorf("in a browser: %+v", got)
	}
	dir := t.TempDir()
	c := &chooser{path: dir}
	d.In(c)
	if got := d.set(t, "chooseFolder", Call{}); !got.OK || got.Saving.Folder != dir || c.name != got.Saving.Usual {
		t.Errorf("began with %s: %+v", c.name, got.Saving)
	}
	for name, tt := range map[string]struct {
		c    chooser
		code string
	}{
		"nothing":           {chooser{}, savedCancelled},
		"the dialog fails":  {chooser{err: errors.New("no portal")}, savedFailed},
		"a folder that was": {chooser{path: filepath.Join(dir, "gone")}, "no-folder"},
	} {
		d.In(&tt.c)
		if got := d.set(t, "chooseFolder", Call{}); got.OK || got.Code != tt.code {
			t.Errorf("%s: %+v", name, got)
		}
		if s := d.set(t, "saving", Call{}).Saving; s.Folder != dir || tt.c.name != dir {
			t.Errorf("%s: began with %s, then %+v", name, tt.c.name, s)
		}
	}
}

// TestSavingMovesToAnotherComputer: the pattern always, the folder where there is one.
func TestSavingMovesToAnotherComputer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old := startDesk(t, "", nil)
	old.set(t, "setSaving", Call{Path: dir, Name: "{date}"})
	file := old.set(t, "exportSettings", Call{}).Text
	same := startDesk(t, "", nil)
	same.set(t, "importSettings", Call{Text: file})
	if s := same.set(t, "saving", Call{}).Saving; s.Folder != dir || s.Name != "{date}" {
		t.Errorf("%+v", s)
	}
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	other := startDesk(t, "", nil)
	other.set(t, "importSettings", Call{Text: file})
	if s := other.set(t, "saving", Call{}).Saving; s.Folder != "" || s.Name != "{date}" {
		t.Errorf("where there is no such folder: %+v", s)
	}
}
