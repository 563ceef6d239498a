package camera

import (
	"fmt"
	"regexp"
	"strings"

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
		Code: CodeStage, Message: fmt.Sprintf("The picture comes without %s: rpicam-vid does not have it.", m[1]),
		Hint: "Install it with: sudo apt install " + stagePackage(m[1]) + ". Then it comes with the next start of the camera.",
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
