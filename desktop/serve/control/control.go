// Package control lets commands on this machine manage the cameras and view passwords of
// the pigrid-serve that runs here: all that the app's page can ask, over a Unix socket in its state
// folder, for root and its own user.
package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"pigrid/desktop/gridapi"
)

const (
	// socketName is in a folder of its own that only this user may enter: so the socket is
	// closed to others before it has its rights.
	socketName = "control/serve.sock"
	// patience is how long a command may take: to add a camera takes 40 s.
	patience = time.Minute
	// maxAnswer is the largest answer that is read, in bytes.
	maxAnswer = 16 << 20
)

// ErrNotRunning says that no pigrid-serve answers in a state folder.
var ErrNotRunning = errors.New("no pigrid-serve is running here")

// Listen makes the socket. One that was left behind, when the power was cut, is
// replaced; one that answers belongs to another pigrid-serve.
func Listen(ctx context.Context, dir string) (net.Listener, error) {
	path := filepath.Join(dir, socketName)
	if c, err := new(net.Dialer).DialContext(ctx, "unix", path); err == nil {
		_ = c.Close()
		return nil, fmt.Errorf("another pigrid-serve runs with the state folder %s; start this one with another --state-dir", dir)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("the state folder cannot be made: %w", err)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the socket for commands cannot be replaced: %w", err)
	}
	ln, err := new(net.ListenConfig).Listen(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("the socket for commands cannot be made in %s: %w", dir, err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		_ = ln.Close()
		return nil, fmt.Errorf("the socket for commands cannot be closed to others: %w", err)
	}
	return ln, nil
}

// Serve answers commands until ctx ends.
func Serve(ctx context.Context, ln net.Listener, handler http.Handler, log *slog.Logger) {
	srv := &http.Server{
		Handler: handler, ReadHeaderTimeout: patience, ReadTimeout: patience, WriteTimeout: patience,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	var done sync.WaitGroup
	done.Go(func() {
		<-ctx.Done()
		_ = srv.Close() // removes the socket, too
	})
	if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		log.Error("commands cannot reach this program any more", "error", err)
	}
	done.Wait()
}

// Call sends a command of the page to the pigrid-serve that runs with a state folder. The
// empty command asks for the state alone.
func Call(ctx context.Context, dir, command string, c gridapi.Call) (a gridapi.Answer, err error) {
	path, body := "/call/"+command, any(c)
	if command == "" {
		path, body = "/frames", gridapi.Question{}
	}
	if err = Ask(ctx, dir, path, body, &a); err == nil && a.State == nil {
		err = errVersion
	}
	return a, err
}

// errVersion says that an answer makes no sense.
var errVersion = errors.New("the answer of pigrid-serve cannot be read; is the program that runs another version?")

// Ask posts body to path of the pigrid-serve that runs with a state folder, and reads the
// answer.
func Ask(ctx context.Context, dir, path string, body, answer any) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	text, err := post(ctx, dir, path, body)
	if err != nil {
		return err
	}
	if json.Unmarshal(text, answer) != nil {
		return errVersion
	}
	return nil
}

// post sends a command and returns the answer.
func post(ctx context.Context, dir, path string, body any) ([]byte, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://pigrid-serve"+path, bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", filepath.Join(dir, socketName))
	}}
	answer, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return nil, unreachable(dir, err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("pigrid-serve did not answer: %w", err)
	}
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("pigrid-serve refused it: %s", strings.TrimSpace(string(text)))
	}
	return text, nil
}

// unreachable says why a command reached nobody.
func unreachable(dir string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("%w (state folder %s): start it, or say with --state-dir which one is meant", ErrNotRunning, dir)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("pigrid-serve runs as another user; use sudo (state folder %s)", dir)
	case errors.Is(err, context.DeadlineExceeded):
		return errors.New("pigrid-serve did not answer in time")
	}
	return fmt.Errorf("pigrid-serve cannot be reached: %w", err)
}
