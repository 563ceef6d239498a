package usb

import (
	"pigrid/agent/capture/process"
	"pigrid/shared/api"
)

// problem says why a webcam that is there cannot be used, nil when it can.
func (w webcam) problem(ffmpeg string) *api.Problem {
	switch {
	case w.gone:
		p := unplugged()
		return &p
	case w.denied:
		return &api.Problem{
			Code: api.CodePermission, Message: "The agent may not use the webcam.",
			Hint: process.RightsHint(),
		}
	case ffmpeg == "":
		return &api.Problem{
			Code: api.CodeProgramMissing, Message: "This USB webcam needs ffmpeg, which is not installed.",
			Hint: "Install it with: sudo apt install ffmpeg. The picture then appears without a restart.",
		}
	}
	return nil
}

// unplugged is what is wrong with a webcam that is not there any more.
func unplugged() api.Problem {
	return api.Problem{
		Code: api.CodeNotDetected, Message: "The webcam is not plugged in.",
		Hint: "Plug it in again. The picture comes back without a restart.",
	}
}

// reasons are tried in order against each line that ffmpeg said, the last
// one first. The texts are those of its v4l2 input and of strerror(3).
func reasons() []process.Reason {
	const back = "Unplug it and plug it back in. If this continues, use another port or a powered hub. The picture comes back without a restart."
	return []process.Reason{
		process.Entry(`Device or resource busy`, api.CodeCameraBusy,
			"The webcam is used by another program.",
			"Close the other program. The picture then comes back without a restart."),
		process.Entry(`No such (file|device)`, api.CodeNotDetected, unplugged().Message, unplugged().Hint),
		process.Entry(`Permission denied|Operation not permitted`, api.CodePermission,
			"The agent may not use the webcam.",
			process.RightsHint()),
		process.Entry(`No space left on device`, api.CodeUSBBandwidth,
			"The webcams on this USB connection want more than it can carry.",
			"Choose a smaller --width and --height or --framerate, or plug one of them into another port."),
		process.Entry(`Inappropriate ioctl|[Nn]ot a video capture device|does not support the streaming|Cannot find a proper format`, api.CodeNotDetected,
			"What is plugged in gives no MJPEG pictures.",
			"Use another webcam, or --source exec: with a command of your own."),
		process.Entry(`Input/output error|Protocol error|timed out|Broken pipe|select.* failed|VIDIOC_[DQ]*BUF`, api.CodeUSB,
			"The webcam stopped answering.", back),
		process.Entry(`Unknown input format`, api.CodeProgramMissing,
			"This ffmpeg cannot use webcams.",
			"Install the one of the system: sudo apt install ffmpeg."),
		process.Entry(`Invalid argument|could not set|cannot set`, api.CodeMode,
			"The webcam cannot do this size or rate.",
			"Choose another --width, --height or --framerate; `v4l2-ctl --list-formats-ext` shows what it can do."),
	}
}
