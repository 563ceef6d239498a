package rpicam

import (
	"fmt"
	"regexp"
	"strings"

	"pigrid/agent/capture/process"
	"pigrid/shared/api"
)

var missingStage = regexp.MustCompile(`No post processing stage found for "([A-Za-z0-9_.-]{1,64})"`)

// stageMissing reads the line in which rpicam-vid says that it cannot do what
// --post-process-file asks. It streams all the same, without.
func stageMissing(line string) *api.Problem {
	m := missingStage.FindStringSubmatch(line)
	if m == nil {
		return nil
	}
	return &api.Problem{
		Code: api.CodeAIMissing, Message: fmt.Sprintf("The picture comes without %s: rpicam-vid does not have it.", m[1]),
		Hint: "Install it with: sudo apt install " + stagePackage(m[1]) + ". The camera uses it after its next start.",
	}
}

// modeReplaced says that the capture program reads the sensor in another mode
// than it was told to, which it does without a word; nil when it does not. asked
// is W:H, W:H:BITS or W:H:BITS:P.
func modeReplaced(asked string, got setup) *api.Problem {
	want := strings.Split(asked, ":")
	if len(want) < 2 || got.mode.X == 0 {
		return nil
	}
	sameBits := len(want) < 3 || got.bits == 0 || atoi(want[2]) == got.bits
	if sameBits && atoi(want[0]) == got.mode.X && atoi(want[1]) == got.mode.Y {
		return nil
	}
	taken := fmt.Sprintf("%d:%d", got.mode.X, got.mode.Y)
	if got.bits > 0 {
		taken += fmt.Sprintf(":%d", got.bits)
	}
	return &api.Problem{
		Code: api.CodeMode, Message: fmt.Sprintf("The sensor has no mode %s; rpicam-vid took %s.", process.Clip(asked, 40), taken),
		Hint: "Set --mode to one that `rpicam-vid --list-cameras` shows, or leave it out for the full field of view.",
	}
}

// stagePackage is the package of Raspberry Pi OS that has a stage.
func stagePackage(stage string) string {
	switch {
	case strings.HasPrefix(stage, "imx500_"):
		return "imx500-all"
	case strings.HasPrefix(stage, "hailo_"):
		return "hailo-all"
	case strings.HasSuffix(stage, "_cv"):
		return "rpicam-apps-opencv-postprocess"
	}
	return "rpicam-apps"
}
