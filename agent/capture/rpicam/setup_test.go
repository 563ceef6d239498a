package rpicam

import (
	"image"
	"testing"

	"pigrid/shared/api"
)

// listBusy is what --list-cameras said of an imx708 that another program used,
// recorded.
func listBusy(t testing.TB) []Sensor { return ParseList(recordedFile(t, "list_busy.stdout")) }

// TestWhatIsSeen: libcamera cuts the sensor's picture to the shape of ours. The
// first was read from a real program's ScalerCrop.
func TestWhatIsSeen(t *testing.T) {
	imx708, imx219 := image.Rect(0, 0, 4608, 2592), image.Rect(0, 0, 3280, 2464)
	for _, test := range []struct {
		mode, picture image.Point
		crop, want    image.Rectangle
		full          bool
	}{
		{image.Pt(1536, 864), image.Pt(640, 480), imx708, image.Rect(576, 0, 576+3456, 2592), false},
		{image.Pt(1536, 864), image.Pt(640, 360), imx708, imx708, true},
		{image.Pt(2304, 1296), image.Pt(1920, 1080), imx708, imx708, true},
		{image.Pt(4608, 2592), image.Pt(480, 640), imx708, image.Rect(1332, 0, 1332+1944, 2592), false},
		{image.Pt(1536, 864), image.Pt(640, 480), image.Rect(768, 432, 768+3072, 432+1728), image.Rect(1152, 432, 1152+2304, 432+1728), false},
		{image.Pt(1640, 1232), image.Pt(640, 480), imx219, image.Rect(0, 2, 3280, 2462), true},
		{image.Pt(1640, 1232), image.Pt(1920, 1080), imx219, image.Rect(0, 310, 3280, 310+1844), false},
		{image.Pt(1640, 1232), image.Point{}, imx219, imx219, true}, // the program did not say
	} {
		m := Mode{Size: test.mode, Crop: test.crop}
		got := m.seen(test.picture)
		if full := fullView(got, image.Pt(max(test.crop.Max.X, 3280), max(test.crop.Max.Y, 2464))); got != test.want || full != test.full {
			t.Errorf("%v read, %v written: %v is seen, full view %v; want %v, %v", test.mode, test.picture, got, full, test.want, test.full)
		}
	}
}

// TestSetup reads how programs of several years say how they set the camera up.
func TestSetup(t *testing.T) {
	picture, mode := image.Pt(640, 480), image.Pt(1536, 864)
	for line, want := range map[string]setup{
		"[1:01] [7613]  INFO Camera camera.cpp:1216 configuring streams: (0) 640x480-YUV420/sYCC (1) 1536x864-SRGGB10_CSI2P/RAW":                       {picture, mode, 10},
		"INFO Camera camera.cpp:1215 configuring streams: (0) 640x480-YUV420/sYCC (1) 1536x864-RGGB_PISP_COMP1/RAW":                                    {picture, mode, 0},
		"INFO Camera camera.cpp:1215 configuring streams: (0) 640x480-YUV420/sYCC (1) 1536x864-SRGGB16/RAW":                                            {picture, mode, 0},
		"INFO Camera camera.cpp:1028 configuring streams: (0) 640x480-YUV420 (1) 1536x864-SBGGR12":                                                     {picture, mode, 12},
		"INFO Camera camera.cpp:1028 configuring streams: (0) 640x480-YUV420/sYCC (1) 640x640-RGB888/sRGB (2) 1536x864-R10_CSI2P/RAW":                  {picture, mode, 10},
		"INFO Camera camera.cpp:1028 configuring streams: (0) 640x480-YUV420":                                                                          {picture, image.Point{}, 0},
		"INFO RPI vc4.cpp:565 Sensor: /base/soc/i2c0mux/i2c@1/imx708@1a - Selected sensor format: 1536x864-SBGGR10_1X10 - Selected unicam format: 1-p": {image.Point{}, mode, 10},
		"INFO RPI pisp.cpp:1483 Sensor: /base/x/ov9281@60 - Selected sensor format: 1536x864-Y10_1X10 - Selected CFE format: 1536x864-YPC1":            {image.Point{}, mode, 10},
	} {
		var got setup
		if !got.read(line) || got != want {
			t.Errorf("%s: %+v, want %+v", line, got, want)
		}
	}
	for _, line := range []string{"", "Stream configuration adjusted", "Mode selection for 640:480:12:P"} {
		if (&setup{}).read(line) {
			t.Errorf("a setup was found in %q", line)
		}
	}
}

// TestDescribe: what is not known is not claimed.
func TestDescribe(t *testing.T) {
	imx219 := ParseList([]byte(listOnBoard))[0]
	cropped := setup{image.Pt(640, 480), image.Pt(640, 480), 10}
	want := api.Mode{Width: 640, Height: 480, Crop: api.Rect{X: 1000, Y: 752, Width: 1280, Height: 960}, Sensor: api.Size{Width: 3280, Height: 2464}}
	if d := imx219.describe(cropped); d == nil || *d != want {
		t.Errorf("the cropped mode is described as %+v", d)
	}
	busy := listBusy(t)[0]
	for name, d := range map[string]*api.Mode{
		"a mode it does not list": imx219.describe(setup{image.Pt(640, 480), image.Pt(9, 9), 10}),
		"no mode":                 imx219.describe(setup{picture: image.Pt(640, 480)}),
		"a mode without its crop": busy.describe(setup{image.Pt(640, 480), image.Pt(1536, 864), 10}),
	} {
		if d != nil {
			t.Errorf("%s is described as %+v", name, d)
		}
	}
}

func FuzzSetup(f *testing.F) {
	f.Add("configuring streams: (0) 640x480-YUV420/sYCC (1) 1536x864-SRGGB10_CSI2P/RAW")
	f.Add("configuring streams: (0) 0x0-A (1) 99999x99999-R8/RAW (0) 1x1-B")
	f.Add("Selected sensor format: 1536x864-SBGGR10_1X10")
	f.Fuzz(func(t *testing.T, line string) {
		var u setup
		if !u.read(line) && u != (setup{}) {
			t.Fatalf("%q is no setup and left %+v", line, u)
		}
		for _, m := range append(ParseList([]byte(listOnBoard))[0].Modes, Mode{Size: u.mode, Crop: image.Rect(0, 0, 3280, 2464)}) {
			if seen := m.seen(u.picture); !seen.In(m.Crop) {
				t.Fatalf("%q: %v is seen of %v", line, seen, m.Crop)
			}
		}
	})
}
