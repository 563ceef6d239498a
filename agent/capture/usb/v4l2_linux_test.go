package usb

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"unsafe"

	"pigrid/agent/capture/capturetest"
)

// The sizes on machines that run no tests: `GOARCH=arm go vet` compiles this.
var (
	_ = [1]int{}[unsafe.Sizeof(v4l2Capability{})-104]
	_ = [1]int{}[unsafe.Sizeof(v4l2FmtDesc{})-64]
	_ = [1]int{}[unsafe.Sizeof(v4l2FrmSizeEnum{})-44]
	_ = [1]int{}[unsafe.Sizeof(v4l2FrmIvalEnum{})-52]
)

// TestV4L2Layout compares with what a C program printed that includes
// <linux/videodev2.h> (Linux 6.1, amd64). All fields are of 32 bits or less, so
// it is the same on every machine.
func TestV4L2Layout(t *testing.T) {
	var (
		c v4l2Capability
		f v4l2FmtDesc
		s v4l2FrmSizeEnum
		v v4l2FrmIvalEnum
	)
	for name, test := range map[string]struct{ got, want uintptr }{
		"sizeof v4l2_capability":         {unsafe.Sizeof(c), 104},
		"v4l2_capability.card":           {unsafe.Offsetof(c.Card), 16},
		"v4l2_capability.capabilities":   {unsafe.Offsetof(c.Capabilities), 84},
		"v4l2_capability.device_caps":    {unsafe.Offsetof(c.DeviceCaps), 88},
		"sizeof v4l2_fmtdesc":            {unsafe.Sizeof(f), 64},
		"v4l2_fmtdesc.type":              {unsafe.Offsetof(f.Type), 4},
		"v4l2_fmtdesc.pixelformat":       {unsafe.Offsetof(f.PixelFormat), 44},
		"sizeof v4l2_frmsizeenum":        {unsafe.Sizeof(s), 44},
		"v4l2_frmsizeenum.pixel_format":  {unsafe.Offsetof(s.PixelFormat), 4},
		"v4l2_frmsizeenum.type":          {unsafe.Offsetof(s.Type), 8},
		"v4l2_frmsizeenum.discrete":      {unsafe.Offsetof(s.Union), 12},
		"sizeof v4l2_frmivalenum":        {unsafe.Sizeof(v), 52},
		"v4l2_frmivalenum.width":         {unsafe.Offsetof(v.Width), 8},
		"v4l2_frmivalenum.type":          {unsafe.Offsetof(v.Type), 16},
		"v4l2_frmivalenum.discrete":      {unsafe.Offsetof(v.Union), 20},
		"VIDIOC_QUERYCAP":                {vidiocQueryCap, iowr(2, 0, unsafe.Sizeof(c))},
		"VIDIOC_ENUM_FMT":                {vidiocEnumFmt, iowr(3, 2, unsafe.Sizeof(f))},
		"VIDIOC_ENUM_FRAMESIZES":         {vidiocEnumFrameSizes, iowr(3, 74, unsafe.Sizeof(s))},
		"VIDIOC_ENUM_FRAMEINTERVALS":     {vidiocEnumFrameIntervals, iowr(3, 75, unsafe.Sizeof(v))},
		"VIDIOC_ENUM_FRAMESIZES in C":    {vidiocEnumFrameSizes, 0xC02C564A},
		"VIDIOC_ENUM_FRAMEINTERVAL in C": {vidiocEnumFrameIntervals, 0xC034564B},
		"V4L2_PIX_FMT_MJPEG":             {pixMJPEG, 'M' | 'J'<<8 | 'P'<<16 | 'G'<<24},
		"V4L2_PIX_FMT_JPEG":              {pixJPEG, 'J' | 'P'<<8 | 'E'<<16 | 'G'<<24},
	} {
		if test.got != test.want {
			t.Errorf("%s is %#x, want %#x", name, test.got, test.want)
		}
	}
}

// iowr is the macro of <asm-generic/ioctl.h> for the group of V4L2; direction 2
// reads, 3 reads and writes.
func iowr(direction, number, size uintptr) uintptr { return direction<<30 | size<<16 | 'V'<<8 | number }

// TestQueryOfOtherFiles: what is no camera is none, and says why.
func TestQueryOfOtherFiles(t *testing.T) {
	if modes, err := queryWebcam("/dev/null"); len(modes) != 0 || !errors.Is(err, syscall.ENOTTY) {
		t.Errorf("/dev/null: %v, error %v", modes, err)
	}
	if _, err := queryWebcam(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing: error %v", err)
	}
	if before, after := capturetest.OpenFiles(t), func() int { _, _ = queryWebcam("/dev/null"); return capturetest.OpenFiles(t) }(); after > before {
		t.Errorf("%d files open, %d before", after, before)
	}
	if _, err := os.Stat("/dev/null"); err != nil {
		t.Error(err)
	}
}
