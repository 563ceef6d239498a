package rpicam

import "regexp"

var (
	// registration is libcamera's: "Registered camera /base/…/imx219@10 to Unicam
	// device /dev/media3 and ISP device /dev/media0".
	registration = regexp.MustCompile(`Registered camera (\S+) to `)
	mediaDevice  = regexp.MustCompile(` device (/\S+)`)
)

// mediaDevices returns the media devices of a sensor, from what libcamera said
// at the start. It locks all of them while it uses the sensor.
func mediaDevices(said []string, path string) (files []string) {
	for _, line := range said {
		if m := registration.FindStringSubmatch(line); m == nil || m[1] != path {
			continue
		}
		for _, m := range mediaDevice.FindAllStringSubmatch(line, 4) {
			files = append(files, m[1])
		}
	}
	return files
}
