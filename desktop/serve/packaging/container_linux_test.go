package packaging

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestNothingButItself: pigrid-serve runs where there is nothing but the program and a
// folder, as in a container that is made from scratch.
func TestNothingButItself(t *testing.T) {
	needsPrograms(t)
	if os.Geteuid() != 0 {
		t.Skip("only root can change the root folder of a program")
	}
	root, address := t.TempDir(), freeAddress(t)
	if err := os.Mkdir(filepath.Join(root, "state"), 0o700); err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(built(t, "pigrid/desktop/serve"))
	if err == nil {
		err = os.WriteFile(filepath.Join(root, "pigrid-serve"), program, 0o700)
	}
	if err != nil {
		t.Fatal(err)
	}
	inside := func(args ...string) *exec.Cmd {
		cmd := exec.Command("/pigrid-serve", args...)
		cmd.Env, cmd.Dir = []string{"PIGRID_SERVE_STATE_DIR=/state"}, "/"
		cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Pdeathsig: syscall.SIGKILL}
		return cmd
	}
	var log strings.Builder
	serve := inside("--listen", address)
	serve.Stdout, serve.Stderr = &log, &log
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = serve.Process.Signal(syscall.SIGTERM)
		if err := serve.Wait(); err != nil {
			t.Errorf("%v: %s", err, log.String())
		}
	}()
	await(t, "it answers", 20*time.Second, func() bool {
		answer, err := http.Get("http://" + address + "/healthz")
		if err != nil {
			return false
		}
		defer answer.Body.Close()
		text, _ := io.ReadAll(answer.Body)
		return string(text) == "ok\n"
	})
	if out, err := inside("list").CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	if out, err := inside("password").Output(); err != nil || len(strings.TrimSpace(string(out))) != 19 {
		t.Errorf("%v: %s", err, out)
	}
}
