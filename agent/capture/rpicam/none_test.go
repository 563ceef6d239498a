package rpicam

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pigrid/agent/capture"
	"pigrid/agent/capture/capturetest"
	"pigrid/agent/capture/fakecam"
	"pigrid/agent/frames"
	"pigrid/shared/api"
)

// TestWhyThereIsNone: --list-cameras ends with 0 and "No cameras available!"; why,
// stands on stderr, and not in its last line.
func TestWhyThereIsNone(t *testing.T) {
	const (
		heap  = "[0:01:38.1] [672] ERROR RPI dma_heaps.cpp:53 Could not open any dmaHeap device\n[0:01:38.2] [672] ERROR RPI raspberrypi.cpp:1278 Failed to register camera imx477 10-001a: -12\n"
		odd   = "[0:01:38.1] [672] ERROR IPAProxy ipa_proxy.cpp:180 Odd thing.\n[0:01:38.2] [672]  INFO RPI x.cpp:1 skipping\n"
		cable = "cable"
	)
	for name, test := range map[string]struct {
		says  string
		heaps []string // in /dev/dma_heap; nil for no such folder
		code  api.Code
		words []string // in message and hint
		not   string
	}{
		"nothing":                {"", nil, api.CodeNotDetected, []string{cable}, ""},
		"what it says each time": {startWarnings, nil, api.CodeNotDetected, []string{"No camera was found.", cable}, "said"},
		"no rights":              {noRights, nil, api.CodePermission, []string{"/dev/media0", "video"}, cable},
		"no heap":                {heap, nil, api.CodeDMAHeapMissing, []string{"no /dev/dma_heap", "container"}, cable},
		"an empty heap":          {heap, []string{}, api.CodeDMAHeapMissing, []string{"no /dev/dma_heap"}, cable},
		"no rights to the heap":  {heap, []string{"linux,cma"}, api.CodePermission, []string{"may not use /dev/dma_heap", "video", "raspberrypi-sys-mods"}, cable},
		"the newer words":        {"[0:01] [6] ERROR DmaBufAllocator dma_buf_allocator.cpp:120 Could not open any dma-buf provider\n", []string{"system"}, api.CodePermission, []string{"/dev/dma_heap"}, cable},
		"something else":         {odd, nil, api.CodeUnusable, []string{"rpicam-vid said: ERROR IPAProxy ipa_proxy.cpp:180 Odd thing.", "--list-cameras", cable}, ""},
		"a mute sensor":          {"imx708 10-001a: failed to read chip id 708, with error -5\n", nil, api.CodeNotDetected, []string{cable}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			startLog, faultFile := capturetest.Installed(t)
			capturetest.Write(t, faultFile, string(fakecam.NoCamera))
			says := filepath.Join(filepath.Dir(startLog), "says")
			capturetest.Write(t, says, test.says)
			t.Setenv(fakecam.SaysEnv, says)
			dev := t.TempDir()
			if test.heaps != nil {
				if err := os.Mkdir(filepath.Join(dev, "dma_heap"), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			for _, heap := range test.heaps {
				capturetest.Write(t, filepath.Join(dev, "dma_heap", heap), "")
			}
			capturetest.Managed(t, capture.Config{Drivers: sensors(dev)}, startLog, func(set *frames.Set) {
				hub := capturetest.Camera(t, set, "")
				capturetest.ExpectState(t, hub, api.Failed, test.code)
				_, p := hub.State()
				text := p.Message + " " + p.Hint
				for _, word := range test.words {
					if !strings.Contains(text, word) {
						t.Errorf("%q lacks %q", text, word)
					}
				}
				if test.not != "" && strings.Contains(text, test.not) {
					t.Errorf("%q contains %q", text, test.not)
				}
			})
		})
	}
}

// TestAStartWithoutRightsIsToldSo: the last line alone would blame the cable.
func TestAStartWithoutRightsIsToldSo(t *testing.T) {
	startLog, faultFile := capturetest.Installed(t)
	says := filepath.Join(filepath.Dir(startLog), "says")
	t.Setenv(fakecam.SaysEnv, says)
	capturetest.Managed(t, capture.Config{Drivers: sensors(""), IdleTimeout: time.Minute}, startLog, func(set *frames.Set) {
		hub := capturetest.Camera(t, set, "imx708")
		capturetest.Write(t, says, noRights+"\nERROR: *** no cameras available ***\n")
		capturetest.Write(t, faultFile, string(fakecam.Refuses))
		defer hub.Join(t.Context(), 0).Leave()
		capturetest.ExpectState(t, hub, api.Failed, api.CodePermission)
	})
}

func TestDeniedWithoutADevice(t *testing.T) {
	if p := denied("Permission denied", api.Problem{Message: "No."}); p.Message != "No." {
		t.Errorf("without a device: %+v", p)
	}
}

// TestAFoundCameraIsNotForgottenForRights: it is still there.
func TestAFoundCameraIsNotForgottenForRights(t *testing.T) {
	startLog, faultFile := capturetest.Installed(t)
	says := filepath.Join(filepath.Dir(startLog), "says")
	capturetest.Write(t, says, noRights)
	t.Setenv(fakecam.SaysEnv, says)
	dev := t.TempDir()
	capturetest.Managed(t, capture.Config{Drivers: sensors(dev), LookEvery: 20 * time.Millisecond}, startLog, func(set *frames.Set) {
		hub := capturetest.Camera(t, set, "imx708")
		capturetest.Write(t, faultFile, string(fakecam.NoCamera))
		lists := len(capturetest.StartsOf(t, startLog, "--list-cameras"))
		capturetest.Write(t, filepath.Join(dev, "media1"), "") // something has changed
		capturetest.Eventually(t, "two more lists", 10*time.Second, func() bool { return len(capturetest.StartsOf(t, startLog, "--list-cameras")) >= lists+2 })
		if state, p := hub.State(); state != api.Idle {
			t.Errorf("the camera that sleeps is %s, %+v", state, p)
		}
	})
}
