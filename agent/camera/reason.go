package camera

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

// Codes of what can be wrong with a camera.
const (
	CodeNoProgram   api.Code = "program_missing"
	CodeNotDetected api.Code = "not_detected"
	CodeUnknownID   api.Code = "unknown_camera"
	CodeBusy        api.Code = "busy"
	CodePermission  api.Code = "permission"
	CodeMemory      api.Code = "memory"
	CodeFrontend    api.Code = "frontend_timeout"
	CodeMode        api.Code = "mode"
	CodeFirmware    api.Code = "firmware"
	CodeStalled     api.Code = "stalled"
	CodeNoFrames    api.Code = "no_frames"
	CodeNotJPEG     api.Code = "not_mjpeg"
	CodeCrashed     api.Code = "crashed"
	CodeEnded       api.Code = "ended"
	CodeUnkillable  api.Code = "unkillable"
	CodeUSB         api.Code = "usb"
	CodeStage       api.Code = "ai_missing"
	CodeBandwidth   api.Code = "usb_bandwidth"
)

// reason maps what a capture program says to what a person needs to know.
type reason struct {
	says    *regexp.Regexp
	problem api.Problem
}

// reasons are tried in order against each line, the last line first. The texts
// are those of rpicam-apps, libcamera and ffmpeg.
func reasons() []reason {
	return []reason{
		entry(`in use by another process|failed to acquire camera|Device or resource busy`, CodeBusy,
			"The camera is used by another program.",
			"Close the other program (perhaps another rpicam-vid, motion or a second agent); the picture comes back by itself."),
		{regexp.MustCompile(`no cameras available|No cameras available|failed to read chip id`), notDetected()},
		entry(`Could not open any dma|Failed to register camera|failed to import fd|Permission denied`, CodePermission,
			"The agent may not use the camera.",
			"Add its user to the groups video and render, and log in again."),
		entry(`Cannot allocate memory|failed to allocate capture buffers|cma_alloc`, CodeMemory,
			"There is not enough contiguous memory (CMA) for this picture size.",
			"Choose a smaller size, or enlarge it in config.txt: dtoverlay=vc4-kms-v3d,cma-256."),
		entry(`frontend has timed out|Dequeue timer .* expired|Device timeout detected`, CodeFrontend,
			"The camera stopped delivering pictures.",
			"If this goes on, check its cable and the power supply."),
		entry(`imx500.*(not update|failed)|Failed to queue buffer .*: Resource temporarily unavailable|Failed to queue buffer for Unicam Image|failed to load loader firmware`, CodeFirmware,
			"The AI camera's firmware hangs.",
			"The agent starts it again; if it never recovers, restart the Pi."),
		entry(`selected camera is not available|camera .* out of range`, CodeUnknownID,
			"There is no camera with this number any more.",
			"Check its cable; the agent looks for cameras again by itself."),
		entry(`\*\*\* .*(mode|viewfinder|resolution|framerate)`, CodeMode,
			"The camera cannot do this size, rate or mode.",
			"Choose another --width, --height or --framerate; `rpicam-vid --list-cameras` shows what it can do."),
		entry(`No such file or directory`, CodeNotDetected,
			"The camera's device is not there.",
			"Plug it in, or correct the command of --source."),
	}
}

// notDetected says that no sensor is there.
func notDetected() api.Problem {
	return api.Problem{
		Code: CodeNotDetected, Message: "No camera was found.",
		Hint: "Check that the cable is seated at both ends and of the right kind, that config.txt has camera_auto_detect=1 or the sensor's dtoverlay, and restart the Pi.",
	}
}

// entry makes a reason.
func entry(pattern string, code api.Code, message, hint string) reason {
	return reason{regexp.MustCompile(pattern), api.Problem{Code: code, Message: message, Hint: hint}}
}

// explain says why a capture program ended, from what it said last.
func explain(known []reason, program string, said []string, exit error, seen mjpeg.Counts) api.Problem {
	for _, line := range slices.Backward(said) {
		for _, r := range known {
			if r.says.MatchString(line) {
				return r.problem
			}
		}
	}
	name, last := filepath.Base(program), cite(said)
	switch {
	case exit != nil:
		return api.Problem{
			Code: CodeCrashed, Message: fmt.Sprintf("%s ended with %v%s.", name, exit, last),
			Hint: "The agent starts it again. Run it by hand to see more.",
		}
	case seen.Frames == 0 && seen.Garbage > 0:
		return api.Problem{
			Code: CodeNotJPEG, Message: name + " does not write MJPEG.",
			Hint: "Its standard output must be JPEG pictures, one after the other.",
		}
	case seen.Frames == 0:
		return api.Problem{
			Code: CodeNoFrames, Message: fmt.Sprintf("%s ended without a picture%s.", name, last),
			Hint: "Run it by hand to see more.",
		}
	}
	return api.Problem{Code: CodeEnded, Message: fmt.Sprintf("%s ended%s.", name, last), Hint: "The agent starts it again."}
}

// cite quotes the last of what a program said that is not its usual talk, "" when
// there is nothing.
func cite(said []string) string {
	for _, line := range slices.Backward(said) {
		if !usualTalk.MatchString(line) {
			return ", and said: " + strings.TrimSuffix(clip(logPrefix.ReplaceAllString(line, ""), 160), ".")
		}
	}
	return ""
}

// usualTalk is what capture programs say while all is well: libcamera's notes,
// rpicam-vid's choice of a mode, its end and its lines per frame, the progress
// of an upload and of ffmpeg.
var usualTalk = regexp.MustCompile(`^\[[\d:.]+\] \[\d+\]\s+(DEBUG|INFO) |` +
	`^Mode selection for |- Score: |^Stream configuration adjusted|^Received signal|^Halting: |^#\d+ \(|` +
	`Network Firmware Upload:|^(frame|size)=.*time=`)

// unkillable says that a capture program does not end, whatever is done.
func unkillable(program string) error {
	return &failure{problem: api.Problem{
		Code: CodeUnkillable, Message: filepath.Base(program) + " hangs and cannot be ended.",
		Hint: "Restart the Pi; until then this camera gives no picture.",
	}, cause: errUnkillable}
}

// busyBecause names the program that uses the camera, if it is known.
func busyBecause(p api.Problem, program string) api.Problem {
	if program != "" {
		p.Message = "The camera is used by " + program + "."
		p.Hint = "Close that program; the picture comes back by itself."
	}
	return p
}

// explainStart says why a program could not be started.
func explainStart(program string, err error) api.Problem {
	_, there := os.Stat(program)
	switch missing := errors.Is(err, fs.ErrNotExist); {
	case errors.Is(err, exec.ErrNotFound), missing && errors.Is(there, fs.ErrNotExist):
		return api.Problem{
			Code: CodeNoProgram, Message: fmt.Sprintf("The program %s is not installed.", program),
			Hint: "Install it, or correct the command of --source.",
		}
	case missing: // a script whose shell is, or a program of another system
		return api.Problem{
			Code: CodeCrashed, Message: fmt.Sprintf("%s cannot be started: what it needs to run is missing.", program),
			Hint: "Check the program that its first line names.",
		}
	}
	return api.Problem{
		Code: CodeCrashed, Message: fmt.Sprintf("%s cannot be started: %v.", program, err),
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
		Code: CodeNoFrames, Message: "The camera was started but delivers no picture.",
		Hint: "The agent starts it again; if this goes on, " + advice + ".",
	}
	if wasLive {
		p.Code, p.Message = CodeStalled, "The camera stopped delivering pictures."
	}
	return p
}

// logPrefix is what libcamera puts before a line: uptime and process. It would
// make every failure look like a new one.
var logPrefix = regexp.MustCompile(`^\[[\d:.]+\] \[\d+\]\s+`)

var firmware = regexp.MustCompile(`Network Firmware Upload:\s*(\d{1,3})\s*%.*`)

// firmwareUpload reads the progress of an IMX500 firmware upload. upload is all
// that the line says of it, "" when it says nothing.
func firmwareUpload(line string) (percent int, upload string) {
	m := firmware.FindStringSubmatch(line)
	if m == nil {
		return 0, ""
	}
	return atoi(m[1]), m[0]
}

// clip shortens text to at most n bytes, whole characters.
func clip(text string, n int) string {
	if len(text) <= n {
		return text
	}
	return strings.ToValidUTF8(text[:n], "") + "…"
}
