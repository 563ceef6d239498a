package history

import (
	"maps"
	"slices"
	"strings"
	"time"

	"pigrid/desktop/cameras"
)

const (
	// day and week are how far back the two lines of a camera go,
	day  = 24 * time.Hour
	week = 7 * day
	// lineMarks is how many marks each has: one for 5 minutes, and one for 35.
	lineMarks = 288
)

// Report is what happened to one camera.
type Report struct {
	Key, Name string
	Day, Week Line
	Outages   []Entry // newest first
}

// Line is what happened to a camera in a time, for a drawing.
type Line struct {
	// Marks has a letter for each of 288 equal parts: "l" live, "a" when only its agent was
	// asked and answered, "s" slow, "t" stalled,
	// "o" offline, "r" refused, "e" camera error, "i" incompatible, "c" connecting, "-"
	// when nobody watched. Any outage shows.
	Marks string
	// Live is the part of the watched time in which there were pictures, or in which the
	// agent said that there would be, 0 to 1.
	Live float64
	// Watched is how long somebody watched, or asked the agent.
	Watched time.Duration
}

// Reports returns what happened to these cameras, with the last outages of each, at most
// so many.
func (r *Recorder) Reports(now time.Time, keys []string, outages int) []Report {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := make([]Report, 0, len(keys))
	for _, key := range keys {
		report := Report{Key: key}
		var entries []Entry
		if t := r.tracks[key]; t != nil {
			report.Name, entries = t.name, t.entries()
		}
		report.Day, report.Week = lineOf(entries, now.Add(-day), now), lineOf(entries, now.Add(-week), now)
		for _, e := range slices.Backward(entries) {
			if e.Outage() && len(report.Outages) < outages {
				report.Outages = append(report.Outages, e)
			}
		}
		list = append(list, report)
	}
	return list
}

// keys are those of all cameras, in order.
func (r *Recorder) keys() []string { return slices.Sorted(maps.Keys(r.tracks)) }

func lineOf(entries []Entry, from, to time.Time) Line {
	var line Line
	var live time.Duration
	for _, e := range entries {
		lasted := e.overlap(from, to)
		line.Watched += lasted
		if !e.Outage() {
			live += lasted
		}
	}
	if line.Watched > 0 {
		line.Live = float64(live) / float64(line.Watched)
	}
	line.Marks = marksOf(entries, from, to)
	return line
}

func marksOf(entries []Entry, from, to time.Time) string {
	marks := []byte(strings.Repeat("-", lineMarks))
	part := to.Sub(from) / lineMarks
	for _, e := range entries {
		for i, p := range e.Phases {
			until := e.To
			if i+1 < len(e.Phases) {
				until = e.Phases[i+1].From
			}
			if !until.After(from) || !p.From.Before(to) {
				continue
			}
			first, last := max(0, int(p.From.Sub(from)/part)), min(lineMarks-1, int((until.Sub(from)-1)/part))
			for n := first; n <= last; n++ {
				if letter := letterOf(p.State); rank(letter) >= rank(marks[n]) {
					marks[n] = letter
				}
			}
		}
	}
	return string(marks)
}

// rank says which of two marks shows where both are true.
func rank(letter byte) int {
	switch letter {
	case '-':
		return 0
	case 'a':
		return 1
	case 'l':
		return 2
	case 's':
		return 3
	default:
		return 4
	}
}

func letterOf(s cameras.State) byte {
	switch s {
	case cameras.Answers:
		return 'a'
	case cameras.Live:
		return 'l'
	case cameras.Slow:
		return 's'
	case cameras.Stalled:
		return 't'
	case cameras.Refused:
		return 'r'
	case cameras.CameraError:
		return 'e'
	case cameras.Incompatible:
		return 'i'
	case cameras.Connecting:
		return 'c'
	default:
		return 'o'
	}
}
