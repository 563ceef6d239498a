package fakecam

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
)

// FFmpegName is the name under which a test binary stands in for an ffmpeg that
// reads a webcam.
const FFmpegName = "ffmpeg"

// InstallFFmpeg puts a link called ffmpeg to this test binary into dir.
func InstallFFmpeg(dir string) (path string, err error) { return install(dir, FFmpegName) }

// ffmpegOptions are those PiGrid uses; true takes a value.
var ffmpegOptions = map[string]bool{
	"-hide_banner": false, "-loglevel": true, "-nostdin": false, "-f": true, "-input_format": true, "-framerate": true,
	"-video_size": true, "-i": true, "-an": false, "-c:v": true, "-flush_packets": true, "pipe:1": false,
}

// runFFmpeg streams a camera's frames as they are; what goes wrong is told in
// ffmpeg's words.
func runFFmpeg(args []string) int {
	note(os.Getpid(), append([]string{FFmpegName}, args...)...)
	device, fps := "", 30.0
	for i := 0; i < len(args); i++ {
		takesValue, known := ffmpegOptions[args[i]]
		if !known || takesValue && i+1 == len(args) {
			fmt.Fprintf(os.Stderr, "Unrecognized option '%s'.\n", args[i])
			return 1
		}
		switch args[i] {
		case "-i":
			device = args[i+1]
		case "-framerate":
			fps, _ = strconv.ParseFloat(args[i+1], 64)
		}
		if takesValue {
			i++
		}
	}
	fault, after := readFault()
	_, err := os.Stat(device)
	switch {
	case fault == Busy:
		return ffmpegFails("ioctl(VIDIOC_STREAMON)", device, "Device or resource busy")
	case errors.Is(err, fs.ErrNotExist):
		return ffmpegFails("Cannot open video device "+device, device, "No such file or directory")
	case err != nil:
		return ffmpegFails("Cannot open video device "+device, device, err.Error())
	case fps <= 0:
		return ffmpegFails("ioctl(VIDIOC_S_PARM)", device, "Invalid argument")
	}
	return stream(fps, fault, after)
}

func ffmpegFails(what, device, why string) int {
	fmt.Fprintf(os.Stderr, "[video4linux2,v4l2 @ 0x55d2a8b8aa80] %s: %s\n%s: %s\n", what, why, device, why)
	return 1
}

// WithoutTables takes the Huffman tables out of a JPEG, as some webcams do.
func WithoutTables(jpeg []byte) []byte {
	var out bytes.Buffer
	out.Write(jpeg[:2])
	for at := 2; ; {
		if jpeg[at+1] == 0xDA {
			out.Write(jpeg[at:])
			return out.Bytes()
		}
		end := at + 2 + int(jpeg[at+2])<<8 + int(jpeg[at+3])
		if jpeg[at+1] != 0xC4 {
			out.Write(jpeg[at:end])
		}
		at = end
	}
}

// FFmpegStarts returns the lines of the file LogEnv names that tell of starts
// of the stand-in for ffmpeg.
func FFmpegStarts(log string) []string {
	var starts []string
	for line := range strings.Lines(log) {
		if strings.Contains(line, " "+FFmpegName+" ") {
			starts = append(starts, line)
		}
	}
	return starts
}
