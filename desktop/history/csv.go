package history

import (
	"encoding/csv"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// CSV returns all outages of these cameras, oldest first, as a table with a header. Times
// are as in RFC 3339, in the zone of now.
func (r *Recorder) CSV(now time.Time, keys []string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"camera", "from", "to", "seconds", "why", "key"}) // a Builder takes everything
	for _, report := range r.Reports(now, keys, math.MaxInt) {
		for _, e := range slices.Backward(report.Outages) {
			_ = w.Write([]string{
				plain(report.Name), stamp(e.From, now), stamp(e.To, now),
				strconv.Itoa(int(e.To.Sub(e.From).Round(time.Second).Seconds())), plain(reasons(e)), report.Key,
			})
		}
	}
	w.Flush()
	return b.String()
}

func stamp(t, now time.Time) string { return t.In(now.Location()).Format(time.RFC3339) }

// reasons are the phases of an outage: "offline (timeout); camera-error (camera): No
// camera was found."
func reasons(e Entry) string {
	var list []string
	for _, p := range e.Phases {
		text := string(p.State)
		if p.Reason != "" {
			text += " (" + string(p.Reason) + ")"
		}
		if p.Message != "" {
			text += ": " + p.Message
		}
		list = append(list, text)
	}
	return strings.Join(list, "; ")
}

// plain keeps spreadsheets from taking a text from the network for a formula.
func plain(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
