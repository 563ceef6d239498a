package gridapi

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// chooser is a window whose person chooses this.
type chooser struct {
	path string
	err  error
	wait chan struct{} // nil for at once
	name string
}

func (c *chooser) SaveAs(name string) (string, error) {
	c.name = name
	if c.wait != nil {
		<-c.wait
	}
	return c.path, c.err
}

func (c *chooser) ChooseFolder(begin string) (string, error) {
	c.name = begin
	return c.path, c.err
}

func TestSaveAs(t *testing.T) {
	d := startDesk(t, "", nil)
	if r := d.saveAs(Call{Name: "a.html", Text: "x"}); r.Code != savedNoWindow {
		t.Errorf("in a browser: %+v", r)
	}
	path := filepath.Join(t.TempDir(), "sheet.html")
	c := &chooser{path: path}
	d.In(c)
	for _, text := range []string{"<p>first</p>", "<p>second</p>"} {
		r := d.saveAs(Call{Name: "sheet.html", Text: text})
		data, err := os.ReadFile(path)
		if !r.OK || r.Path != path || c.name != "sheet.html" || string(data) != text || err != nil {
			t.Errorf("%+v, asked for %s: %s, %v", r, c.name, data, err)
		}
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v, %v", info.Mode(), err)
	}
	for name, tt := range map[string]struct {
		asks Call
		c    chooser
		code string
	}{
		"no file is wanted":   {Call{Name: "a", Text: "x"}, chooser{}, savedCancelled},
		"a dialog that fails": {Call{Name: "a", Text: "x"}, chooser{err: errors.New("no dialog")}, savedFailed},
		"a folder":            {Call{Name: "a", Text: "x"}, chooser{path: filepath.Dir(path)}, savedFailed},
		"no name":             {Call{Text: "x"}, chooser{path: path}, savedBad},
		"a path":              {Call{Name: "../a", Text: "x"}, chooser{path: path}, savedBad},
		"too long":            {Call{Name: "a", Text: strings.Repeat("x", maxSaveAs+1)}, chooser{path: path}, savedBad},
	} {
		d.In(&tt.c)
		if r := d.saveAs(tt.asks); r.OK || r.Code != tt.code || strings.Contains(r.Detail, ".tmp") {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if data, _ := os.ReadFile(path); string(data) != "<p>second</p>" {
		t.Errorf("the file is %s", data)
	}
}

// TestOneFileAtATime: a second dialog would be behind the first.
func TestOneFileAtATime(t *testing.T) {
	d := startDesk(t, "", nil)
	c := &chooser{wait: make(chan struct{})}
	d.In(c)
	first := make(chan *SavedAs)
	go func() { first <- d.saveAs(Call{Name: "a", Text: "x"}) }()
	eventually(t, 5*time.Second, "the person is asked", func() bool { return len(d.saving) == 1 })
	if r := d.saveAs(Call{Name: "b", Text: "x"}); r.Code != savedBusy {
		t.Errorf("got %+v", r)
	}
	close(c.wait)
	if r := <-first; r.Code != savedCancelled {
		t.Errorf("the first: %+v", r)
	}
}
