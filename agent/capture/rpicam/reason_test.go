package rpicam

import (
	"errors"
	"strings"
	"testing"

	"pigrid/agent/capture/process"
	"pigrid/shared/api"
	"pigrid/shared/mjpeg"
)

func TestExplain(t *testing.T) {
	refused := errors.New("exit status 255")
	tests := []struct {
		name string
		said string // lines on stderr
		exit error
		seen mjpeg.Counts
		want api.Code
	}{
		{"recorded: busy", recordedText(t, "busy.stderr"), refused, mjpeg.Counts{}, api.CodeCameraBusy},
		{"recorded: no camera", recordedText(t, "nocam_vid.stderr"), refused, mjpeg.Counts{}, api.CodeNotDetected},
		{"recorded: regular start", recordedText(t, "s640_default.stderr"), errors.New("signal: aborted"), mjpeg.Counts{Frames: 9}, api.CodeCrashed},
		{"camera number", "ERROR: *** selected camera is not available ***", refused, mjpeg.Counts{}, api.CodeUnknownCamera},
		{"mode", "ERROR: *** Invalid mode ***", refused, mjpeg.Counts{}, api.CodeMode},
		{"no rights, and what follows", noRights + "\nERROR: *** no cameras available ***", refused, mjpeg.Counts{}, api.CodePermission},
		{"no rights, and what follows for the second camera", noRights + "\nERROR: *** selected camera is not available ***", refused, mjpeg.Counts{}, api.CodePermission},
		{"nobody knows, and what follows", "[0:01] [7] ERROR RPI pisp.cpp:900 Odd thing\nERROR: *** no cameras available ***", refused, mjpeg.Counts{}, api.CodeUnusable},
		{"the sensor is mute", "[0:01] [7] ERROR V4L2 v4l2_videodevice.cpp:1867 /dev/video0[12:cap]: Failed to start streaming: Input/output error\nERROR: *** failed to start camera ***", refused, mjpeg.Counts{}, api.CodeSensor},
		{"too little memory, and what follows", "[0:01] [7] ERROR V4L2 v4l2_videodevice.cpp:1867 /dev/video0[12:cap]: Unable to request 6 buffers: Cannot allocate memory\nERROR: *** failed to start camera ***", refused, mjpeg.Counts{}, api.CodeMemory},
		{"warnings at the start", startWarnings, errors.New("signal: aborted"), mjpeg.Counts{}, api.CodeCrashed},
		{"import", "terminate called\n  what():  failed to import fd 19", refused, mjpeg.Counts{}, api.CodePermission},
		{"cma", "ERROR V4L2 Unable to request 1 buffers: Cannot allocate memory\nERROR: *** failed to allocate capture buffers ***", refused, mjpeg.Counts{}, api.CodeMemory},
		{"frontend", "WARN V4L2 /dev/video0[18:cap]: Dequeue timer of 1000000.00us has expired!\nERROR RPI Camera frontend has timed out!", nil, mjpeg.Counts{Frames: 5}, api.CodeFrontendTimeout},
		{"imx500", "ERROR Failed to queue buffer 3: Resource temporarily unavailable", refused, mjpeg.Counts{Frames: 5}, api.CodeFirmware},
		{"ffmpeg: busy", "/dev/video0: Device or resource busy", refused, mjpeg.Counts{}, api.CodeCameraBusy},
		{"ffmpeg: gone", "/dev/video0: No such file or directory", refused, mjpeg.Counts{}, api.CodeNotDetected},
		{"garbage", "", nil, mjpeg.Counts{Garbage: 500}, api.CodeNotMJPEG},
		{"nothing", "", nil, mjpeg.Counts{}, api.CodeNoFrames},
		{"told to end", "Received signal 2", nil, mjpeg.Counts{Frames: 5}, api.CodeEnded},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var l process.Lines
			_, _ = l.Write([]byte(tt.said + "\n"))
			p := process.Explain(Reasons("/dev"), "/usr/bin/rpicam-vid", l.Last(), tt.exit, tt.seen)
			if p.Code != tt.want {
				t.Errorf("code %q, want %q (%s)", p.Code, tt.want, p.Message)
			}
			if !strings.HasSuffix(p.Message, ".") || p.Hint == "" || strings.Contains(p.Message, "\n") {
				t.Errorf("not a sentence with a hint: %+v", p)
			}
		})
	}
}

// noRights is what libcamera says to a user who is not in the group video;
// startWarnings what it says at each start of some sensors. Both are as people
// have reported them.
const (
	noRights = `[0:10:12.104512345] [1901]  INFO Camera camera_manager.cpp:340 libcamera v0.5.2+99-bfd68f78
[0:10:12.112345678] [1904] ERROR MediaDevice media_device.cpp:84 /dev/media0[]: Failed to open media device at /dev/media0: Permission denied
[0:10:12.112445678] [1904]  INFO DeviceEnumerator device_enumerator.cpp:228 Unable to populate media device /dev/media0 (Permission denied), skipping`
	startWarnings = `[0:03:54.970417008] [1445]  INFO Camera camera_manager.cpp:284 libcamera v0.2.0+120-eb00c13d
[0:04:42.581297734] [2099]  WARN RPI raspberrypi.cpp:1297 Mismatch between Unicam and CamHelper for embedded data usage!
[0:03:55.484445100] [1445]  WARN V4L2 v4l2_pixelformat.cpp:344 Unsupported V4L2 pixel format RPBP
[0:03:55.484445101] [1445]  WARN CameraSensor camera_sensor_legacy.cpp:501 'imx219 10-0010': Failed to read /sys/x: No such file or directory
[0:03:55.484445102] [1445]  WARN RPiSdn sdn.cpp:40 Using legacy SDN tuning - please consider moving SDN inside rpi.denoise`
)

// TestEveryKnownLine: each text alone is enough, whatever was said before it.
func TestEveryKnownLine(t *testing.T) {
	for line, want := range map[string]api.Code{
		"[0:01:02.345678901] [77] ERROR Pipeline pipeline_handler.cpp:100 Pipeline handler in use by another process": api.CodeCameraBusy,
		"ERROR: *** failed to acquire camera /base/soc/i2c0mux/i2c@1/imx219@10 ***":                                   api.CodeCameraBusy,
		"[video4linux2,v4l2 @ 0x55] Device or resource busy":                                                          api.CodeCameraBusy,
		"ERROR: *** no cameras available ***":                                                                         api.CodeNotDetected,
		"No cameras available!":                                                                                       api.CodeNotDetected,
		"imx219 10-0010: failed to read chip id 219":                                                                  api.CodeNotDetected,
		"/dev/video0: No such file or directory":                                                                      api.CodeNotDetected,
		"ERROR DmaBufAllocator Could not open any dma-buf provider":                                                   api.CodeDMAHeapMissing,
		"ERROR RPI dma_heaps.cpp:53 Could not open any dmaHeap device":                                                api.CodeDMAHeapMissing,
		"ERROR RPI Failed to register camera imx219: -12":                                                             api.CodeDMAHeapMissing,
		"ERROR RPI Failed to register camera imx219: -13":                                                             api.CodePermission,
		"ERROR RPI Failed to register camera imx219: -22":                                                             api.CodeCrashed, // whatever it is
		"ERROR V4L2 /dev/video4[16:cap]: Failed to start streaming: Remote I/O error":                                 api.CodeSensor,
		"ERROR: *** failed to start camera ***":                                                                       api.CodeSensor,
		"ERROR: *** Low res image larger than video ***":                                                              api.CodeSize,
		"ERROR: *** Low res image larger than viewfinder ***":                                                         api.CodeSize,
		"failed to import fd 19":                                                                                      api.CodePermission,
		"/dev/video0: Permission denied":                                                                              api.CodePermission,
		"Unable to request 1 buffers: Cannot allocate memory":                                                         api.CodeMemory,
		"ERROR: *** failed to allocate capture buffers ***":                                                           api.CodeMemory,
		"cma: cma_alloc: reserved: alloc failed":                                                                      api.CodeMemory,
		"ERROR RPI Camera frontend has timed out!":                                                                    api.CodeFrontendTimeout,
		"WARN V4L2 /dev/video0[18:cap]: Dequeue timer of 1000000.00us has expired!":                                   api.CodeFrontendTimeout,
		"Device timeout detected, attempting a restart!!!":                                                            api.CodeFrontendTimeout,
		"imx500: could not update network":                                                                            api.CodeFirmware,
		"imx500 10-001a: upload failed":                                                                               api.CodeFirmware,
		"Failed to queue buffer 3: Resource temporarily unavailable":                                                  api.CodeFirmware,
		"Failed to queue buffer for Unicam Image":                                                                     api.CodeFirmware,
		"failed to load loader firmware":                                                                              api.CodeFirmware,
		"ERROR: *** selected camera is not available ***":                                                             api.CodeUnknownCamera,
		"ERROR: *** camera index out of range ***":                                                                    api.CodeUnknownCamera,
		"ERROR: *** Invalid mode ***":                                                                                 api.CodeMode,
		"ERROR: *** failed to set the viewfinder ***":                                                                 api.CodeMode,
		"ERROR: *** no such resolution ***":                                                                           api.CodeMode,
		"ERROR: *** the framerate is too high ***":                                                                    api.CodeMode,
	} {
		said := []string{"INFO Camera camera_manager.cpp:327 libcamera v0.5", line, "Exiting"}
		if p := process.Explain(Reasons("/nonexistent"), "/usr/bin/rpicam-vid", said, errors.New("exit status 255"), mjpeg.Counts{}); p.Code != want {
			t.Errorf("%s: code %q, want %q", line, p.Code, want)
		}
	}
	later := []string{"no cameras available", "Device or resource busy"}
	if p := process.Explain(Reasons("/dev"), "x", later, nil, mjpeg.Counts{}); p.Code != api.CodeCameraBusy {
		t.Errorf("of two reasons the code is %q, want that of the last one", p.Code)
	}
}

// TestLastWords: what nobody knows is told as it was said, short, without what
// differs from time to time.
func TestLastWords(t *testing.T) {
	for _, test := range []struct{ said, want string }{
		{"", "rpicam-vid ended with exit status 1."},
		{"[0:01:02.345678901] [4711]  ERROR Odd thing.", "rpicam-vid ended with exit status 1, and said: ERROR Odd thing."},
		{"[0:01:02.345678901] [4711]  INFO RPI pisp.cpp:1483 Sensor: imx708 - Selected sensor format: 1536x864", "rpicam-vid ended with exit status 1."},
		{strings.TrimSpace(recordedText(t, "s640_default.stderr")), "rpicam-vid ended with exit status 1."},
		{"[0:01:02.345678901] [4711] ERROR Odd thing\nNetwork Firmware Upload: 100% (1624/1624 KB)", "rpicam-vid ended with exit status 1, and said: ERROR Odd thing."},
		{"frame=  123 fps= 30 q=-1.0 size=    1234kB time=00:00:04.10 bitrate=2465.5kbits/s speed=1x", "rpicam-vid ended with exit status 1."},
		{startWarnings, "rpicam-vid ended with exit status 1."},
		{"[0:01:02.345678901] [4711] FATAL Camera camera.cpp:10 assertion failed\nBacktrace:\nlibcamera::Camera::start()+0x24", "rpicam-vid ended with exit status 1, and said: FATAL Camera camera.cpp:10 assertion failed."},
		{"terminate called after throwing an instance of 'std::runtime_error'\n  what():  odd thing\nAborted", "rpicam-vid ended with exit status 1, and said: what():  odd thing."},
		{
			"[0:01:02.345678901] [4711] ERROR V4L2 v4l2_videodevice.cpp:1867 /dev/video0[12:cap]: Failed to start streaming: Broken pipe\nERROR: *** failed to start camera ***",
			"The sensor does not start, and rpicam-vid said: ERROR V4L2 v4l2_videodevice.cpp:1867 /dev/video0[12:cap]: Failed to start streaming: Broken pipe.",
		},
		{"#12 (30.00 fps) exp 33239.00 ag 8.00 dg 1.00", "rpicam-vid ended with exit status 1."},
		{strings.Repeat("ä", 100), "rpicam-vid ended with exit status 1, and said: " + strings.Repeat("ä", 80) + "…."},
		{"x" + strings.Repeat("ä", 100), "rpicam-vid ended with exit status 1, and said: x" + strings.Repeat("ä", 79) + "…."},
	} {
		said := &process.Lines{}
		_, _ = said.Write([]byte(test.said))
		if p := process.Explain(Reasons("/dev"), "/usr/bin/rpicam-vid", said.Last(), errors.New("exit status 1"), mjpeg.Counts{}); p.Message != test.want {
			t.Errorf("%q, want %q", p.Message, test.want)
		}
	}
}

func recordedText(t *testing.T, name string) string {
	t.Helper()
	return string(recordedFile(t, name))
}

func FuzzLines(f *testing.F) {
	f.Add([]byte("a\rb\n"), []byte("c"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		var l process.Lines
		_, _ = l.Write(a)
		_, _ = l.Write(b)
		process.Explain(Reasons("/dev"), "x", l.Last(), nil, mjpeg.Counts{})
		for _, line := range l.Last() {
			if len(line) > 3*1024 || strings.ContainsAny(line, "\r\n") {
				t.Fatalf("not a line: %q", line)
			}
			firmwareUpload(line)
		}
	})
}
