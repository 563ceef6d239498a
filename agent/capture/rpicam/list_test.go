package rpicam

import (
	"fmt"
	"image"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pigrid/agent/capture"
)

func recordedList(t testing.TB, n string) []byte {
	t.Helper()
	return recordedFile(t, "list_cameras_"+n+".stdout")
}

func recordedFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("../fakecam/recorded/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// listOnBoard is what a Pi with a camera module 2 prints: two of its modes crop.
const listOnBoard = `Available cameras
-----------------
0 : imx219 [3280x2464 10-bit RGGB] (/base/soc/i2c0mux/i2c@1/imx219@10)
    Modes: 'SRGGB10_CSI2P' : 640x480 [206.65 fps - (1000, 752)/1280x960 crop]
                             1640x1232 [41.85 fps - (0, 0)/3280x2464 crop]
                             1920x1080 [47.57 fps - (680, 692)/1920x1080 crop]
                             3280x2464 [21.19 fps - (0, 0)/3280x2464 crop]
           'SRGGB8' : 640x480 [206.65 fps - (1000, 752)/1280x960 crop]
                      1640x1232 [83.70 fps - (0, 0)/3280x2464 crop]
`

func TestParseRecordedLists(t *testing.T) {
	if got := ParseList(recordedList(t, "0")); len(got) != 0 {
		t.Errorf("found %v where the program found none", got)
	}
	got := ParseList(recordedList(t, "2"))
	if len(got) != 2 {
		t.Fatalf("found %d cameras, want 2", len(got))
	}
	want := Sensor{Index: 1, Model: "imx219", Path: "/base/axi/pcie@120000/rp1/i2c@80000/imx219@10", Size: image.Pt(3280, 2464)}
	one := got[1]
	if one.Index != want.Index || one.Model != want.Model || one.Path != want.Path || one.Size != want.Size || len(one.Modes) != 4 {
		t.Errorf("got %+v, want %+v with 4 modes", one, want)
	}
	if m := one.Modes[2]; m.Size != image.Pt(1920, 1080) || m.Bits != 10 || m.FPS != 47 || m.Crop != image.Rect(0, 0, 3280, 2464) {
		t.Errorf("third mode is %+v", m)
	}
}

func TestFullViewMode(t *testing.T) {
	imx219 := ParseList([]byte(listOnBoard))[0]
	imx708 := ParseList(recordedList(t, "1"))[0]
	tests := []struct {
		sensor Sensor
		w, h   int
		fps    float64
		want   string // --mode, "" when the program is to choose
	}{
		{imx219, 640, 480, 30, "1640:1232:10"},
		{imx219, 640, 480, 60, "1640:1232:8"},
		{imx219, 640, 480, 120, ""}, // only cropped modes are so fast
		{imx219, 1920, 1080, 15, "3280:2464:10"},
		{imx219, 1920, 1080, 30, "1640:1232:10"}, // the whole view, a little softer
		{imx708, 640, 480, 30, "1536:864:10"},
		{imx708, 1920, 1080, 30, "2304:1296:10"},
		{Sensor{}, 640, 480, 30, ""},
	}
	for _, tt := range tests {
		got := modeArg(tt.sensor, capture.Options{Width: tt.w, Height: tt.h, Framerate: tt.fps})
		if got != tt.want {
			t.Errorf("%s %dx%d@%v: --mode %q, want %q", tt.sensor.Model, tt.w, tt.h, tt.fps, got, tt.want)
		}
	}
}

func TestFullViewNeedsBothDirections(t *testing.T) {
	sensor := image.Pt(1000, 1000)
	for crop, want := range map[image.Rectangle]bool{
		image.Rect(0, 0, 1000, 1000): true,
		image.Rect(10, 0, 990, 1000): true, // some columns are missing to make the numbers even
		image.Rect(0, 0, 979, 1000):  false,
		image.Rect(0, 0, 1000, 979):  false,
	} {
		if got := (Mode{Crop: crop}).FullView(sensor); got != want {
			t.Errorf("%v of %v: full view %v", crop, sensor, got)
		}
	}
}

// TestFullViewModeOf picks from modes in an order no sensor lists them in.
func TestFullViewModeOf(t *testing.T) {
	full := image.Rect(0, 0, 4000, 3000)
	mode := func(w, h, bits int, fps float64) Mode {
		return Mode{Size: image.Pt(w, h), Bits: bits, FPS: fps, Crop: full}
	}
	for name, test := range map[string]struct {
		modes []Mode
		want  image.Point // nothing when the program is to choose
	}{
		"none is large enough: the largest": {[]Mode{mode(400, 300, 10, 60), mode(800, 600, 10, 60), mode(600, 450, 10, 60)}, image.Pt(800, 600)},
		"the smallest that is large enough": {[]Mode{mode(4000, 3000, 10, 60), mode(1000, 750, 10, 60), mode(2000, 1500, 10, 60)}, image.Pt(1000, 750)},
		"29.97 is 30":                       {[]Mode{mode(1000, 750, 10, 29.97)}, image.Pt(1000, 750)},
		"29 is not":                         {[]Mode{mode(1000, 750, 10, 29)}, image.Point{}},
		"bits unknown":                      {[]Mode{mode(1000, 750, 0, 60)}, image.Point{}},
	} {
		got, ok := Sensor{Size: full.Max, Modes: test.modes}.FullViewMode(image.Pt(1000, 700), 30)
		if got.Size != test.want || ok != (test.want != image.Point{}) {
			t.Errorf("%s: %v, want %v", name, got.Size, test.want)
		}
	}
}

// TestOddLists: what no program prints harms nobody.
func TestOddLists(t *testing.T) {
	const sensor, mode = "%d : imx219 [3280x2464 10-bit RGGB] (/base/%d)\n", "640x480 [30.00 fps - (0, 0)/3280x2464 crop]\n"
	var many strings.Builder
	for i := range 2 * maxSensors {
		fmt.Fprintf(&many, sensor, i, i)
	}
	if n := len(ParseList([]byte(many.String()))); n != maxSensors {
		t.Errorf("%d sensors, want at most %d", n, maxSensors)
	}
	one := fmt.Sprintf(sensor, 0, 0)
	if got := ParseList([]byte("'SRGGB10' : " + strings.Repeat(mode, 3) + one)); len(got) != 1 || len(got[0].Modes) != 0 {
		t.Errorf("modes of no sensor became %+v", got)
	}
	got := ParseList([]byte(one + "'SRGGB10' : " + strings.Repeat(mode, 2*maxModes) + fmt.Sprintf(sensor, 1, 1) + mode))
	if len(got) != 2 || len(got[0].Modes) != maxModes || got[0].Modes[0].Bits != 10 {
		t.Fatalf("%d sensors, want 2, the first with %d modes", len(got), maxModes)
	}
	if got[1].Modes[0].Bits != 0 {
		t.Error("the bits of one sensor's modes went over to the next")
	}
}

// TestABusySensorHasNoKnownModes: 65535 stands for "not known", not for "all".
func TestABusySensorHasNoKnownModes(t *testing.T) {
	sensors := listBusy(t)
	if len(sensors) != 2 || len(sensors[0].Modes) != 3 || len(sensors[1].Modes) != 8 {
		t.Fatalf("found %+v", sensors)
	}
	if sensors[0].ModesKnown() || !sensors[1].ModesKnown() {
		t.Error("the modes of the one in use are known, or those of the other one are not")
	}
	for _, m := range sensors[0].Modes {
		if m.FullView(sensors[0].Size) || m.FullView(image.Point{}) {
			t.Errorf("%+v is taken for full view", m)
		}
	}
	if got := modeArg(sensors[0], capture.Options{Width: 640, Height: 360, Framerate: 30}); got != "" {
		t.Errorf("--mode %s of modes that nobody knows", got)
	}
}

// TestCropsThatCannotBe are not known either; a few border pixels do not matter.
func TestCropsThatCannotBe(t *testing.T) {
	for text, known := range map[string]bool{
		"(0, 0)/3280x2464": true, "(8, 8)/3280x2464": true, "(1000, 752)/1280x960": true,
		"(0, 0)/65535x65535": false, "(65535, 65535)/1280x960": false, "(0, 0)/0x0": false, "(3000, 0)/1000x960": false, "(0, 0)/3280x0": false,
	} {
		s := ParseList([]byte("0 : imx219 [3280x2464 10-bit RGGB] (/base/0)\n    Modes: 'SRGGB10_CSI2P' : 640x480 [30.00 fps - " + text + " crop]\n"))
		if len(s) != 1 || len(s[0].Modes) != 1 || s[0].ModesKnown() != known {
			t.Errorf("%s: %+v, want its modes known: %v", text, s, known)
		}
	}
}

// listMono is what a sensor without colours prints, from a public report.
const listMono = `Available cameras
-----------------
0 : ov9281 [1280x800 10-bit MONO] (/base/axi/pcie@120000/rp1/i2c@88000/ov9281@60)
    Modes: 'R8' : 640x400 [309.79 fps - (0, 0)/1280x800 crop]
                  1280x720 [171.79 fps - (0, 0)/1280x720 crop]
                  1280x800 [143.66 fps - (0, 0)/1280x800 crop]
           'R10_CSI2P' : 640x400 [247.83 fps - (0, 0)/1280x800 crop]
                         1280x720 [137.42 fps - (0, 0)/1280x720 crop]
                         1280x800 [114.93 fps - (0, 0)/1280x800 crop]
           'MONO_PISP_COMP1' : 1280x800 [114.93 fps - (0, 0)/1280x800 crop]
`

// TestModesWithoutColours: each has the bits of the format above it, and none
// where those are not known.
func TestModesWithoutColours(t *testing.T) {
	s := ParseList([]byte(listMono))
	if len(s) != 1 || s[0].Model != "ov9281" {
		t.Fatalf("found %+v", s)
	}
	var bits []int
	for _, m := range s[0].Modes {
		bits = append(bits, m.Bits)
	}
	if want := []int{8, 8, 8, 10, 10, 10, 0}; !slices.Equal(bits, want) {
		t.Errorf("bits %v, want %v", bits, want)
	}
	if got := modeArg(s[0], capture.Options{Framerate: 200}.Fitting(s[0].Size)); got != "640:400:10" {
		t.Errorf("--mode %s", got)
	}
}

func TestArguments(t *testing.T) {
	sensor := ParseList(recordedList(t, "2"))[1]
	got := arguments(sensor, capture.Options{Width: 640, Height: 480, Framerate: 29.97, Quality: 80, Mode: "auto"})
	want := strings.Fields("-t 0 --codec mjpeg -n --flush --camera 1 --width 640 --height 480 --framerate 29.97 -q 80 -o -")
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if args := arguments(sensor, capture.Options{Width: 640, Height: 480, Framerate: 30, Mode: "1640:1232:10"}); slices.Contains(args, "-q") || args[slices.Index(args, "--mode")+1] != "1640:1232:10" {
		t.Errorf("without a quality, with a mode: %q", args)
	}
	for i, a := range got {
		if strings.HasPrefix(a, "--") && slices.Index(got, a) != i {
			t.Errorf("%s is given twice, which rpicam-vid refuses", a)
		}
	}
}

// TestShutter: the longer of exposure and frame time is the camera's interval.
func TestShutter(t *testing.T) {
	for _, test := range []struct {
		shutter time.Duration
		want    string
	}{
		{0, "--framerate 20"},
		{5 * time.Millisecond, "--framerate 20 --shutter 5000"},
		{50 * time.Millisecond, "--framerate 20 --shutter 50000"},
		{4 * time.Second, "--framerate 0.25 --shutter 4000000"},
		{100 * time.Second, "--framerate 0.01 --shutter 100000000"},
	} {
		args := arguments(Sensor{}, capture.Options{Width: 640, Height: 480, Framerate: 20, Shutter: test.shutter})
		if got := strings.Join(args[slices.Index(args, "--framerate"):], " "); got != test.want+" -o -" {
			t.Errorf("%v: %s, want %s", test.shutter, got, test.want)
		}
	}
}

func TestPostProcessArgument(t *testing.T) {
	args := arguments(Sensor{}, capture.Options{Width: 640, Height: 480, Framerate: 20, PostProcess: "/usr/share/rpi-camera-assets/imx500_posenet.json"})
	if i := slices.Index(args, "--post-process-file"); i < 0 || args[i+1] != "/usr/share/rpi-camera-assets/imx500_posenet.json" {
		t.Errorf("arguments %q", args)
	}
}

func FuzzParseList(f *testing.F) {
	for _, n := range []string{"0", "1", "2"} {
		f.Add(recordedList(f, n))
	}
	f.Add([]byte(listOnBoard))
	f.Add([]byte(listMono))
	f.Add(recordedFile(f, "list_busy.stdout"))
	f.Add([]byte("0 : a [99999x1] (x)\n 'SRGGB10' : 1x1 [1.0 fps - (0, 0)/1x1 crop]"))
	f.Fuzz(func(t *testing.T, out []byte) {
		for _, s := range ParseList(out) {
			for _, m := range s.Modes {
				if m.Crop.Dx() > 2*s.Size.X || m.Crop.Dy() > 2*s.Size.Y || m.Crop.Empty() && m.FullView(s.Size) {
					t.Fatalf("no such mode of %v: %+v", s.Size, m)
				}
			}
			if s.Model == "" || s.Path == "" || s.Index > maxIndex*10 || len(s.Modes) > maxModes {
				t.Fatalf("no such sensor: %+v", s)
			}
			// Nothing of a sensor's names may become an argument.
			o := capture.Options{Framerate: 30}.Fitting(s.Size)
			nameless := s
			nameless.Model, nameless.Path = "", ""
			args := arguments(s, o)
			if !slices.Equal(args, arguments(nameless, o)) || slices.ContainsFunc(args, func(a string) bool { return strings.ContainsAny(a, " \n\x00") }) {
				t.Fatalf("arguments %q for %+v", args, s)
			}
		}
	})
}
