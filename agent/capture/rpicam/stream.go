package rpicam

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"pigrid/agent/capture"
	"pigrid/shared/api"
)

// stream is the source of one sensor.
type stream struct {
	run    func(ctx context.Context, frame func(jpeg []byte, at time.Time), line func(text string)) error
	driver *Driver
	path   string
	asked  func() capture.Options
	taken  func() // set by Wait: ends what the start keeps waiting
}

// Wait implements [capture.Waiter].
func (s *stream) Wait(ctx context.Context) (err error) {
	s.taken, err = s.driver.turn(ctx, s.path)
	return err
}

// Capture implements [capture.Source].
func (s *stream) Capture(ctx context.Context, to capture.Sink) error {
	defer s.taken()
	defer time.AfterFunc(acquireTime, s.taken).Stop()
	frame := func(jpeg []byte, at time.Time) {
		to.Frame(jpeg, at)
		s.taken()
	}
	talk := Listen(to)
	var now setup
	return s.run(ctx, frame, func(line string) {
		if now.read(line) {
			s.taken()
			sensor, _ := s.driver.sensor(s.path)
			to.Mode(sensor.describe(now))
			to.Warn(modeReplaced(s.asked().Mode, now))
		}
		talk(line)
	})
}

// Listen takes in what rpicam-vid says while a session goes on: the progress of an
// upload, and what it cannot do.
func Listen(to capture.Sink) (line func(text string)) {
	return func(text string) {
		to.Warn(stageMissing(text))
		if percent, upload := firmwareUpload(text); upload != "" {
			to.Preparing(upload, api.Problem{
				Code:    api.CodeFirmware,
				Message: fmt.Sprintf("The AI camera is loading its model: %d %%.", percent),
				Hint:    "This takes a few minutes the first time.",
			})
		}
	}
}

var firmware = regexp.MustCompile(`Network Firmware Upload:\s*(\d{1,3})\s*%.*`)

// firmwareUpload reads the progress of an IMX500 firmware upload. upload is all
// that the line says of it, "" when it says nothing.
func firmwareUpload(line string) (percent int, upload string) {
	m := firmware.FindStringSubmatch(line)
	if m == nil {
		return 0, ""
	}
	return atoi(m[1]), m[0]
}
