package history

import (
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"pigrid/desktop/cameras"
)

const (
	// keepFor is how long entries are remembered.
	keepFor = 30 * 24 * time.Hour
	// maxWeight is how many bytes the entries of all cameras together may take in the
	// file. The camera with the most gives up its oldest.
	maxWeight = 9 << 20
	// maxTracks is how many cameras are remembered: as many as the app knows. The one
	// that was seen longest ago leaves.
	maxTracks = 1024
)

// Sample is what a camera shows now.
type Sample struct {
	Key     string
	Name    string
	State   cameras.State // Paused when nobody watches, or [cameras.Answers]
	Reason  cameras.Reason
	Message string // the agent's own words
}

// Recorder remembers what happened to all cameras. It is safe for concurrent use.
type Recorder struct {
	path string // empty: nothing is saved

	mu      sync.Mutex
	tracks  map[string]*track
	changed bool // since it was saved

	saving sync.Mutex // one at a time
}

// Observe notes what cameras show at a time. It is meant to be called every second.
func (r *Recorder) Observe(now time.Time, samples []Sample) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range samples {
		t := r.tracks[s.Key]
		if t == nil {
			if classOf(s.State) == unwatched {
				continue
			}
			t = r.begin(s.Key)
		}
		t.name = s.Name
		t.observe(Phase{From: now, State: s.State, Reason: s.Reason, Message: cut(s.Message)})
		r.changed = r.changed || classOf(s.State) != unwatched
	}
}

// begin makes a track, in the place of another one when there are too many.
func (r *Recorder) begin(key string) *track {
	if len(r.tracks) >= maxTracks {
		var oldest string
		for k, t := range r.tracks {
			if oldest == "" || t.seen.Before(r.tracks[oldest].seen) {
				oldest = k
			}
		}
		delete(r.tracks, oldest)
	}
	t := &track{}
	r.tracks[key] = t
	return t
}

// Forget forgets what happened to a camera.
func (r *Recorder) Forget(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.tracks[key] != nil {
		delete(r.tracks, key)
		r.changed = true
	}
}

// prune forgets what is too old, and the oldest where there is too much.
func (r *Recorder) prune(now time.Time) {
	total, weights := 0, map[*track]int{}
	for key, t := range r.tracks {
		t.done = slices.DeleteFunc(t.done, func(e Entry) bool { return now.Sub(e.To) > keepFor })
		if len(t.done) == 0 && now.Sub(t.seen) > keepFor {
			delete(r.tracks, key)
		}
		weights[t] = weightOf(t.done)
		total += weights[t]
	}
	for total > maxWeight {
		var heaviest *track
		for t, weight := range weights {
			if heaviest == nil || weight > weights[heaviest] {
				heaviest = t
			}
		}
		few := heaviest.done[:(len(heaviest.done)+7)/8]
		total, weights[heaviest] = total-weightOf(few), weights[heaviest]-weightOf(few)
		heaviest.done = slices.Delete(heaviest.done, 0, len(few))
	}
}

// weightOf is at least as many bytes as entries take in the file.
func weightOf(entries []Entry) (bytes int) {
	for _, e := range entries {
		bytes += 64
		for _, p := range e.Phases {
			bytes += 96 + 2*len(p.Message) // quotes take two
		}
	}
	return bytes
}

// cut shortens an agent's words.
func cut(text string) string {
	text = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return ' '
		}
		return c
	}, strings.ToValidUTF8(text, ""))
	if len(text) <= maxMessage {
		return text
	}
	end := maxMessage
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}
