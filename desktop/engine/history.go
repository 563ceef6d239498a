package engine

import (
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/history"
)

const (
	// observeEvery is how often what cameras show is noted,
	observeEvery = time.Second
	// saveHistoryEvery and how often it is written: a crash loses as much.
	saveHistoryEvery = 5 * time.Minute
)

// record notes what happens to the cameras, until Stop.
func (e *Engine) record() {
	ticker := time.NewTicker(observeEvery)
	defer ticker.Stop()
	defer e.saveHistory()
	saved := time.Now()
	for {
		select {
		case <-ticker.C:
		case <-e.Tasks.Context().Done():
			return
		}
		now := e.Snapshot()
		e.cfg.History.Observe(e.cfg.Clock().Round(0), samples(now))
		e.keepWatch(now)
		if time.Since(saved) >= saveHistoryEvery {
			saved = time.Now()
			e.saveHistory()
		}
	}
}

func (e *Engine) saveHistory() {
	if err := e.cfg.History.Save(e.cfg.Clock()); err != nil {
		e.cfg.Logger.Error("saving", "error", err)
	}
}

// samples are what cameras show. Nobody watches one that is not wanted, nor those of a
// home that this computer is away from.
func samples(s Snapshot) []history.Sample {
	list := make([]history.Sample, 0, len(s.Tiles))
	for _, t := range s.Tiles {
		v := t.Verdict
		if !t.Facts.Wanted || len(s.Away) > 0 {
			v = cameras.Verdict{State: cameras.Paused}
		}
		list = append(list, history.Sample{Key: t.Key, Name: t.Name, State: v.State, Reason: v.Reason, Message: v.Message})
	}
	return list
}

// History returns what happened to a camera, with its last outages, at most so many; the
// empty key means all cameras, in the order in which they are shown.
func (e *Engine) History(key string, outages int) []history.Report {
	var keys []string
	names := map[string]string{}
	for _, t := range e.Snapshot().Tiles {
		if key == "" || key == t.Key {
			keys = append(keys, t.Key)
			names[t.Key] = t.Name
		}
	}
	list := e.cfg.History.Reports(e.cfg.Clock(), keys, outages)
	for i := range list {
		list[i].Name = names[list[i].Key]
	}
	return list
}

// HistoryCSV returns all outages of all cameras as a table.
func (e *Engine) HistoryCSV() string {
	var keys []string
	for _, t := range e.Snapshot().Tiles {
		keys = append(keys, t.Key)
	}
	return e.cfg.History.CSV(e.cfg.Clock(), keys)
}
