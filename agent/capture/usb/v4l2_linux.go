package usb

import (
	"errors"
	"fmt"
	"image"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Of <linux/videodev2.h>. All fields have a fixed size of at most 32 bits, so
// layouts and numbers are the same on 32-bit and 64-bit ARM and x86.
const (
	vidiocQueryCap           = 0x80685600
	vidiocEnumFmt            = 0xC0405602
	vidiocEnumFrameSizes     = 0xC02C564A
	vidiocEnumFrameIntervals = 0xC034564B

	capVideoCapture = 0x00000001
	capStreaming    = 0x04000000
	capDeviceCaps   = 0x80000000
	bufTypeCapture  = 1
	typeDiscrete    = 1
	pixMJPEG        = 0x47504A4D // "MJPG"
	pixJPEG         = 0x4745504A // "JPEG"
)

// v4l2Capability is struct v4l2_capability.
type v4l2Capability struct {
	Driver       [16]byte
	Card         [32]byte
	BusInfo      [32]byte
	Version      uint32
	Capabilities uint32
	DeviceCaps   uint32
	_            [3]uint32
}

// v4l2FmtDesc is struct v4l2_fmtdesc.
type v4l2FmtDesc struct {
	Index       uint32
	Type        uint32
	Flags       uint32
	Description [32]byte
	PixelFormat uint32
	MbusCode    uint32
	_           [3]uint32
}

// v4l2FrmSizeEnum is struct v4l2_frmsizeenum. The union holds the discrete
// width and height, or the stepwise minimum, maximum and step of both.
type v4l2FrmSizeEnum struct {
	Index       uint32
	PixelFormat uint32
	Type        uint32
	Union       [6]uint32
	_           [2]uint32
}

// v4l2FrmIvalEnum is struct v4l2_frmivalenum. The union holds fractions of a
// second: the discrete one, or minimum, maximum and step.
type v4l2FrmIvalEnum struct {
	Index       uint32
	PixelFormat uint32
	Width       uint32
	Height      uint32
	Type        uint32
	Union       [6]uint32
	_           [2]uint32
}

// Bounds on what a driver may list.
const (
	maxFormats   = 64
	maxSizes     = 256
	maxIntervals = 64
)

// queryWebcam asks a device which MJPEG sizes and rates it offers; none when it
// is no camera or offers no MJPEG. Asking does not switch the camera on and
// works while it is in use.
func queryWebcam(path string) ([]webcamMode, error) {
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be opened: %w", path, err)
	}
	defer func() { _ = unix.Close(fd) }()
	var what v4l2Capability
	if err := ioctl(fd, vidiocQueryCap, unsafe.Pointer(&what)); err != nil {
		return nil, fmt.Errorf("%s does not say what it is: %w", path, err)
	}
	caps := what.Capabilities
	if caps&capDeviceCaps != 0 {
		caps = what.DeviceCaps
	}
	if caps&capVideoCapture == 0 || caps&capStreaming == 0 {
		return nil, nil
	}
	for i := range uint32(maxFormats) {
		f := v4l2FmtDesc{Index: i, Type: bufTypeCapture}
		if ioctl(fd, vidiocEnumFmt, unsafe.Pointer(&f)) != nil {
			break
		}
		if f.PixelFormat == pixMJPEG || f.PixelFormat == pixJPEG {
			return sizesOf(fd, f.PixelFormat), nil
		}
	}
	return nil, nil
}

func sizesOf(fd int, format uint32) []webcamMode {
	var modes []webcamMode
	for i := range uint32(maxSizes) {
		s := v4l2FrmSizeEnum{Index: i, PixelFormat: format}
		if ioctl(fd, vidiocEnumFrameSizes, unsafe.Pointer(&s)) != nil {
			break
		}
		u := s.Union
		if s.Type == typeDiscrete {
			modes = append(modes, webcamMode{image.Pt(int(u[0]), int(u[1])), ratesOf(fd, format, u[0], u[1])})
			continue
		}
		low, high := image.Pt(int(u[0]), int(u[3])), image.Pt(int(u[1]), int(u[4]))
		for _, size := range sizesWithin(low, high, image.Pt(int(u[2]), int(u[5]))) {
			modes = append(modes, webcamMode{size, ratesOf(fd, format, uint32(size.X), uint32(size.Y))})
		}
		break // one range is all there is
	}
	return modes
}

func ratesOf(fd int, format, width, height uint32) []rate {
	var rates []rate
	for i := range uint32(maxIntervals) {
		v := v4l2FrmIvalEnum{Index: i, PixelFormat: format, Width: width, Height: height}
		if ioctl(fd, vidiocEnumFrameIntervals, unsafe.Pointer(&v)) != nil {
			break
		}
		u := v.Union
		if v.Type == typeDiscrete {
			rates = append(rates, rate{u[1], u[0]})
			continue
		}
		rates = append(rates, ratesWithin(rate{u[3], u[2]}, rate{u[1], u[0]})...)
		break
	}
	return rates
}

// ioctl repeats what a signal has interrupted; the runtime sends some.
func ioctl(fd int, request uint, arg unsafe.Pointer) error {
	for deadline := time.Now().Add(time.Second); ; {
		_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), uintptr(request), uintptr(arg))
		switch {
		case errno == 0:
			return nil
		case !errors.Is(errno, unix.EINTR) || time.Now().After(deadline):
			return errno
		}
	}
}
