package engine

import (
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/history"
	"pigrid/desktop/notify"
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
		at, list := e.cfg.Clock().Round(0), samples(now, e.cfg.All)
		e.cfg.History.Observe(at, list)
		e.keepWatch(now)
		e.tell(at, list)
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
// home that this computer is away from. With all, one that is not wanted is as its agent
// says.
func samples(s Snapshot, all bool) []history.Sample {
	list := make([]history.Sample, 0, len(s.Tiles))
	for _, t := range s.Tiles {
		v := t.Verdict
		switch {
		case len(s.Away) > 0, !t.Facts.Wanted && !all:
			v = cameras.Verdict{State: cameras.Paused}
		case v.State == cameras.Paused && t.Facts.Agent.Well():
			v = cameras.Verdict{State: cameras.Answers}
		}
		list = append(list, history.Sample{Key: t.Key, Name: t.Name, State: v.State, Reason: v.Reason, Message: v.Message})
	}
	return list
}

// tell has said of all cameras what is to be said.
func (e *Engine) tell(at time.Time, list []history.Sample) {
	if e.cfg.Tell == nil {
		return
	}
	shown := make([]notify.Sample, len(list))
	for i, s := range list {
		shown[i] = notify.Sample(s)
	}
	if notices := e.telling.Observe(at, shown); len(notices) > 0 {
		e.cfg.Tell(notices)
	}
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
