//go:build linux

package e2e

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pigrid/shared/strip"
)

// The programs under test, built by TestMain.
var agentProgram, appProgram, devProgram, fleetProgram, serveProgram string

func TestMain(m *testing.M) {
	if os.Getenv("PIGRID_E2E") == "" {
		os.Exit(0)
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "pigrid-e2e-")
	if err == nil {
		defer func() { _ = os.RemoveAll(dir) }()
		err = build(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// build makes the programs from the sources as they are, with the page that
// `make build` left in frontend/dist.
func build(dir string) error {
	root, err := filepath.Abs("../..")
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(root, "frontend/dist/index.html")); err != nil {
		return fmt.Errorf("run make build first: %w", err)
	}
	for _, p := range []struct {
		program          *string
		name, tags, path string
	}{
		{&agentProgram, "pigrid-agent", "", "./agent"},
		{&appProgram, "pigrid", "desktop,production,webkit2_41", "./desktop"},
		{&devProgram, "pigrid-dev", "dev,webkit2_41", "./desktop"},
		{&fleetProgram, "fleet", "", "./desktop/fleet"},
		{&serveProgram, "pigrid-serve", "", "./desktop/serve"},
	} {
		*p.program = filepath.Join(dir, p.name)
		cmd := exec.Command("go", "build", "-tags", p.tags, "-o", *p.program, p.path)
		cmd.Dir = root
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", p.name, err, out)
		}
	}
	return nil
}

// frames returns the frame that is shown of every camera.
func frames(t *testing.T, s *screen) map[uint8]uint32 {
	t.Helper()
	shown := map[uint8]uint32{}
	for _, f := range strip.Find(s.shot(t)) {
		shown[f.Camera] = f.Frame
	}
	return shown
}

// until waits until ok, at most for the limit.
func until(t *testing.T, limit time.Duration, what string, ok func() bool) {
	t.Helper()
	begin := time.Now()
	for !ok() {
		if time.Since(begin) > limit {
			t.Fatalf("not within %v: %s", limit, what)
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Logf("after %v: %s", time.Since(begin).Round(time.Millisecond), what)
}

// untilMoving waits until these agents are on the screen and each shows a
// later frame than at first.
func untilMoving(t *testing.T, s *screen, limit time.Duration, agents ...*agent) {
	t.Helper()
	first := map[uint8]uint32{}
	until(t, limit, fmt.Sprintf("%d pictures move", len(agents)), func() bool {
		shown := frames(t, s)
		moving := 0
		for _, a := range agents {
			frame, ok := shown[a.camera]
			if !ok {
				return false
			}
			if _, seen := first[a.camera]; !seen {
				first[a.camera] = frame
			}
			if frame > first[a.camera] {
				moving++
			}
		}
		return moving == len(agents)
	})
}

func startAgents(t *testing.T, n int, flags ...string) []*agent {
	t.Helper()
	var list []*agent
	seen := map[uint8]string{}
	for i := range n {
		a := startAgent(t, fmt.Sprintf("Camera %d", i+1), flags...)
		if other, ok := seen[a.camera]; ok {
			t.Fatalf("%s and %s have the same number in their strips", a.name, other)
		}
		seen[a.camera] = a.name
		list = append(list, a)
	}
	return list
}

func TestPicturesOnTheScreenMove(t *testing.T) {
	for _, n := range []int{1, 4} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			agents := startAgents(t, n)
			s := newScreen(t)
			a := startApp(t, appProgram, s, newHome(t, agents...))
			untilMoving(t, s, 20*time.Second, agents...)

			took := a.interrupt(t, 5*time.Second)
			t.Logf("ended %v after Ctrl-C", took.Round(time.Millisecond))
			if took > 2*time.Second {
				t.Errorf("took %v", took)
			}
			var left []string
			defer func() {
				if len(left) > 0 {
					t.Errorf("left: %v", left)
				}
			}()
			until(t, 2*time.Second, "no child is left", func() bool { left = a.left(t); return len(left) == 0 })
		})
	}
}

func TestOneAgentDiesTheOthersMoveAndItComesBack(t *testing.T) {
	agents := startAgents(t, 2)
	s := newScreen(t)
	h := newHome(t, agents...)
	startApp(t, appProgram, s, h)
	untilMoving(t, s, 20*time.Second, agents...)

	agents[0].kill()
	// The last picture of a camera that is offline is dimmed: its strip can no
	// longer be read, and words stand over it.
	until(t, 5*time.Second, "the dead one is not shown as live", func() bool {
		_, shown := frames(t, s)[agents[0].camera]
		return !shown
	})
	untilMoving(t, s, 5*time.Second, agents[1])
	agents[0].start(t)
	untilMoving(t, s, 10*time.Second, agents...)
}

func TestAgentsAppearByThemselvesAndAreRemembered(t *testing.T) {
	agents := startAgents(t, 2, "--listen", ":0", "--mdns=true")
	s := newScreen(t)
	h := newHome(t)
	first := startApp(t, appProgram, s, h, "PIGRID_MDNS=true")
	untilMoving(t, s, 20*time.Second, agents...)
	first.interrupt(t, 5*time.Second)

	again := startApp(t, appProgram, s, h) // without the search
	untilMoving(t, s, 20*time.Second, agents...)
	again.interrupt(t, 5*time.Second)
	data, err := os.ReadFile(h.settings())
	if err != nil || !strings.Contains(string(data), agents[0].id) || !strings.Contains(string(data), `"width": 640`) {
		t.Errorf("remembered: %s, %v", data, err)
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}
