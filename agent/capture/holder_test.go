package capture

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"pigrid/shared/api"
)

// procOf makes a /proc that shows all processes.
func procOf(t *testing.T) (proc string, add func(pid, name string, files ...string)) {
	t.Helper()
	proc = t.TempDir()
	if err := os.MkdirAll(filepath.Join(proc, "self", "ns"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(firstNamespace, filepath.Join(proc, "self", "ns", "pid")); err != nil {
		t.Fatal(err)
	}
	return proc, func(pid, name string, files ...string) {
		t.Helper()
		fds := filepath.Join(proc, pid, "fd")
		if err := os.MkdirAll(fds, 0o755); err != nil {
			t.Fatal(err)
		}
		if name != "" {
			write(t, filepath.Join(proc, pid, "comm"), name+"\n")
		}
		for i, f := range files {
			if err := os.Symlink(f, filepath.Join(fds, strconv.Itoa(i))); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestDeviceHolderNamesTheOtherProgram(t *testing.T) {
	proc, add := procOf(t)
	expect := func(what, device string, want holder) {
		t.Helper()
		if got := deviceHolder(proc, device); got != want {
			t.Errorf("%s: %s is held by %+v, want %+v", what, device, got, want)
		}
	}
	add(strconv.Itoa(os.Getpid()), "pigrid-agent", "/dev/video0")
	add("12", "bash", "/dev/null", "/dev/pts/0")
	expect("nobody has it", "/dev/video0", holder{})
	add("33", "", "/dev/video0") // one that ends just now has no name any more
	expect("it has just ended", "/dev/video0", holder{})
	if err := os.RemoveAll(filepath.Join(proc, "33")); err != nil {
		t.Fatal(err)
	}
	add("345", "motion\x1b[31m", "/dev/null", "/dev/video0")
	add("346", "ffplay", "/dev/video2")
	add("347", "chromium", "/dev/media0", "/dev/video10")
	expect("one has it", "/dev/video0", holder{program: "motion[31m (process 345)"})
	expect("another one has another", "/dev/video2", holder{program: "ffplay (process 346)"})
	expect("nobody has this one", "/dev/video4", holder{})
	expect("it is unplugged", "", holder{})
	add("348", "obs", "/dev/video2")
	expect("two have it", "/dev/video2", holder{})
	add("77", "rpicam-vid")
	write(t, filepath.Join(proc, "77", "stat"), ourChild("77"))
	add("78", "ffmpeg) x", "/dev/video4")
	write(t, filepath.Join(proc, "78", "stat"), "78 (ffmpeg) x) S 1 77 77 0")
	expect("our own child's child", "/dev/video4", holder{own: true})
}

// TestMediaDevices: each of two cameras has its own, in the words of every
// pipeline of a Pi.
func TestMediaDevices(t *testing.T) {
	said := strings.Split(`[0:04:42.582301378] [2099]  INFO RPI raspberrypi.cpp:1414 Registered camera /base/soc/i2c0mux/i2c@0/imx219@10 to Unicam device /dev/media2 and ISP device /dev/media4
[0:04:42.592775333] [2099]  INFO RPI raspberrypi.cpp:1414 Registered camera /base/soc/i2c0mux/i2c@1/imx219@10 to Unicam device /dev/media3 and ISP device /dev/media5
[0:03:54.994671099] [1448]  INFO RPI pisp.cpp:1154 Registered camera /base/axi/pcie@120000/rp1/i2c@88000/imx296@1a to CFE device /dev/media1 and ISP device /dev/media0 using PiSP variant BCM2712_C0
[1:05:31.341958549] [9146]  INFO Camera camera_manager.cpp:223 Adding camera '/base/x' for pipeline handler virtual`, "\n")
	for path, want := range map[string]string{
		"/base/soc/i2c0mux/i2c@0/imx219@10":             "/dev/media2 /dev/media4",
		"/base/soc/i2c0mux/i2c@1/imx219@10":             "/dev/media3 /dev/media5",
		"/base/axi/pcie@120000/rp1/i2c@88000/imx296@1a": "/dev/media1 /dev/media0",
		"/base/soc/i2c0mux/i2c@1/imx219":                "",
		"/base/x":                                       "",
		"":                                              "",
	} {
		if got := strings.Join(mediaDevices(said, path), " "); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

func TestBusyBecause(t *testing.T) {
	busy := api.Problem{Code: api.CodeCameraBusy, Message: "The camera is used by another program.", Hint: "Close it."}
	if p := (holder{}).because(busy); p != busy {
		t.Errorf("without a name: %+v", p)
	}
	for h, want := range map[holder]string{{program: "motion (process 345)"}: "motion (process 345)", {own: true}: "by this agent already"} {
		if p := h.because(busy); p.Code != api.CodeCameraBusy || !strings.Contains(p.Message, want) || p.Hint == busy.Hint {
			t.Errorf("%+v: %+v", h, p)
		}
	}
}

// ourChild says in a stat file that a process is a child of this one.
func ourChild(pid string) string { return fmt.Sprintf("%s (x) S %d %s 1 0", pid, os.Getpid(), pid) }
