package fakecam

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// DevicesEnv names a folder with the cameras' media devices, media0 for the
// first. As libcamera does, a stream locks its camera's device all along, and
// --list-cameras each in turn while it asks for the modes. Not set: no locks.
const DevicesEnv = "FAKECAM_DEVICES"

// slowList is how long a list takes with the fault ListSlow.
const slowList = 700 * time.Millisecond

// lockDevice locks a camera's device; ok is false when another process has it.
func lockDevice(index int) (unlock func(), ok bool) {
	dir := os.Getenv(DevicesEnv)
	if dir == "" {
		return func() {}, true
	}
	f, err := os.OpenFile(device(index), os.O_RDWR, 0)
	if err != nil {
		return nil, false
	}
	if syscall.FcntlFlock(f.Fd(), syscall.F_SETLK, &syscall.Flock_t{Type: syscall.F_WRLCK}) != nil {
		_ = f.Close()
		return nil, false
	}
	return func() { _ = f.Close() }, true
}

func device(index int) string {
	return filepath.Join(os.Getenv(DevicesEnv), "media"+strconv.Itoa(index))
}

// registered is what libcamera says about each camera at a start on a Pi 5.
func registered() (text string) {
	if os.Getenv(DevicesEnv) == "" {
		return ""
	}
	for i, s := range sensors() {
		text += fmt.Sprintf("[0:07:13.075956320] [2370]  INFO RPI pisp.cpp:1154 Registered camera %s to CFE device %s and ISP device %s using PiSP variant BCM2712_C0\n",
			s.path, device(i), device(len(sensors())+i))
	}
	return text
}

// sensor is one camera of the list.
type sensor struct {
	path  string
	text  string // as --list-cameras describes it
	modes []string
}

var (
	sensorHead = regexp.MustCompile(`(?m)^\d+ : .*\((.*)\)$`)
	modeText   = regexp.MustCompile(`(\d+x\d+) \[[^\]]*\]`)
)

// sensors are the cameras there are, with the crops that an imx219 has on a Pi:
// those that were recorded are of virtual cameras.
func sensors() (all []sensor) {
	text := string(file("list_cameras_" + cameras() + ".stdout"))
	text = strings.Replace(text, "640x480 [103.01 fps - (0, 0)/3280x2464", "640x480 [103.34 fps - (1000, 752)/1280x960", 1)
	text = strings.Replace(text, "1920x1080 [47.00 fps - (0, 0)/3280x2464", "1920x1080 [47.57 fps - (680, 692)/1920x1080", 1)
	heads := sensorHead.FindAllStringSubmatchIndex(text, -1)
	for i, at := range heads {
		end := len(text)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		s := sensor{path: text[at[2]:at[3]], text: text[at[0]:end]}
		for _, m := range modeText.FindAllStringSubmatch(s.text, -1) {
			s.modes = append(s.modes, m[1])
		}
		all = append(all, s)
	}
	return all
}

// list prints the cameras. The modes of one that another process uses are not
// known, which reads like this (see list_busy.stdout).
func list(fault Fault) {
	all := sensors()
	if len(all) == 0 {
		_, _ = os.Stdout.Write(file("list_cameras_0.stdout"))
		return
	}
	fmt.Print("Available cameras\n-----------------\n")
	for i, s := range all {
		unlock, ok := lockDevice(i)
		if !ok {
			s.text = modeText.ReplaceAllString(s.text, "$1 [30.00 fps - (65535, 65535)/65535x65535 crop]")
			unlock = func() {}
		}
		if fault == ListSlow {
			time.Sleep(slowList / time.Duration(len(all)))
		}
		unlock()
		fmt.Print(s.text)
	}
}

// tooSmall reports whether the post-processing file wants a second stream that is
// larger than the picture. What it says of that is rpicam-apps' form.
func tooSmall(opts map[string]string) bool {
	var asset struct {
		Apps struct {
			Lores struct{ Width, Height int }
		} `json:"rpicam-apps"`
	}
	data, err := os.ReadFile(opts["--post-process-file"])
	if err != nil || json.Unmarshal(data, &asset) != nil {
		return false
	}
	width, _ := strconv.Atoi(opts["--width"])
	height, _ := strconv.Atoi(opts["--height"])
	return asset.Apps.Lores.Width > width || asset.Apps.Lores.Height > height
}

// started is what rpicam-vid says before it sets the camera up.
func started(opts map[string]string) string {
	text, _, _ := strings.Cut(start(opts), "Mode selection")
	return text
}

// start is what rpicam-vid says when a camera starts, with the size and the mode
// that are asked; a mode that the sensor does not have becomes its first one.
func start(opts map[string]string) string {
	index, _ := strconv.Atoi(opts["--camera"])
	name := "s640_default.stderr"
	if _, asked := opts["--post-process-file"]; asked {
		name = "post_imx500_missing.stderr"
	}
	text := string(file(name))
	mode := sensors()[index].modes[0]
	for _, m := range sensors()[index].modes {
		if strings.HasPrefix(opts["--mode"]+":", strings.Replace(m, "x", ":", 1)+":") {
			mode = m
		}
	}
	size := opts["--width"] + "x" + opts["--height"]
	if size == "x" {
		size = "640x480"
	}
	line := regexp.MustCompile(`(configuring streams: \(0\) )\d+x\d+(\S+ \(1\) )\d+x\d+`)
	return registered() + line.ReplaceAllString(text, "${1}"+size+"${2}"+mode)
}
