package gridapi

import (
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/history"
)

const (
	// maxOutages is how many of the last outages of one camera the page is told,
	maxOutages = 100
	// maxAllOutages and how many of each when it asks for all cameras.
	maxAllOutages = 10
)

// History is what happened to cameras. Times are unix milliseconds.
type History struct {
	Now     int64           `json:"now"`     // when the lines end
	Cameras []CameraHistory `json:"cameras"` // in display order, never null
	CSV     string          `json:"csv,omitempty"`
}

// CameraHistory is what happened to one camera.
type CameraHistory struct {
	Key     string   `json:"key"`
	Name    string   `json:"name"`
	Day     Line     `json:"day"`     // the last 24 hours
	Week    Line     `json:"week"`    // the last 7 days
	Outages []Outage `json:"outages"` // newest first, never null
}

// Line is what happened to a camera in a time, for a drawing.
type Line struct {
	// Marks has a letter for each of 288 equal parts: "l" live, "a" when only its
	// agent was asked, and said that it is well, "s" slow, "t" stalled,
	// "o" offline, "r" refused, "e" camera error, "i" incompatible, "c" connecting, "-"
	// when nobody watched. Any outage shows.
	Marks string `json:"marks"`
	// Live is the part of the watched time in which there were pictures, or in which the
	// agent said so, 0 to 1.
	Live    float64 `json:"live"`
	Watched int64   `json:"watched"` // milliseconds
}

// Outage is a time in which a camera was watched and gave no pictures.
type Outage struct {
	From   int64   `json:"from"`
	To     int64   `json:"to"`
	Going  bool    `json:"going"`  // it is not over
	Phases []Phase `json:"phases"` // at least one
}

// Phase is one state in an outage, and why.
type Phase struct {
	From    int64          `json:"from"`
	State   cameras.State  `json:"state"`
	Reason  cameras.Reason `json:"reason"`
	Message string         `json:"message"` // the agent's own words
}

// runHistory runs a command that asks what happened; nil when there is none of that name.
func (s *Server) runHistory(command string, c Call) *History {
	h := &History{Now: time.Now().UnixMilli(), Cameras: []CameraHistory{}}
	switch command {
	case "history":
		most := maxOutages
		if c.Key == "" {
			most = maxAllOutages
		}
		for _, r := range s.engine.History(c.Key, most) {
			h.Cameras = append(h.Cameras, historyOf(r))
		}
	case "exportHistory":
		h.CSV = s.engine.HistoryCSV()
	default:
		return nil
	}
	return h
}

func historyOf(r history.Report) CameraHistory {
	h := CameraHistory{Key: r.Key, Name: r.Name, Day: lineOf(r.Day), Week: lineOf(r.Week), Outages: []Outage{}}
	for _, e := range r.Outages {
		o := Outage{From: millis(e.From), To: millis(e.To), Going: e.Going, Phases: []Phase{}}
		for _, p := range e.Phases {
			o.Phases = append(o.Phases, Phase{From: millis(p.From), State: p.State, Reason: p.Reason, Message: p.Message})
		}
		h.Outages = append(h.Outages, o)
	}
	return h
}

func lineOf(l history.Line) Line {
	return Line{Marks: l.Marks, Live: l.Live, Watched: l.Watched.Milliseconds()}
}
