//go:build !linux

package usb

// queryWebcam finds nothing: V4L2 is Linux's.
func queryWebcam(string) ([]webcamMode, error) { return nil, nil }
