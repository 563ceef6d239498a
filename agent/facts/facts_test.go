package facts

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"pigrid/shared/api"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, dir string) *Facts {
	t.Helper()
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func applied(f *Facts, id string) api.Camera {
	c := api.Camera{ID: id, Name: "own"}
	f.Apply(&c)
	return c
}

func TestFactsSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	f := open(t, dir)
	if f.Name("own") != "own" || applied(f, "imx708").Name != "own" {
		t.Error("it knows what nobody said")
	}
	if err := errors.Join(f.SetName("Garden"), f.SetCamera("imx708", api.Mounting{Name: "Gate", Rotation: 270, Mirror: true})); err != nil {
		t.Fatal(err)
	}
	for _, f := range []*Facts{f, open(t, dir)} {
		c := applied(f, "imx708")
		if f.Name("own") != "Garden" || c.Name != "Gate" || c.Rotation != 270 || !c.Mirror || applied(f, "imx219").Name != "own" {
			t.Errorf("%+v", c)
		}
	}
	if err := errors.Join(f.SetName(""), f.SetCamera("imx708", api.Mounting{})); err != nil {
		t.Fatal(err)
	}
	if f = open(t, dir); f.Name("own") != "own" || applied(f, "imx708").Rotation != 0 {
		t.Error("it cannot be taken back")
	}
}

func TestBadFactsChangeNothing(t *testing.T) {
	f := open(t, t.TempDir())
	for _, m := range []api.Mounting{{Rotation: 1}, {Name: "a\nb"}, {Name: strings.Repeat("x", api.MaxName+1)}} {
		if err := f.SetCamera("a", m); err == nil || applied(f, "a").Name != "own" {
			t.Errorf("%+v is taken", m)
		}
	}
	if f.SetName("\x00") == nil {
		t.Error("a name without characters")
	}
	for i := range maxCameras + 1 {
		err := f.SetCamera(strings.Repeat("x", i+1), api.Mounting{Mirror: true})
		if (err != nil) != (i == maxCameras) {
			t.Errorf("camera %d: %v", i, err)
		}
	}
}

func TestAFileThatCannotBeReadIsKept(t *testing.T) {
	for _, text := range []string{"", "{", `{"name":"a\nb"}`, `{"cameras":{"a":{"rotation":7}}}`} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := Open(dir)
		kept, readErr := os.ReadFile(filepath.Join(dir, file+badSuffix))
		if err == nil || f.Name("own") != "own" || readErr != nil || string(kept) != text {
			t.Errorf("%q: %v, kept %q", text, err, kept)
		}
		if err := f.SetName("Garden"); err != nil {
			t.Error(err)
		}
	}
}

func TestWhatCannotBeSaved(t *testing.T) {
	dir := t.TempDir()
	f := open(t, dir)
	if err := os.Mkdir(filepath.Join(dir, file), 0o700); err != nil {
		t.Fatal(err)
	}
	err := f.SetName("Garden")
	if _, ok := errors.AsType[*StoreError](err); !ok || f.Name("own") != "own" {
		t.Error("half changed", err)
	}
}

func TestWithoutAFolder(t *testing.T) {
	f := open(t, "")
	if err := f.SetName("Garden"); err != nil || f.Name("own") != "Garden" {
		t.Error(err)
	}
	var none *Facts
	if none.Name("own") != "own" || applied(none, "a").Name != "own" {
		t.Error("nil knows something")
	}
}
