package control

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"pigrid/shared/api"
)

const askVariable = "CONTROL_TEST_ASK"

func TestMain(m *testing.M) {
	if dir := os.Getenv(askVariable); dir != "" { // as another user
		_, err := Ask(context.Background(), dir)
		fmt.Fprintf(os.Stdout, "%s", errorText(err))
		return
	}
	goleak.VerifyTestMain(m)
}

func errorText(err error) string {
	if err == nil {
		return "answered"
	}
	return err.Error()
}

// folder is a short path: a socket's may have 107 bytes.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "pigrid")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// serving runs Serve until stop is called, and returns what it logs by then.
func serving(t *testing.T, dir string, report Report) (stop func() string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var log bytes.Buffer
	done := make(chan struct{})
	go func() {
		defer close(done)
		Serve(ctx, dir, Agent{Report: func() Report { return report }}, slog.New(slog.NewTextHandler(&log, nil)))
	}()
	stop = func() string { cancel(); <-done; return log.String() }
	t.Cleanup(func() { stop() })
	for {
		if _, err := Ask(ctx, dir); err == nil {
			return stop
		}
		select {
		case <-done:
			return stop
		case <-time.After(time.Millisecond):
		}
	}
}

func TestAsk(t *testing.T) {
	dir := folder(t)
	if _, err := Ask(t.Context(), dir); !errors.Is(err, ErrNone) {
		t.Errorf("without an agent: %v", err)
	}
	want := Report{
		Version: "1.2.3", URL: "http://pi.local:8080/", Since: time.Unix(1_700_000_000, 0).UTC(),
		Cameras: []api.Camera{{ID: "imx708", Viewers: 1}},
		Viewers: []Viewer{{"192.168.1.7", "imx708", time.Unix(1_700_000_100, 0).UTC()}},
		Problem: &Problem{Message: "cable"},
	}
	stop := serving(t, dir, want)
	got, err := Ask(t.Context(), dir)
	if err != nil || got.Version != want.Version || !got.Since.Equal(want.Since) || got.Cameras[0].ID != "imx708" || got.Viewers[0] != want.Viewers[0] || got.Problem.Message != "cable" {
		t.Errorf("%+v, %v", got, err)
	}
	info, err := os.Stat(filepath.Join(dir, socketName))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("rights %v, %v", info.Mode(), err)
	}
	stop()
	if _, err := Ask(t.Context(), dir); !errors.Is(err, ErrNone) {
		t.Errorf("after its end: %v", err)
	}
}

// TestASocketThatIsLeft: after a power cut it is there, and nobody answers.
func TestASocketThatIsLeft(t *testing.T) {
	dir := folder(t)
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(dir, socketName), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	ln.SetUnlinkOnClose(false)
	_ = ln.Close()
	if _, err := Ask(t.Context(), dir); !errors.Is(err, ErrNone) {
		t.Errorf("nobody answers: %v", err)
	}
	serving(t, dir, Report{Version: "new"})
	if got, err := Ask(t.Context(), dir); err != nil || got.Version != "new" {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestTwoAgents of one state folder: the first keeps the socket.
func TestTwoAgents(t *testing.T) {
	dir := folder(t)
	serving(t, dir, Report{Version: "first"})
	ctx, cancel := context.WithCancel(t.Context())
	said := make(lines, 1)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		Serve(ctx, dir, Agent{}, slog.New(slog.NewTextHandler(said, nil)))
	}()
	if line := <-said; !strings.Contains(line, "another agent uses the state folder") {
		t.Errorf("logged %q", line)
	}
	if got, err := Ask(t.Context(), dir); err != nil || got.Version != "first" {
		t.Errorf("%+v, %v", got, err)
	}
	cancel()
	<-ended
}

// lines are what a log says.
type lines chan string

func (l lines) Write(line []byte) (int, error) {
	l <- string(line)
	return len(line), nil
}

// TestTriesAgain: what hinders the socket, such as a full card, does so for a time.
// It is said once.
func TestTriesAgain(t *testing.T) {
	dir := filepath.Join(folder(t), "later")
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var log bytes.Buffer
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			Serve(ctx, dir, Agent{Report: func() Report { return Report{Version: "new"} }}, slog.New(slog.NewTextHandler(&log, nil)))
		}()
		time.Sleep(10*retryEvery + time.Second)
		if _, err := Ask(ctx, dir); !errors.Is(err, ErrNone) {
			t.Errorf("without a folder: %v", err)
		}
		if n := strings.Count(log.String(), "\n"); n != 1 {
			t.Errorf("it says %d times: %s", n, log.String())
		}
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		time.Sleep(retryEvery - time.Second) // no time passes from now on: Serve waits for the kernel
		got, err := Ask(ctx, dir)
		for ; errors.Is(err, ErrNone); got, err = Ask(ctx, dir) {
			select {
			case <-ended:
				t.Fatalf("it has given up: %s", log.String())
			default:
				runtime.Gosched()
			}
		}
		if err != nil || got.Version != "new" {
			t.Errorf("%+v, %v", got, err)
		}
		cancel()
	})
}

// TestOtherUsers get no answer, even where they can reach the socket.
func TestOtherUsers(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can become another user")
	}
	dir := folder(t)
	stop := serving(t, dir, Report{})
	self := filepath.Join(dir, "self")
	data, err := os.ReadFile("/proc/self/exe")
	if err != nil || os.WriteFile(self, data, 0o755) != nil || os.Chmod(dir, 0o755) != nil || os.Chmod(filepath.Join(dir, socketName), 0o666) != nil {
		t.Fatal(err)
	}
	as := func(uid uint32) string {
		cmd := exec.Command(self)
		cmd.Env = []string{askVariable + "=" + dir}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	if got := as(65534); got == "answered" {
		t.Error("nobody was answered")
	}
	if got := as(0); got != "answered" {
		t.Errorf("root was told %q", got)
	}
	if log := stop(); !strings.Contains(log, "rejected a command from another user") {
		t.Errorf("logged %q", log)
	}
}

func TestMayAsk(t *testing.T) {
	for _, tt := range []struct {
		uid, mine int
		want      bool
	}{{0, 1000, true}, {1000, 1000, true}, {1001, 1000, false}, {1000, 0, false}} {
		if mayAsk(tt.uid, tt.mine) != tt.want {
			t.Errorf("%+v", tt)
		}
	}
}

// TestNothingElse can be asked.
func TestNothingElse(t *testing.T) {
	dir := folder(t)
	serving(t, dir, Report{})
	for _, request := range []string{"POST /status", "GET /", "DELETE /status", "GET /../status"} {
		conn, err := net.Dial("unix", filepath.Join(dir, socketName))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = conn.Write([]byte(request + " HTTP/1.0\r\n\r\n"))
		b := make([]byte, 20)
		n, _ := conn.Read(b)
		_ = conn.Close()
		if strings.Contains(string(b[:n]), " "+http.StatusText(http.StatusOK)) {
			t.Errorf("%s: %s", request, b[:n])
		}
	}
}
