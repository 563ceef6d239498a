package mjpeg

import (
	"strconv"
	"time"
)

// latestTimestamp is in seconds since 1970, in the year 2242.
const latestTimestamp = 1 << 33

// Timestamp returns the time that a value of [TimestampHeader] says; ok is false when
// it says none between 1970 and 2242.
func Timestamp(value string) (at time.Time, ok bool) {
	seconds, err := strconv.ParseFloat(value, 64)
	if err != nil || !(seconds > 0 && seconds < latestTimestamp) {
		return time.Time{}, false
	}
	return time.UnixMicro(int64(seconds * 1e6)), true
}
