package control

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"pigrid/desktop/gridapi"
	"pigrid/desktop/serve/servetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shortDir is a folder whose path a socket's fits.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "p")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// start answers commands until end is called.
func start(t *testing.T, dir string, grid http.Handler) (end func()) {
	t.Helper()
	ln, err := Listen(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		Serve(ctx, ln, grid, slog.New(slog.DiscardHandler))
	}()
	return func() { cancel(); <-done }
}

func TestCommands(t *testing.T) {
	a, dir := servetest.NewAgent(t), filepath.Join(shortDir(t), "new", "state")
	grid := gridapi.New(servetest.Engine(t), "test")
	grid.Start()
	end := start(t, dir, grid.Handler())
	defer end()
	for name, want := range map[string]fs.FileMode{socketName: 0o600, filepath.Dir(socketName): 0o700} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != want {
			t.Errorf("others may use it: %v, %v", info, err)
		}
	}
	added, err := Call(t.Context(), dir, "add", gridapi.Call{Address: a.Addr()})
	if err != nil || added.Result == nil || !added.Result.OK || len(added.State.Cameras) != 1 {
		t.Fatalf("%+v, %v", added.Result, err)
	}
	if now, err := Call(t.Context(), dir, "", gridapi.Call{}); err != nil || len(now.State.Cameras) != 1 || now.State.ReadOnly {
		t.Errorf("%+v, %v", now.State, err)
	}
	if gone, err := Call(t.Context(), dir, "forget", gridapi.Call{Key: servetest.Key}); err != nil || len(gone.State.Cameras) != 0 {
		t.Errorf("%+v, %v", gone.State, err)
	}
	if _, err := Call(t.Context(), dir, "none", gridapi.Call{}); err == nil || !strings.Contains(err.Error(), "no such command") {
		t.Error(err)
	}
	if _, err := Listen(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "another pigrid-serve runs") {
		t.Errorf("a second program with the same state: %v", err)
	}
	var other []string
	if err := Ask(t.Context(), dir, "/frames", gridapi.Question{}, &other); err == nil || !strings.Contains(err.Error(), "another version") {
		t.Error(err)
	}
	end()
	if _, err := Call(t.Context(), dir, "", gridapi.Call{}); !errors.Is(err, ErrNotRunning) || !strings.Contains(err.Error(), dir) {
		t.Error(err)
	}
}

// TestASocketThatWasLeftBehind is replaced.
func TestASocketThatWasLeftBehind(t *testing.T) {
	dir := shortDir(t)
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "control"), 0o700), os.WriteFile(filepath.Join(dir, socketName), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, err := Call(t.Context(), dir, "", gridapi.Call{}); !errors.Is(err, ErrNotRunning) {
		t.Error(err)
	}
	end := start(t, dir, http.NotFoundHandler())
	if _, err := Call(t.Context(), dir, "", gridapi.Call{}); err == nil || errors.Is(err, ErrNotRunning) {
		t.Error(err)
	}
	end()
	if _, err := os.Stat(filepath.Join(dir, socketName)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it stays behind: %v", err)
	}
	if _, err := Listen(t.Context(), "/proc/none"); err == nil {
		t.Error("a folder that cannot be made")
	}
}
