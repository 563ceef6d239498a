package rpicam

import (
	"strings"
	"testing"
)

// TestMediaDevices: each of two cameras has its own, in the words of every
// pipeline of a Pi.
func TestMediaDevices(t *testing.T) {
	said := strings.Split(`[0:04:42.582301378] [2099]  INFO RPI raspberrypi.cpp:1414 Registered camera /base/soc/i2c0mux/i2c@0/imx219@10 to Unicam device /dev/media2 and ISP device /dev/media4
[0:04:42.592775333] [2099]  INFO RPI raspberrypi.cpp:1414 Registered camera /base/soc/i2c0mux/i2c@1/imx219@10 to Unicam device /dev/media3 and ISP device /dev/media5
[0:03:54.994671099] [1448]  INFO RPI pisp.cpp:1154 Registered camera /base/axi/pcie@120000/rp1/i2c@88000/imx296@1a to CFE device /dev/media1 and ISP device /dev/media0 using PiSP variant BCM2712_C0
[1:05:31.341958549] [9146]  INFO Camera camera_manager.cpp:223 Adding camera '/base/x' for pipeline handler virtual`, "\n")
	for path, want := range map[string]string{
		"/base/soc/i2c0mux/i2c@0/imx219@10":             "/dev/media2 /dev/media4",
		"/base/soc/i2c0mux/i2c@1/imx219@10":             "/dev/media3 /dev/media5",
		"/base/axi/pcie@120000/rp1/i2c@88000/imx296@1a": "/dev/media1 /dev/media0",
		"/base/soc/i2c0mux/i2c@1/imx219":                "",
		"/base/x":                                       "",
		"":                                              "",
	} {
		if got := strings.Join(mediaDevices(said, path), " "); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}
