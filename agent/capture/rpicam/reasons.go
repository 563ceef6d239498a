package rpicam

import (
	"os"
	"path/filepath"
	"regexp"

	"pigrid/agent/capture/process"
	"pigrid/shared/api"
)

// Reasons are tried in order against each line, the last line first. The texts
// are those of rpicam-apps, libcamera and ffmpeg. dev is where devices are.
func Reasons(dev string) []process.Reason {
	const closer = "Switch the Pi off, check that the sensor's cable is seated at both ends and not damaged, and try another one; if that does not help, the sensor is faulty."
	return []process.Reason{
		process.Entry(`in use by another process|failed to acquire camera|Device or resource busy`, api.CodeCameraBusy,
			"The camera is used by another program.",
			"Close the other program (perhaps another rpicam-vid, motion or a second agent). The picture then comes back without a restart."),
		process.Entry(`failed to read chip id`, api.CodeNotDetected, notDetected().Message, notDetected().Hint),
		process.Entry(`no cameras available|No cameras available`, api.CodeNotDetected, notDetected().Message, notDetected().Hint).After(),
		process.Entry(`Could not open any dma`, api.CodePermission, "", "").With(func(_ string, _ api.Problem) api.Problem { return noHeap(dev) }),
		process.Entry(`Failed to register camera .*: -12$`, api.CodePermission, "", "").With(func(_ string, _ api.Problem) api.Problem { return noHeap(dev) }).After(),
		process.Entry(`failed to import fd|Permission denied|Failed to register camera .*: -13$`, api.CodePermission,
			"The agent may not use the camera.", process.RightsHint()).With(denied),
		process.Entry(`Cannot allocate memory|cma_alloc`, api.CodeMemory, noMemory().Message, noMemory().Hint),
		process.Entry(`failed to allocate capture buffers`, api.CodeMemory, noMemory().Message, noMemory().Hint).After(),
		process.Entry(`frontend has timed out|Dequeue timer .* expired|Device timeout detected`, api.CodeFrontendTimeout,
			"The camera stopped delivering pictures.",
			"If this continues, check its cable and the power supply.").Warns(),
		process.Entry(`Failed to start streaming: (Input/output error|Remote I/O error|Connection timed out|No such device)`, api.CodeSensor,
			"The sensor does not start: it does not answer.", closer),
		process.Entry(`failed to start camera`, api.CodeSensor, "The sensor does not start.", closer).After(),
		process.Entry(`imx500.*(not update|failed)|Failed to queue buffer .*: Resource temporarily unavailable|Failed to queue buffer for Unicam Image|failed to load loader firmware`, api.CodeFirmware,
			"The AI camera's firmware hangs.",
			"The agent restarts it. If it never recovers, restart the Pi."),
		process.Entry(`selected camera is not available|camera .* out of range`, api.CodeUnknownCamera,
			"This camera is no longer there.",
			"Check its cable. The agent keeps looking for cameras.").After(),
		process.Entry(`Low res image larger than`, api.CodeSize,
			"The picture is smaller than its post-processing needs.",
			"Choose a larger --width and --height."),
		process.Entry(`\*\*\* .*(mode|viewfinder|resolution|framerate)`, api.CodeMode,
			"The camera cannot do this size, rate or mode.",
			"Choose another --width, --height or --framerate; `rpicam-vid --list-cameras` shows what it can do."),
		process.Entry(`No such file or directory`, api.CodeNotDetected,
			"The camera's device does not exist.",
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
		Hint: "Choose a smaller size, or reserve more memory in config.txt: dtoverlay=vc4-kms-v3d,cma-256.",
	}
}

var deviceName = regexp.MustCompile(`/dev/[A-Za-z0-9_/-]{1,60}`)

// denied names the device that a program was not let use, if it said which.
func denied(line string, p api.Problem) api.Problem {
	if device := deviceName.FindString(line); device != "" {
		p.Message = "The agent may not use " + device + ", which the camera needs."
	}
	return p
}

// noHeap says why libcamera gets no memory for pictures: dev has no dma_heap, or
// the agent may not use it.
func noHeap(dev string) api.Problem {
	if heaps, _ := os.ReadDir(filepath.Join(dev, "dma_heap")); len(heaps) == 0 {
		return api.Problem{
			Code: api.CodeDMAHeapMissing, Message: "This system has no /dev/dma_heap, from which the camera gets its memory.",
			Hint: "In a container, add --device /dev/dma_heap. Otherwise use a kernel that has it, such as that of Raspberry Pi OS.",
		}
	}
	return api.Problem{
		Code: api.CodePermission, Message: "The agent may not use /dev/dma_heap, from which the camera gets its memory.",
		Hint: process.RightsHint() + " If /dev/dma_heap belongs to root alone, install raspberrypi-sys-mods and restart the Pi.",
	}
}
