package process

import (
	"regexp"
	"slices"
	"strings"
)

// cite quotes what a program said that is not its usual talk, "" when there is
// nothing: the last error, else the last line.
func cite(said []string) string {
	last := ""
	for _, line := range slices.Backward(said) {
		if usualTalk.MatchString(line) || warningLine.MatchString(line) {
			continue
		}
		if errorLine.MatchString(line) {
			last = line
			break
		}
		if last == "" {
			last = line
		}
	}
	if last == "" {
		return ""
	}
	return ", and said: " + strings.TrimSuffix(Clip(logPrefix.ReplaceAllString(last, ""), 160), ".")
}

// errorLine is one that says of itself that something went wrong.
var errorLine = regexp.MustCompile(`^(\[[\d:.]+\] \[\d+\]\s+)?(ERROR|FATAL)\b|what\(\):`)

// usualTalk is what capture programs say while all is well: libcamera's notes,
// rpicam-vid's choice of a mode, its end and its lines per frame, the progress
// of an upload and of ffmpeg.
var usualTalk = regexp.MustCompile(`^\[[\d:.]+\] \[\d+\]\s+(DEBUG|INFO) |` +
	`^Mode selection for |- Score: |^Stream configuration adjusted|^Received signal|^Halting: |^#\d+ \(|` +
	`^Reading post processing stage |^No cameras available!|` +
	`Network Firmware Upload:|^(frame|size)=.*time=`)

// warningLine is one that libcamera says of what it can live with. Most come at
// each start; they are not why a program ends later.
var warningLine = regexp.MustCompile(`^(\[[\d:.]+\] \[\d+\]\s+)?WARN\s`)

// logPrefix is what libcamera puts before a line: uptime and process. It would
// make every failure look like a new one.
var logPrefix = regexp.MustCompile(`^\[[\d:.]+\] \[\d+\]\s+`)

// Clip shortens text to at most n bytes, whole characters.
func Clip(text string, n int) string {
	if len(text) <= n {
		return text
	}
	return strings.ToValidUTF8(text[:n], "") + "…"
}
