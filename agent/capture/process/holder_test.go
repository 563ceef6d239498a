package process

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"pigrid/agent/capture/capturetest"
	"pigrid/shared/api"
)

func TestDeviceHolderNamesTheOtherProgram(t *testing.T) {
	proc, add := capturetest.Proc(t)
	expect := func(what, device string, want Holder) {
		t.Helper()
		if got := OpenedBy(proc, device); got != want {
			t.Errorf("%s: %s is held by %+v, want %+v", what, device, got, want)
		}
	}
	add(strconv.Itoa(os.Getpid()), "pigrid-agent", "/dev/video0")
	add("12", "bash", "/dev/null", "/dev/pts/0")
	expect("nobody has it", "/dev/video0", Holder{})
	add("33", "", "/dev/video0") // one that ends just now has no name any more
	expect("it has just ended", "/dev/video0", Holder{})
	if err := os.RemoveAll(filepath.Join(proc, "33")); err != nil {
		t.Fatal(err)
	}
	add("345", "motion\x1b[31m", "/dev/null", "/dev/video0")
	add("346", "ffplay", "/dev/video2")
	add("347", "chromium", "/dev/media0", "/dev/video10")
	expect("one has it", "/dev/video0", Holder{Program: "motion[31m (process 345)"})
	expect("another one has another", "/dev/video2", Holder{Program: "ffplay (process 346)"})
	expect("nobody has this one", "/dev/video4", Holder{})
	expect("it is unplugged", "", Holder{})
	add("348", "obs", "/dev/video2")
	expect("two have it", "/dev/video2", Holder{})
	add("77", "rpicam-vid")
	capturetest.Write(t, filepath.Join(proc, "77", "stat"), capturetest.OurChild("77"))
	add("78", "ffmpeg) x", "/dev/video4")
	capturetest.Write(t, filepath.Join(proc, "78", "stat"), "78 (ffmpeg) x) S 1 77 77 0")
	expect("our own child's child", "/dev/video4", Holder{Own: true})
}

func TestBusyBecause(t *testing.T) {
	busy := api.Problem{Code: api.CodeCameraBusy, Message: "The camera is used by another program.", Hint: "Close it."}
	if p := (Holder{}).Because(busy); p != busy {
		t.Errorf("without a name: %+v", p)
	}
	for h, want := range map[Holder]string{{Program: "motion (process 345)"}: "motion (process 345)", {Own: true}: "by this agent already"} {
		if p := h.Because(busy); p.Code != api.CodeCameraBusy || !strings.Contains(p.Message, want) || p.Hint == busy.Hint {
			t.Errorf("%+v: %+v", h, p)
		}
	}
}
