package e2e

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"pigrid/shared/api"
	"pigrid/shared/mjpeg"
)

// firstSensor is where the stand-in's camera is.
const firstSensor = "/base/axi/pcie@120000/rp1/i2c@88000/imx708@1a"

// at1970 is what a Pi without a battery takes for the time when it has started.
var at1970 = time.Unix(12, 0)

// TestAClockAt1970: a Pi that does not know the time shows pictures, and goes on
// when it learns the time, whichever way the clock is set then. Who watches notices
// nothing; who asks afterwards is told the right times.
func TestAClockAt1970(t *testing.T) {
	env, _ := withCamera(t)
	dir := stateFromTheFuture(t)
	c := newClock()
	c.setWall(at1970)
	a := startWithClock(t, c, env, "--state-dir", dir, "--idle-timeout", "1s", "--mdns=true", "--mdns-interface=lo")
	eventually(t, "it is announced", func() bool { return len(statusOf(t, a).Announced) == 1 })
	if s := statusOf(t, a); !strings.HasPrefix(s.Started, "1970-01-01T00:00:") || s.ID != "ce42b307-9def-4db6-a8fc-0bee0b66ac21" {
		t.Fatalf("the clock is not faked, or the state not read: %+v", s)
	}
	watched := viewerOf(t, a)
	watched.see(t, 20)
	for _, to := range []time.Time{time.Now(), at1970.Add(time.Hour), time.Now().AddDate(80, 0, 0), time.Now()} {
		c.setWall(to)
		for _, more := range []int{0, 5, 40} { // what is measured looks back, too
			watched.see(t, more)
			soundAt(t, to, statusOf(t, a))
		}
		if off := clockOf(t, a).Sub(to); off < -5*time.Second || off > 30*time.Second {
			t.Errorf("with the clock at %v it says %v", to, clockOf(t, a))
		}
	}
	out, err := exec.Command(binary, "status", "--state-dir", dir).CombinedOutput()
	if err != nil || regexp.MustCompile(`1970|since \d{4}`).Match(out) { // no year: since 20:42
		t.Errorf("what a person is told, %v:\n%s", err, out)
	}
	watched.leave()
	eventually(t, "the camera sleeps", func() bool { return statusOf(t, a).Cameras[0].State == api.Idle })
	c.setWall(at1970)
	get(t, a.url+"/snapshot.jpg")
	if took := a.stop(t, syscall.SIGTERM); took > 4*time.Second { // traced, it is slower
		t.Errorf("its end takes %v", took)
	}
}

// soundAt checks what an agent says that shows one viewer its camera.
func soundAt(t *testing.T, now time.Time, s api.Status) {
	t.Helper()
	if len(s.Announced) != 1 || len(s.Cameras) != 1 {
		t.Fatalf("with the clock at %v: %+v", now, s)
	}
	if c := s.Cameras[0]; c.ID != "door" || c.State != api.Live || c.Viewers != 1 || c.Restarts != 0 ||
		c.FPS < 5 || c.FPS > 60 || c.FrameAgeMS == nil || *c.FrameAgeMS < 0 || *c.FrameAgeMS > 2000 {
		t.Errorf("with the clock at %v: %+v", now, c)
	}
}

// stateFromTheFuture is a state folder whose files were written in a later year
// than the one that the clock says.
func stateFromTheFuture(t *testing.T) string {
	t.Helper()
	dir := shortDir(t)
	for name, text := range map[string]string{
		"agent-id":     "ce42b307-9def-4db6-a8fc-0bee0b66ac21\n",
		"cameras.json": `{"` + firstSensor + `": "door"}`,
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		later := time.Now().AddDate(10, 0, 0)
		if err := os.Chtimes(path, later, later); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestAnHourWithoutViewers: the hour passes in half a minute, with all that the
// agent does in an hour. It leaves the camera alone all the time, and the first
// viewer sees a picture as soon as one after a minute.
func TestAnHourWithoutViewers(t *testing.T) {
	t.Parallel()
	env, dir := withCamera(t)
	c := newClock()
	a := startWithClock(t, c, env, "--idle-timeout", "1s")
	first := viewerOf(t, a)
	first.see(t, 5)
	first.leave()
	eventually(t, "the camera sleeps", func() bool { return statusOf(t, a).Cameras[0].State == api.Idle })
	before, starts, held := clockOf(t, a), len(children(t, dir)), openFiles(t, a)
	const times = 120
	c.setSpeed(times)
	time.Sleep(time.Hour / times) // what is tested is that time passes
	c.setSpeed(1)
	if passed := clockOf(t, a).Sub(before); passed < time.Hour || passed > 2*time.Hour {
		t.Fatalf("for the agent %v passed", passed)
	}
	if n := len(children(t, dir)) - starts; n > 0 {
		t.Errorf("nobody watched, and its program was started %d times", n)
	}
	begin := time.Now()
	second := viewerOf(t, a)
	second.see(t, 1)
	if took := time.Since(begin); took > 3*time.Second {
		t.Errorf("the first picture takes %v", took)
	}
	second.see(t, 30)
	second.leave()
	if n := openFiles(t, a) - held; n > 5 {
		t.Errorf("%d files more are open", n)
	}
}

// statusOf asks an agent.
func statusOf(t *testing.T, a *agent) (s api.Status) {
	t.Helper()
	if err := json.Unmarshal(get(t, a.url+api.StatusPath), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// clockOf is the time of day in an agent's answers.
func clockOf(t *testing.T, a *agent) time.Time {
	t.Helper()
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Head(a.url + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	at, err := http.ParseTime(answer.Header.Get("Date"))
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func openFiles(t *testing.T, a *agent) int {
	t.Helper()
	files, err := os.ReadDir(filepath.Join("/proc", strconv.Itoa(a.cmd.Process.Pid), "fd"))
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}

// watching is a viewer.
type watching struct {
	frames *mjpeg.Reader
	leave  func()
}

func viewerOf(t *testing.T, a *agent) watching {
	t.Helper()
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Get(a.url + "/video")
	if err != nil {
		t.Fatal(err)
	}
	leave := func() { _ = answer.Body.Close() }
	t.Cleanup(leave)
	frames, err := mjpeg.NewReader(answer.Body, answer.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	return watching{frames, leave}
}

// see waits for pictures.
func (w watching) see(t *testing.T, n int) {
	t.Helper()
	for range n {
		if _, err := w.frames.Next(); err != nil {
			t.Fatalf("no more pictures: %v", err)
		}
	}
}
