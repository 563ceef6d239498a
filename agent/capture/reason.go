package capture

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"pigrid/shared/api"
	"pigrid/shared/mjpeg"
)

// reason maps what a capture program says to what a person needs to know.
type reason struct {
	says    *regexp.Regexp
	problem api.Problem
	// follows is set where another line, if there is one, says why.
	follows bool
	// warns is set where a mere warning of libcamera says it.
	warns bool
	// look completes the problem by what this machine shows; may be nil.
	look func(line string, p api.Problem) api.Problem
}

// reasons are tried in order against each line, the last line first. The texts
// are those of rpicam-apps, libcamera and ffmpeg. dev is where devices are.
func reasons(dev string) []reason {
	const closer = "Switch the Pi off, check that the sensor's cable is seated at both ends and not damaged, and try another one; if that does not help, the sensor is faulty."
	return []reason{
		entry(`in use by another process|failed to acquire camera|Device or resource busy`, api.CodeCameraBusy,
			"The camera is used by another program.",
			"Close the other program (perhaps another rpicam-vid, motion or a second agent); the picture comes back by itself."),
		entry(`failed to read chip id`, api.CodeNotDetected, notDetected().Message, notDetected().Hint),
		entry(`no cameras available|No cameras available`, api.CodeNotDetected, notDetected().Message, notDetected().Hint).after(),
		entry(`Could not open any dma`, api.CodePermission, "", "").with(func(_ string, _ api.Problem) api.Problem { return noHeap(dev) }),
		entry(`Failed to register camera .*: -12$`, api.CodePermission, "", "").with(func(_ string, _ api.Problem) api.Problem { return noHeap(dev) }).after(),
		entry(`failed to import fd|Permission denied|Failed to register camera .*: -13$`, api.CodePermission,
			"The agent may not use the camera.", rightsHint()).with(denied),
		entry(`Cannot allocate memory|cma_alloc`, api.CodeMemory, noMemory().Message, noMemory().Hint),
		entry(`failed to allocate capture buffers`, api.CodeMemory, noMemory().Message, noMemory().Hint).after(),
		{
			says: regexp.MustCompile(`frontend has timed out|Dequeue timer .* expired|Device timeout detected`), warns: true,
			problem: api.Problem{
				Code: api.CodeFrontendTimeout, Message: "The camera stopped delivering pictures.",
				Hint: "If this goes on, check its cable and the power supply.",
			},
		},
		entry(`Failed to start streaming: (Input/output error|Remote I/O error|Connection timed out|No such device)`, api.CodeSensor,
			"The sensor does not start: it does not answer.", closer),
		entry(`failed to start camera`, api.CodeSensor, "The sensor does not start.", closer).after(),
		entry(`imx500.*(not update|failed)|Failed to queue buffer .*: Resource temporarily unavailable|Failed to queue buffer for Unicam Image|failed to load loader firmware`, api.CodeFirmware,
			"The AI camera's firmware hangs.",
			"The agent starts it again; if it never recovers, restart the Pi."),
		entry(`selected camera is not available|camera .* out of range`, api.CodeUnknownCamera,
			"There is no camera with this number any more.",
			"Check its cable; the agent looks for cameras again by itself.").after(),
		entry(`Low res image larger than`, api.CodeSize,
			"The picture is smaller than its post-processing wants.",
			"Choose a larger --width and --height."),
		entry(`\*\*\* .*(mode|viewfinder|resolution|framerate)`, api.CodeMode,
			"The camera cannot do this size, rate or mode.",
			"Choose another --width, --height or --framerate; `rpicam-vid --list-cameras` shows what it can do."),
		entry(`No such file or directory`, api.CodeNotDetected,
			"The camera's device is not there.",
			"Plug it in, or correct the command of --source."),
	}
}

// notDetected says that no sensor is there.
func notDetected() api.Problem {
	return api.Problem{
		Code: api.CodeNotDetected, Message: "No camera was found.",
		Hint: "Check that the cable is seated at both ends and of the right kind, that config.txt has camera_auto_detect=1 or the sensor's dtoverlay, and restart the Pi.",
	}
}

func noMemory() api.Problem {
	return api.Problem{
		Code: api.CodeMemory, Message: "There is not enough contiguous memory (CMA) for this picture size.",
		Hint: "Choose a smaller size, or enlarge it in config.txt: dtoverlay=vc4-kms-v3d,cma-256.",
	}
}

// entry makes a reason.
func entry(pattern string, code api.Code, message, hint string) reason {
	return reason{says: regexp.MustCompile(pattern), problem: api.Problem{Code: code, Message: message, Hint: hint}}
}

func (r reason) after() reason { r.follows = true; return r }

func (r reason) with(look func(string, api.Problem) api.Problem) reason { r.look = look; return r }

// find returns the reason that the lines give, the last of those that follow from
// nothing else. ok is false when there is none.
func find(known []reason, said []string) (r reason, line string, ok bool) {
	for _, follows := range []bool{false, true} {
		for _, line := range slices.Backward(said) {
			for _, r := range known {
				if r.follows == follows && (r.warns || !warningLine.MatchString(line)) && r.says.MatchString(line) {
					return r, line, true
				}
			}
		}
	}
	return reason{}, "", false
}

// because is what lines are known to mean. Where they only say what follows from
// something that is not known, that is told in the program's own words.
func because(known []reason, program string, said []string) (p api.Problem, ok bool) {
	r, line, ok := find(known, said)
	if !ok {
		return api.Problem{}, false
	}
	p = r.problem
	if r.look != nil {
		p = r.look(line, p)
	}
	if !r.follows {
		return p, true
	}
	others := slices.DeleteFunc(slices.Clone(said), func(line string) bool {
		_, _, known := find(known, []string{line})
		return known || !errorLine.MatchString(line)
	})
	if words := cite(others); words != "" {
		p.Message = strings.TrimSuffix(p.Message, ".") + ", and " + filepath.Base(program) + strings.TrimPrefix(words, ", and") + "."
		if p.Code == api.CodeNotDetected {
			p.Code, p.Hint = api.CodeUnusable, "Run `rpicam-vid --list-cameras` by hand to see more. "+p.Hint
		}
	}
	return p, true
}

// explain says why a capture program ended, from what it said last.
func explain(known []reason, program string, said []string, exit error, seen mjpeg.Counts) api.Problem {
	if p, ok := because(known, program, said); ok {
		return p
	}
	name, last := filepath.Base(program), cite(said)
	switch {
	case exit != nil:
		return api.Problem{
			Code: api.CodeCrashed, Message: fmt.Sprintf("%s ended with %v%s.", name, exit, last),
			Hint: "The agent starts it again. Run it by hand to see more.",
		}
	case seen.Frames == 0 && seen.Garbage > 0:
		return api.Problem{
			Code: api.CodeNotMJPEG, Message: name + " does not write MJPEG.",
			Hint: "Its standard output must be JPEG pictures, one after the other.",
		}
	case seen.Frames == 0:
		return api.Problem{
			Code: api.CodeNoFrames, Message: fmt.Sprintf("%s ended without a picture%s.", name, last),
			Hint: "Run it by hand to see more.",
		}
	}
	return api.Problem{Code: api.CodeEnded, Message: fmt.Sprintf("%s ended%s.", name, last), Hint: "The agent starts it again."}
}

// unkillable says that a capture program does not end, whatever is done.
func unkillable(program string) error {
	return &failure{problem: api.Problem{
		Code: api.CodeUnkillable, Message: filepath.Base(program) + " hangs and cannot be ended.",
		Hint: "Restart the Pi; until then this camera gives no picture.",
	}, cause: errUnkillable}
}

// explainStart says why a program could not be started.
func explainStart(program string, err error) api.Problem {
	_, there := os.Stat(program)
	switch missing := errors.Is(err, fs.ErrNotExist); {
	case errors.Is(err, exec.ErrNotFound), missing && errors.Is(there, fs.ErrNotExist):
		return api.Problem{
			Code: api.CodeProgramMissing, Message: fmt.Sprintf("The program %s is not installed.", program),
			Hint: "Install it, or correct the command of --source.",
		}
	case missing: // a script whose shell is, or a program of another system
		return api.Problem{
			Code: api.CodeCrashed, Message: fmt.Sprintf("%s cannot be started: what it needs to run is missing.", program),
			Hint: "Check the program that its first line names.",
		}
	}
	return api.Problem{
		Code: api.CodeCrashed, Message: fmt.Sprintf("%s cannot be started: %v.", program, err),
		Hint: "Check that the file may be executed.",
	}
}

// What to do when frames stop.
const (
	adviceCamera  = "check its cable and the power supply"
	adviceProgram = "run its program by hand; one that gives pictures more rarely than --framerate says needs a lower one"
)

// stallProblem says that frames stopped, or never came.
func stallProblem(wasLive bool, advice string) api.Problem {
	p := api.Problem{
		Code: api.CodeNoFrames, Message: "The camera was started but delivers no picture.",
		Hint: "The agent starts it again; if this goes on, " + advice + ".",
	}
	if wasLive {
		p.Code, p.Message = api.CodeStalled, "The camera stopped delivering pictures."
	}
	return p
}
