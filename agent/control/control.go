// Package control lets commands on this machine reach the agent that runs here:
// HTTP over a Unix socket in its state folder, for root and the agent's own user.
package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"pigrid/shared/api"
)

const (
	socketName = "agent.sock"
	// patience is how long a question and its answer may take.
	patience = 5 * time.Second
	// retryEvery is how often it is tried again to make the socket.
	retryEvery = 30 * time.Second
	// maxReport is the largest report that is read, in bytes.
	maxReport = 1 << 20
)

// Agent is what commands reach.
type Agent struct {
	Report func() Report
	// Access does a command about access, one of [AccessStatus] and the following.
	Access func(command string) Answer
}

// Report is what a person at the Pi wants to know of the agent.
type Report struct {
	Version string
	URL     string // of the agent's page
	Since   time.Time
	Cameras []api.Camera
	Viewers []Viewer
	Problem *Problem // the last one, nil for none since it started
}

// Viewer is a client that watches a camera.
type Viewer struct {
	Address string // IP address
	Camera  string // its id
	Since   time.Time
}

// Problem is something that went wrong.
type Problem struct {
	At      time.Time
	Message string
	Hint    string // what to do, may be empty
}

// Serve answers commands until ctx ends. An agent goes on without: what hinders it
// is logged, and it is tried again, as there may be room on the card or the other
// agent be gone. dir is the state folder; without one there is no socket.
func Serve(ctx context.Context, dir string, agent Agent, log *slog.Logger) {
	if dir == "" {
		return
	}
	said := ""
	for ctx.Err() == nil {
		ln, err := listen(ctx, filepath.Join(dir, socketName))
		if err == nil {
			serve(ctx, ln, agent, log)
			return
		}
		if err.Error() != said {
			said = err.Error()
			log.Warn("commands such as pigrid-agent status cannot reach this agent; retrying", "error", err)
		}
		select {
		case <-time.After(retryEvery):
		case <-ctx.Done():
		}
	}
}

// serve answers on a socket until ctx ends.
func serve(ctx context.Context, ln *net.UnixListener, agent Agent, log *slog.Logger) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /status", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(agent.Report())
	})
	agent.accessRoutes(mux)
	srv := &http.Server{
		Handler: mux, ReadTimeout: patience, WriteTimeout: patience,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	var done sync.WaitGroup
	done.Go(func() {
		<-ctx.Done()
		_ = srv.Close() // removes the socket, too
	})
	_ = srv.Serve(ownersOnly{ln, log})
	done.Wait()
}

// listen makes the socket. One that an agent left behind, when its power was cut,
// is replaced; one that answers belongs to another agent.
func listen(ctx context.Context, path string) (*net.UnixListener, error) {
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "unix", path)
	if errors.Is(err, syscall.EADDRINUSE) {
		var d net.Dialer
		if conn, err := d.DialContext(ctx, "unix", path); err == nil {
			_ = conn.Close()
			return nil, fmt.Errorf("another agent uses the state folder %s; give one of them its own with --state-dir", filepath.Dir(path))
		}
		if err := os.Remove(path); err != nil {
			return nil, err
		}
		ln, err = lc.Listen(ctx, "unix", path)
	}
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		_ = ln.Close()
		return nil, err
	}
	return ln.(*net.UnixListener), nil
}

// ownersOnly closes connections of anybody but root and the agent's user, however
// they got past the rights of the socket.
type ownersOnly struct {
	*net.UnixListener
	log *slog.Logger
}

// Accept implements [net.Listener].
func (l ownersOnly) Accept() (net.Conn, error) {
	for {
		conn, err := l.AcceptUnix()
		if err != nil {
			return nil, err
		}
		if uid, err := peer(conn); err == nil && mayAsk(uid, os.Getuid()) {
			return conn, nil
		}
		l.log.Warn("rejected a command from another user")
		_ = conn.Close()
	}
}

// mayAsk reports whether a user may send commands to an agent of the user mine.
func mayAsk(uid, mine int) bool { return uid == 0 || uid == mine }

// ErrNone is the error of [Ask] where no agent runs with a state folder.
var ErrNone = errors.New("no agent is running here")

// Ask asks the agent that runs with a state folder for its report. The error wraps
// [ErrNone] when there is none, and [os.ErrPermission] when this user may not ask it.
func Ask(ctx context.Context, dir string) (Report, error) {
	return send[Report](ctx, dir, http.MethodGet, "/status")
}

// send sends a command to the agent that runs with a state folder, and reads what it
// answers.
func send[T any](ctx context.Context, dir, method, path string) (answer T, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", filepath.Join(dir, socketName))
	}
	client := &http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}
	req, err := http.NewRequestWithContext(ctx, method, "http://agent"+path, nil)
	if err != nil {
		return answer, err
	}
	resp, err := client.Do(req)
	switch {
	case errors.Is(err, os.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ENOTDIR):
		return answer, ErrNone
	case err != nil:
		return answer, err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusMethodNotAllowed {
		return answer, errOld
	}
	err = json.NewDecoder(http.MaxBytesReader(nil, resp.Body, maxReport)).Decode(&answer)
	return answer, err
}

// errOld says that the agent that runs is older than this program.
var errOld = errors.New("the agent that runs here is older than this command; restart it with sudo systemctl restart pigrid-agent")
