//go:build !linux

package capture

// queryWebcam finds nothing: V4L2 is Linux's.
func queryWebcam(string) ([]webcamMode, error) { return nil, nil }
