package camera

import (
	"context"
	"os/exec"
	"runtime"
	"time"

	"pigrid/shared/api"
	"pigrid/shared/mjpeg"
)

// programNames are the names of the capture program: rpicam-vid since 2023,
// libcamera-vid before.
var programNames = [...]string{"rpicam-vid", "libcamera-vid"}

// listTimeout bounds --list-cameras; it takes about 0.7 s on a Pi.
const listTimeout = 20 * time.Second

// findProgram returns the path of the capture program.
func findProgram() (string, error) {
	for _, name := range programNames {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", &failure{problem: api.Problem{
		Code:    CodeNoProgram,
		Message: "Neither rpicam-vid nor libcamera-vid is installed.",
		Hint:    "Install it with: sudo apt install rpicam-apps-lite (libcamera-apps on older systems). To try without a camera, start the agent with --source pattern.",
	}}
}

// listCameras asks the capture program which cameras there are. It works while
// a camera is in use.
func listCameras(ctx context.Context, path string) ([]Sensor, error) {
	ctx, cancel := context.WithTimeout(ctx, listTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "--list-cameras")
	cmd.WaitDelay = eofGrace
	said := &lines{}
	cmd.Stderr = said
	ownGroup(cmd)
	out, err := onOwnThread(cmd.Output)
	if ctx.Err() != nil && err != nil {
		return nil, &failure{api.Problem{
			Code: CodeNoFrames, Message: "Looking for cameras took too long.",
			Hint: "Run `rpicam-vid --list-cameras` by hand; restart the Pi if it hangs, too.",
		}, ctx.Err()}
	}
	sensors := ParseList(out)
	switch {
	case len(sensors) > 0:
		return sensors, nil
	case err != nil:
		return nil, &failure{explainList(path, said.last(), err), err}
	}
	return nil, &failure{problem: explain(path, []string{"No cameras available!"}, nil, mjpeg.Counts{})}
}

func explainList(path string, said []string, err error) api.Problem {
	p := explain(path, said, err, mjpeg.Counts{})
	if p.Code == CodeCrashed {
		p.Hint = "Run `" + path + " --list-cameras` by hand to see more."
	}
	return p
}

// onOwnThread runs f on a thread that lives until it returns: the kernel ties a
// child's death signal to the thread that started it.
func onOwnThread(f func() ([]byte, error)) ([]byte, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return f()
}
